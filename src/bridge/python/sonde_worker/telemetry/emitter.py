"""From a call of ``emit`` to the buffer: rules, sampling, values."""

from __future__ import annotations

import os
import weakref
from time import monotonic
from typing import Any, Callable, Dict, List, Optional

from .backends import open_backend
from .backends.outlet import Outlet
from .buffer import Buffer
from .event import Event, make_event
from .hostile import TooLarge
from .rules import draw_weight, open_rules, parse
from .stream import make_stream
from .values import described, measured

_emitters: weakref.WeakSet[Emitter] = weakref.WeakSet()


class Emitter:
    """Takes events, keeps those that the rules admit for the stream, and passes them to the backends."""

    def __init__(self) -> None:
        self.buffer = Buffer()
        self.stream = make_stream(self.buffer)
        #: Events go to these too.
        self.backends: List[Outlet] = []
        self._rules = open_rules()
        self._forked = False
        #: Keys of measurements that held no number.
        self.keys_left_out = 0
        _emitters.add(self)

    def emit(self, name: str, measurements: Any = None, metadata: Any = None, weight: Optional[int] = None) -> None:
        """Emits an event. Never raises and never blocks: what cannot be emitted is counted.

        ``weight`` is that of the span it belongs to: 0 when the span was sampled out.
        """
        try:
            if self._forked:
                self.buffer.count("disabled")
                return
            verdict = self._rules.known.get(name) or self._rules.judge(name)
            refused, rate, important = verdict
            if refused is not None:
                self.buffer.count(refused)
                return
            if weight is None:
                weight = 1 if rate == 1.0 else draw_weight(rate)
            if weight == 0:
                self.buffer.count("sampled_out")
                return
            event = self._make(name, measurements, metadata, weight)
            if event is None:
                return
            self.buffer.put(event, important)
        except TooLarge:
            self.buffer.count("too_large")
            return
        except Exception:
            # A name that cannot be hashed, or no stack left for the above.
            self._attempt(self.buffer.count, "invalid")
            return
        self._attempt(self.stream.ring)
        for backend in self.backends:
            self._attempt(backend.offer, event, important)

    def weigh(self, name: str) -> int:
        """The weight of a span whose start has that name: 0 when it is sampled out."""
        verdict = self._rules.known.get(name) or self._rules.judge(name)
        return draw_weight(verdict.rate) if verdict.refused is None and verdict.rate < 1.0 else 1

    def apply(self, rules: Any) -> Dict[str, Any]:
        """Replaces the rules as a whole, unless something in them is wrong, and returns those that are in force."""
        parsed = parse(rules)
        if parsed is not None:
            self._rules = parsed
        return self._rules.control

    def attach(self, send: Callable[[List[bytes]], Any]) -> bool:
        """Begins the stream. False in a forked child, and when no thread can be started any more."""
        return not self._forked and self.stream.attach(send)

    def use(self, name: str, options: Dict[str, Any]) -> bool:
        """Sends events to a backend too, instead of an earlier one of that name; ``none`` ends all.

        False when it is not there.
        """
        opened = None if self._forked else open_backend(name, options)
        kept = [] if name == "none" else [backend for backend in self.backends if backend.name != name]
        for backend in self.backends:
            if backend not in kept:
                backend.close()
        self.backends = kept if opened is None else [*kept, opened]
        return opened is not None

    def flush(self, timeout: float) -> bool:
        """Waits until the stream, if one was attached, and the backends have taken all that was emitted before; False
        when they have not.
        """
        until = monotonic() + timeout
        taken = self.stream.flush(timeout) if self.stream.state != "detached" else self.backends != []
        return all([backend.flush(max(0.0, until - monotonic())) for backend in self.backends]) and taken

    def stats(self) -> Dict[str, Any]:
        """The books of the stream, its state, and how many keys of measurements were left out."""
        return {**self.buffer.ledger(), "keys_left_out": self.keys_left_out, "stream": self.stream.state}

    def abandon(self) -> None:
        """In a forked child: what waits is the parent's to send, and so is the connection."""
        self._forked = True
        self.buffer.clear()
        self.stream.clear()
        self.backends = []

    def _make(self, name: str, measurements: Any, metadata: Any, weight: int) -> Optional[Event]:
        numbers, data = measured(measurements), described(metadata)
        if numbers is None or data is None:
            self.buffer.count("invalid")
            return None
        values, left_out = numbers
        if left_out:
            self.keys_left_out += left_out
        if weight != 1:
            values["sample_weight"] = weight * values.get("sample_weight", 1)
        return make_event(name, values, data)

    def _attempt(self, call: Callable[..., None], *args: Any) -> None:
        try:
            call(*args)
        except Exception:
            pass


def _abandon_all() -> None:
    for emitter in list(_emitters):
        emitter.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_all)
