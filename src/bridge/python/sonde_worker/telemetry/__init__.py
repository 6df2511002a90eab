"""Telemetry of a Python worker: events to the host, which emits them on its bus.

    from sonde_worker import telemetry

    telemetry.emit("shop.cart.changed", {"items": 3}, {"customer": "Ada"})

    with telemetry.span("shop.checkout", {"customer": "Ada"}) as span:
        span.measure({"items": 3})

Nothing here raises into the program or blocks it. What cannot be kept is dropped and counted: ``stats()``.
"""

from __future__ import annotations

import atexit
from typing import Any, Callable, Dict, List

from .emitter import Emitter
from .spans import Span

#: Seconds that the end of the process waits for what was emitted.
EXIT_TIMEOUT = 1.0

_emitter = Emitter()


def emit(name: str, measurements: Any = None, metadata: Any = None) -> None:
    """Emits an event. Safe in threads, signal handlers, finalizers and at exit; in a forked child nothing is emitted."""
    _emitter.emit(name, measurements, metadata)


def span(name: str, metadata: Any = None) -> Span:
    """An operation: ``with`` or ``async with`` it."""
    return Span(_emitter, name, metadata)


def apply(rules: Any) -> Dict[str, Any]:
    """Replaces the control rules as a whole; returns those in force, which are the earlier ones when anything is wrong."""
    return _emitter.apply(rules)


def attach(send: Callable[[List[bytes]], Any]) -> bool:
    """Sends encoded events from a thread, those first that wait already. ``send`` may block; when it raises the stream is lost until the next ``attach``."""
    return _emitter.stream.attach(send)


def detach() -> None:
    """Stops sending: events wait for the next ``attach``."""
    _emitter.stream.detach()


def flush(timeout: float = EXIT_TIMEOUT) -> bool:
    """Waits until all that was emitted before has been sent; False when it has not."""
    return _emitter.stream.flush(timeout)


def stats() -> Dict[str, Any]:
    """Totals since the start: received = sent + waiting + sampled_out + the sum of dropped."""
    return _emitter.stats()


# Registered before the program registers anything, so that it runs after all of theirs.
atexit.register(flush)
