"""Events as metrics of OpenTelemetry, where its API is installed. Which SDK collects them is the program's own choice."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Tuple

from ..event import Event
from .outlet import Write
from .readings import Reading, read

#: Instruments that are made: OpenTelemetry keeps each for ever.
MAX_INSTRUMENTS = 1_000

#: A histogram takes no weights: a duration that stands for several is recorded so often, up to this.
MAX_WEIGHT = 1_000


def open_otel(tags: Sequence[str] = ()) -> Optional[Write]:
    """Records each event as a counter, its durations as histograms in seconds, other measurements as gauges.

    None without the API.
    """
    try:
        from opentelemetry import metrics
    except ImportError:
        return None
    meter = metrics.get_meter("sonde_worker")
    instruments: Dict[Tuple[str, str], Any] = {}

    def record(reading: Reading) -> None:
        key = reading.kind, reading.name
        if key not in instruments:
            if len(instruments) >= MAX_INSTRUMENTS:
                return
            instruments[key] = _make(meter, reading)
        _record(instruments[key], reading)

    def write(events: List[Event]) -> None:
        for event in events:
            for reading in read(event, tags):
                record(reading)

    return write


def _make(meter: Any, reading: Reading) -> Any:
    if reading.kind == "counter":
        return meter.create_counter(reading.name)
    if reading.kind == "timer":
        return meter.create_histogram(reading.name, unit="s")
    # Gauges that are set came to the API later than the rest.
    return meter.create_gauge(reading.name) if hasattr(meter, "create_gauge") else None


def _record(instrument: Any, reading: Reading) -> None:
    if reading.kind == "counter":
        instrument.add(reading.value * reading.weight, reading.tags)
    elif reading.kind == "timer":
        for _ in range(min(reading.weight, MAX_WEIGHT)):
            instrument.record(reading.value / 1e9, reading.tags)
    elif instrument is not None:
        instrument.set(reading.value, reading.tags)
