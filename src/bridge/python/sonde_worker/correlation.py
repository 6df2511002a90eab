"""Who caused what is running: the ids of the caller, for log records and for calls to others.

They are in a ContextVar: asyncio tasks inherit them, a new thread does not, unless it runs in ``contextvars.copy_context()``.

    token = correlation.set(correlation.new(request_id, trace_id, span_id))
    try:
        handle(request)
    finally:
        correlation.reset(token)
"""

from __future__ import annotations

import logging
import os
import re
from contextvars import ContextVar, Token
from typing import Any, Dict, NamedTuple, Optional

_CORRELATION_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_TRACE_ID = re.compile(r"(?!0{32})[0-9a-f]{32}")
_SPAN_ID = re.compile(r"(?!0{16})[0-9a-f]{16}")
_SAMPLED = 1
_KNOWN_FLAGS = 3

_ABSENT = "-"


class Correlation(NamedTuple):
    """The ids of one context. ``new`` makes them: it checks."""

    #: 1 to 128 of ``A-Za-z0-9._:-``.
    correlation_id: str
    #: 32 lower-case hex characters.
    trace_id: str
    #: The operation that is under way: 16 lower-case hex characters; None when the trace began here.
    span_id: Optional[str] = None
    #: Bits of the W3C header: 1 is sampled, 2 says that the trace id is random.
    trace_flags: int = _SAMPLED


_current: ContextVar[Optional[Correlation]] = ContextVar("sonde_correlation", default=None)


def new(
    correlation_id: Any = None, trace_id: Any = None, span_id: Any = None, trace_flags: Any = _SAMPLED
) -> Correlation:
    """Makes ids from those that are known. What cannot be an id counts as unknown.

    Without a trace id a trace begins, and a span id has no meaning; without a correlation id it is the trace id.
    """
    if not _matches(_TRACE_ID, trace_id):
        trace_id, span_id, trace_flags = _new_trace_id(), None, _KNOWN_FLAGS
    return Correlation(
        correlation_id if _matches(_CORRELATION_ID, correlation_id) else trace_id,
        trace_id,
        span_id if _matches(_SPAN_ID, span_id) else None,
        trace_flags & _KNOWN_FLAGS if isinstance(trace_flags, int) else _SAMPLED,
    )


def get() -> Optional[Correlation]:
    """The ids of the present context; None outside of any."""
    return _current.get()


def set(correlation: Correlation) -> Token[Optional[Correlation]]:
    """Makes ids current until the token is given to ``reset``."""
    return _current.set(new(*correlation))


def reset(token: Token[Optional[Correlation]]) -> None:
    """Makes current again what was before ``set``."""
    _current.reset(token)


def outgoing_metadata() -> Dict[str, str]:
    """The present ids as headers of a request or metadata of a call; empty outside of any context."""
    current = _current.get()
    if current is None:
        return {}
    metadata = {"x-correlation-id": current.correlation_id}
    if current.span_id is None:
        metadata["x-trace-id"] = current.trace_id
    else:
        metadata["traceparent"] = f"00-{current.trace_id}-{current.span_id}-{current.trace_flags:02x}"
    return metadata


class CorrelationFilter(logging.Filter):
    """Puts ``correlation_id``, ``trace_id`` and ``span_id`` on log records, ``"-"`` where there is none.

    Add it to handlers: the filters of a logger do not see what its children log. What a record has already stays, so that a
    handler in another thread keeps the ids that the record was made with.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        for key, value in _record_fields().items():
            if not hasattr(record, key):
                setattr(record, key, value)
        return True


def install_record_factory() -> None:
    """Makes every log record of the process carry the ids, whatever handlers there are. Safe to repeat.

    ``logging`` refuses ``extra`` with a key that a record has: where programs pass a ``correlation_id`` in it, use the filter.
    """
    previous = logging.getLogRecordFactory()
    if getattr(previous, "puts_correlation", False):
        return

    def make_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = previous(*args, **kwargs)
        record.__dict__.update(_record_fields())
        return record

    make_record.puts_correlation = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(make_record)


def _record_fields() -> Dict[str, str]:
    current = _current.get()
    if current is None:
        return {"correlation_id": _ABSENT, "trace_id": _ABSENT, "span_id": _ABSENT}
    return {
        "correlation_id": current.correlation_id,
        "trace_id": current.trace_id,
        "span_id": current.span_id or _ABSENT,
    }


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    # fullmatch: `$` would let a line feed at the end pass.
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _new_trace_id() -> str:
    while True:
        trace_id = os.urandom(16).hex()
        if _matches(_TRACE_ID, trace_id):
            return trace_id
