"""Spans of OpenTelemetry for programs that have it, of our own for those that do not."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from typing import Any, Dict, Iterator

from .. import correlation
from .emitter import Emitter
from .hostile import described_dict
from .spans import Span


def otel_span(emitter: Emitter, name: str, attributes: Any = None) -> AbstractContextManager[Any]:
    """A span with ``set_attribute``: of OpenTelemetry's API when that is installed and works, else one that emits events."""
    try:
        from opentelemetry import trace

        tracer = trace.get_tracer("sonde_worker")
        span = tracer.start_as_current_span(name, context=_parent(trace), attributes=_attributes(attributes))
    except Exception:
        return Span(emitter, name, attributes)
    return _correlated(span)


@contextmanager
def _correlated(entering: Any) -> Iterator[Any]:
    """Makes the span the current one of ``correlation`` too, if it has ids: without an SDK it has none."""
    with entering as span:
        context = span.get_span_context()
        if not context.is_valid:
            yield span
            return
        known = correlation.get()
        correlation_id = None if known is None else known.correlation_id
        ids = correlation.new(correlation_id, f"{context.trace_id:032x}", f"{context.span_id:016x}", int(context.trace_flags))
        token = correlation.set(ids)
        try:
            yield span
        finally:
            try:
                correlation.reset(token)
            except ValueError:
                pass


def _parent(trace: Any) -> Any:
    """The caller of this worker, where no span of OpenTelemetry is under way; None for the present context."""
    ids = correlation.get()
    if trace.get_current_span().get_span_context().is_valid or ids is None or ids.span_id is None:
        return None
    context = trace.SpanContext(
        int(ids.trace_id, 16), int(ids.span_id, 16), is_remote=True, trace_flags=trace.TraceFlags(ids.trace_flags & 1)
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(context))


def _attributes(given: Any) -> Dict[str, Any]:
    plain = described_dict(given)
    return {key: value for key, value in plain.items() if isinstance(value, (str, bool, int, float))}
