"""What this process says of itself: memory, processor and garbage collection.

Log records and errors have modules of their own, ``logs`` and ``errors``.
"""

from __future__ import annotations

import gc
import os
import threading
from time import monotonic, perf_counter_ns, process_time
from typing import Any, Callable, Dict, Optional

from .emitter import Emitter


def sample_memory(emitter: Emitter) -> None:
    """Emits ``python.memory.sampled`` where the system tells: ``rss`` and ``vms`` in bytes."""
    try:
        with open("/proc/self/statm", "rb") as file:
            pages = file.read().split()
    except OSError:
        return
    size = os.sysconf("SC_PAGE_SIZE")
    emitter.emit("python.memory.sampled", {"rss": int(pages[1]) * size, "vms": int(pages[0]) * size})


def make_cpu_sampler(emitter: Emitter) -> Callable[[], None]:
    """A function that emits ``python.cpu.sampled``: processor time since its last call, divided by time passed and
    processors there are.
    """
    last_used, last_passed = process_time(), monotonic()

    def sample() -> None:
        nonlocal last_used, last_passed
        used, passed = process_time(), monotonic()
        if passed > last_passed:
            share = (used - last_used) / (passed - last_passed) / _processors()
            emitter.emit("python.cpu.sampled", {"utilization": min(1.0, share)})
        last_used, last_passed = used, passed

    return sample


def watch_garbage(emitter: Emitter, from_generation: int = 2) -> Callable[[], None]:
    """Emits ``python.gc.completed`` after collections, and returns what stops that.

    Those of younger generations come by the thousand and take no time: they are left out unless asked for.
    """
    started = 0

    def collected(phase: str, info: Dict[str, Any]) -> None:
        nonlocal started
        if phase == "start":
            started = perf_counter_ns()
        elif info["generation"] >= from_generation:
            counts = {key: info[key] for key in ("collected", "uncollectable")}
            emitter.emit(
                "python.gc.completed",
                {"duration": perf_counter_ns() - started, **counts},
                {"generation": info["generation"]},
            )

    gc.callbacks.append(collected)

    def stop() -> None:
        if collected in gc.callbacks:
            gc.callbacks.remove(collected)

    return stop


def watch_process(emitter: Emitter, interval: float = 5.0) -> Callable[[], None]:
    """Samples memory and processor every ``interval`` seconds and watches the garbage collector; returns what stops
    all that.
    """
    stopped = threading.Event()
    sample_cpu = make_cpu_sampler(emitter)
    stop_gc = watch_garbage(emitter)

    def run() -> None:
        while not stopped.wait(interval):
            sample_memory(emitter)
            sample_cpu()

    threading.Thread(target=run, name="sonde-process", daemon=True).start()

    def stop() -> None:
        stop_gc()
        stopped.set()

    return stop


def _processors() -> int:
    # What this process may use, where the system tells.
    affinity: Optional[Callable[[int], Any]] = getattr(os, "sched_getaffinity", None)
    return (len(affinity(0)) if affinity is not None else os.cpu_count()) or 1
