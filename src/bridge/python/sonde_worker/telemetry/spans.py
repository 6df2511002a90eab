"""Spans: an operation that is under way, told by two events."""

from __future__ import annotations

import os
from contextvars import ContextVar, Token
from time import perf_counter_ns, time
from types import TracebackType
from typing import Any, Dict, Optional, Tuple, Type

from .. import correlation
from .emitter import Emitter
from .errors import describe_error
from .hostile import described_dict

_enclosing: ContextVar[Optional[Span]] = ContextVar("sonde_span", default=None)

#: They call off what runs, and are no failure of it.
_ABORTS = ("CancelledError", "Cancelled", "KeyboardInterrupt")


class Span:
    """``with`` and ``async with`` it: ``name.start`` at the beginning, then exactly one of ``name.stop`` and
    ``name.exception``.

    While the body runs the span is the current one of ``correlation``. What leaves a generator early ends in ``stop``.
    A generator shares the context of whoever iterates over it: between two of its values the span is current there too.
    """

    def __init__(self, emitter: Emitter, name: str, metadata: Any = None, measurements: Any = None) -> None:
        self._emitter = emitter
        self._name = name if isinstance(name, str) else ""
        self._metadata: Dict[str, Any] = described_dict(metadata)
        self._begun: Dict[str, Any] = measurements if isinstance(measurements, dict) else {}
        self._measurements: Dict[str, Any] = {}
        self._outcome = "ok"
        self._weight = 1
        self._started: Optional[int] = None
        self._ended = False
        self._tokens: Optional[Tuple[Token[Any], Token[Any]]] = None
        self._outer: Optional[Span] = None
        self._current: Optional[correlation.Correlation] = None
        #: 16 lower-case hex characters.
        self.id = _new_span_id()

    def set(self, metadata: Dict[str, Any]) -> Span:
        """Adds metadata to the event at the end."""
        self._metadata.update(described_dict(metadata))
        return self

    def set_attribute(self, key: str, value: Any) -> Span:
        """``set`` as OpenTelemetry calls it."""
        return self.set({key: value})

    def measure(self, measurements: Dict[str, Any]) -> Span:
        """Adds measurements to the event at the end."""
        if isinstance(measurements, dict):
            self._measurements.update(measurements)
        return self

    def fail(self, reason: Any) -> Span:
        """Makes the outcome ``error`` although nothing is raised."""
        self._outcome = "error"
        return self.set({"error": reason})

    def __enter__(self) -> Span:
        if self._started is not None:
            return self
        parent = correlation.get()
        ids = correlation.new() if parent is None else parent
        self._outer = _enclosing.get()
        self._tokens = correlation.set(ids._replace(span_id=self.id)), _enclosing.set(self)
        self._current = correlation.get()
        if ids.span_id is not None:
            self._metadata["parent_span_id"] = ids.span_id
        self._metadata["span_id"] = self.id
        self._weight = self._emitter.weigh(f"{self._name}.start")
        self._started = perf_counter_ns()
        times = {**self._begun, "monotonic_time": self._started, "system_time": time() * 1_000.0}
        self._emitter.emit(f"{self._name}.start", times, self._metadata, self._weight)
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        if self._started is None or self._ended:
            return
        self._ended = True
        now = perf_counter_ns()
        times = {**self._measurements, "duration": now - self._started, "monotonic_time": now}
        metadata = {**self._metadata, "span_id": self.id, "outcome": self._outcome}
        try:
            if error is None or isinstance(error, GeneratorExit):
                self._emitter.emit(f"{self._name}.stop", times, metadata, self._weight)
            else:
                metadata["outcome"] = "aborted" if _is_abort(error) else "exception"
                self._emitter.emit(f"{self._name}.exception", times, {**metadata, **describe_error(error)}, 1)
        finally:
            self._leave()

    async def __aenter__(self) -> Span:
        return self.__enter__()

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.__exit__(kind, error, trace)

    def _leave(self) -> None:
        # A generator may be closed in another context than it began in, or while another span is current.
        if self._tokens is None or correlation.get() is not self._current:
            return
        ids, span = self._tokens
        try:
            correlation.reset(ids)
            _enclosing.reset(span)
        except ValueError:
            return
        if self._outer is not None and self._outer._ended:
            self._outer._leave()


def _is_abort(error: BaseException) -> bool:
    # By name: importing asyncio takes longer than all of this package.
    return any(kind.__name__ in _ABORTS for kind in type(error).__mro__)


def _new_span_id() -> str:
    return f"{int.from_bytes(os.urandom(8), 'big') or 1:016x}"
