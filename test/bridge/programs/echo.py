"""Sends every frame of descriptor 3 back on it, from several threads, and prints meanwhile: ``echo.py``."""

import os
import sys
import threading

from sonde_worker.frames import FrameReader, FrameWriter

reader, writer = FrameReader(3), FrameWriter(3)
noise = "x" * 10_000


def answer(frame: bytes) -> None:
    os.write(1, noise.encode())
    print(noise, flush=True)
    writer.write(frame)


while True:
    frame = reader.read()
    if frame is None:
        sys.exit(0)
    thread = threading.Thread(target=answer, args=(frame,))
    thread.start()
    if not reader.has_more:
        thread.join()
