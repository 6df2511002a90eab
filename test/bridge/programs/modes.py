"""A worker under the launcher, in one of the states in which workers are when their parent dies: ``modes.py MODE FILE``.

Writes the ids of all its processes into FILE, then does what the mode says.
"""

import ctypes
import os
import subprocess
import sys
import time

from sonde_worker import launcher


def note() -> None:
    with open(sys.argv[2], "a") as file:
        file.write(f"{os.getpid()}\n")


def linger() -> None:
    while True:
        time.sleep(60)


def daemon() -> None:
    """A process that has left its session and its parent."""
    told, tell = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            note()
            os.write(tell, b"x")
            linger()
        os._exit(0)
    os.wait()
    os.read(told, 1)


def hold_the_lock() -> None:
    # Code in C that does not let go of the interpreter.
    ctypes.PyDLL(None).sleep(60)


def loop() -> None:
    while True:
        pass


def main() -> int:
    mode, *_ = sys.argv[1].split("+")
    if sys.argv[1].endswith("+daemon"):
        daemon()
        subprocess.Popen(["sleep", "61"])
    note()
    with open(sys.argv[2], "a") as file:
        file.write("ready\n")
    if mode == "loop":
        loop()
    if mode == "lock":
        hold_the_lock()
    if mode == "exit":
        return 7
    if mode == "crash":
        ctypes.string_at(0)
    if mode == "raise":
        raise ValueError("out of tea")
    linger()
    return 0


def start() -> None:
    with open(sys.argv[2], "a") as file:
        file.write(f"{os.getpid()}\n")
    launcher.launch(main)


start()
