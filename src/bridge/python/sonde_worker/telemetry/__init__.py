"""Telemetry of a Python worker: events to the host, which emits them on its bus.

    from sonde_worker import telemetry

    telemetry.emit("shop.cart.changed", {"items": 3}, {"customer": "Ada"})

    with telemetry.span("shop.checkout", {"customer": "Ada"}) as span:
        span.measure({"items": 3})

Nothing here raises into the program or blocks it. What cannot be kept is dropped and counted: ``stats()``.
"""

from __future__ import annotations

import atexit
import logging
from contextlib import AbstractContextManager
from typing import Any, Callable, Dict, List

from . import errors, logs, otel_spans, process
from .emitter import Emitter
from .spans import Span

#: Seconds that the end of the process waits for what was emitted.
EXIT_TIMEOUT = 1.0

_emitter = Emitter()
_sample_cpu = process.make_cpu_sampler(_emitter)


def emit(name: str, measurements: Any = None, metadata: Any = None) -> None:
    """Emits an event. Safe in threads, signal handlers, finalizers and at exit; in a forked child nothing is emitted."""
    _emitter.emit(name, measurements, metadata)


def span(name: str, metadata: Any = None, measurements: Any = None) -> Span:
    """An operation: ``with`` or ``async with`` it. ``measurements`` are those of its start."""
    return Span(_emitter, name, metadata, measurements)


def otel_span(name: str, attributes: Any = None) -> AbstractContextManager[Any]:
    """A span of OpenTelemetry where its API is installed, else ``span``. Both have ``set_attribute``."""
    return otel_spans.otel_span(_emitter, name, attributes)


def error_occurred(error: BaseException) -> None:
    """Emits ``python.error.occurred``: for an error that was dealt with and should be known."""
    errors.error_occurred(_emitter, error)


def log_handler(level: int = logging.INFO) -> logging.Handler:
    """A handler for ``logging`` that emits ``python.log``."""
    return logs.LogHandler(_emitter, level)


def sample_process() -> None:
    """Emits ``python.memory.sampled`` and ``python.cpu.sampled``, the latter of the time since the last call."""
    process.sample_memory(_emitter)
    _sample_cpu()


def watch_process(interval: float = 5.0) -> Callable[[], None]:
    """Emits ``python.memory.sampled``, ``python.cpu.sampled`` and ``python.gc.completed`` until the function it
    returns is called.
    """
    return process.watch_process(_emitter, interval)


def use(backend: str, **options: Any) -> bool:
    """Sends events to ``stderr``, ``statsd`` (host, port, prefix, tags) or ``otel`` (tags) too; ``none`` ends that.

    False when there is none: OpenTelemetry is not installed. A name that does not exist raises ValueError.
    """
    return _emitter.use(backend, options)


def apply(rules: Any) -> Dict[str, Any]:
    """Replaces the control rules as a whole; returns those in force, which are the earlier ones when anything is wrong."""
    return _emitter.apply(rules)


def attach(send: Callable[[List[bytes]], Any]) -> bool:
    """Sends encoded events from a thread, those first that wait already.

    ``send`` may block; when it raises the stream is lost until the next ``attach``.
    """
    return _emitter.attach(send)


def detach() -> None:
    """Stops sending: events wait for the next ``attach``."""
    _emitter.stream.detach()


def flush(timeout: float = EXIT_TIMEOUT) -> bool:
    """Waits until all that was emitted before has been taken by the stream, if there is one, and by the backends;
    False when it has not.
    """
    return _emitter.flush(timeout)


def stats() -> Dict[str, Any]:
    """Totals since the start: received = sent + waiting + sampled_out + the sum of dropped."""
    return _emitter.stats()


# Registered before the program registers anything, so that it runs after all of theirs.
atexit.register(flush)
