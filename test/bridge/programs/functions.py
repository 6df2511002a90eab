"""Functions for the tests of the bridge: good ones, and ones that go wrong in every way."""

import asyncio
import ctypes
import os
import re
import signal
import subprocess
import sys
import threading
import time

from sonde_worker import correlation, function, remaining, telemetry
from sonde_worker.telemetry_demo import telemetry_demo

function(telemetry_demo)


@function
def echo(value):
    return value


@function
def add(a, b=1, *, c=0):
    return a + b + c


@function(name="math.twice")
def twice(n):
    return 2 * n


@function
async def later(seconds):
    await asyncio.sleep(seconds)
    return "later"


@function
def fail(message="no"):
    raise LookupError(message)


@function
def sleep(seconds):
    time.sleep(seconds)
    return seconds


@function
def spin():
    while True:
        pass


@function
def stubborn(seconds):
    """Catches all that can be caught."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            time.sleep(0.05)
        except BaseException:
            pass


@function
def backtrack():
    """Holds the interpreter for longer than anybody waits."""
    re.match(r"(a+)+$", "a" * 40 + "b")


@function
def end(code):
    os._exit(code)


@function
def leave(code):
    sys.exit(code)


@function
def crash():
    ctypes.string_at(0)


@function
def abort():
    os.abort()


@function
def pid():
    return os.getpid()


@function
def chatter(size):
    """Prints in every way there is: also what looks like a frame."""
    print("p" * size)
    os.write(1, b"\x00\x00\x00\x02{}")
    subprocess.run(["sh", "-c", "echo child; echo problem >&2"], check=True)
    ctypes.CDLL(None).puts(b"of C")
    ctypes.CDLL(None).fflush(None)
    return "done"


@function
def descendants():
    """Starts somebody who would stay."""
    child = subprocess.Popen(["sleep", "600"], start_new_session=True)
    return [os.getpid(), child.pid]


@function
def unsendable():
    return object()


@function
def large(size):
    return "x" * size


@function
def ids():
    current = correlation.get()
    return None if current is None else [current.correlation_id, current.trace_id, current.span_id]


@function
def left():
    return remaining()


@function
def grow(megabytes):
    global _kept
    _kept = bytearray(megabytes * 2**20)
    return len(_kept)


@function
def environment():
    return dict(os.environ)


@function
def thread_dies():
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    return "alive"


@function
def flood(count):
    for i in range(count):
        telemetry.emit("flood.tick", {"i": i}, {"worker_id": "forged", "pool": "forged"})
    return telemetry.stats()


@function
def flood_and_fail(count):
    began = time.monotonic()
    for i in range(count):
        telemetry.emit("flood.tick", {"i": i})
        if i % (count // 100) == 0:
            telemetry.error_occurred(LookupError(str(i)))
    return {"seconds": time.monotonic() - began}


@function
def stats():
    return telemetry.stats()


@function
def ignore_termination():
    signal.signal(signal.SIGTERM, lambda *_: None)


@function
def append(path, line):
    with open(path, "a") as file:
        file.write(line + "\n")
