"""What events mean to systems that know counters, timers and gauges."""

from __future__ import annotations

from typing import Any, Dict, Iterator, NamedTuple, Sequence

from ..event import Event

#: Clocks say when something was, not how much.
_NO_READINGS = ("monotonic_time", "system_time", "sample_weight")


class Reading(NamedTuple):
    #: counter, timer (nanoseconds) or gauge.
    kind: str
    name: str
    value: float
    #: How many events it stands for.
    weight: int
    tags: Dict[str, str]


def read(event: Event, tags: Sequence[str]) -> Iterator[Reading]:
    """A counter of the event itself, and one reading of each measurement: ``count`` a counter, durations and
    ``queue_time`` timers, others gauges.

    Only the metadata named in ``tags`` becomes tags: every value that a tag takes is a series of its own.
    """
    measurements, metadata = event["measurements"], event["metadata"]
    weight = measurements.get("sample_weight", 1)
    weight = weight if isinstance(weight, int) and weight > 0 else 1
    chosen = {tag: _text(metadata[tag]) for tag in tags if tag in metadata}
    yield Reading("counter", event["event"], 1, weight, chosen)
    for key, value in measurements.items():
        if key not in _NO_READINGS:
            yield Reading(_kind(key), f"{event['event']}.{key}", value, weight, chosen)


def _kind(key: str) -> str:
    if key == "count" or key.endswith("_count"):
        return "counter"
    return "timer" if key in ("duration", "queue_time") or key.endswith("_duration") else "gauge"


def _text(value: Any) -> str:
    return str(value)[:200]
