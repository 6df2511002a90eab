"""The stream to the host: encoded events in batches, and once a second a report on what is not among them."""

from __future__ import annotations

from time import monotonic
from typing import Any, Dict, List, Optional

from .buffer import Buffer
from .drain import IDLE, Batch, Drain
from .event import encode, to_json

#: Bytes of one batch.
MAX_BATCH = 65_536
#: Events looked at for one batch.
_EVENTS = 256


def make_stream(buffer: Buffer) -> Drain:
    """What sends the events of a buffer, as lists of bytes."""
    reports = _Reports(buffer)
    return Drain(buffer, lambda: _next_batch(buffer, reports), "sonde-telemetry")


class _Reports:
    """``{"dropped": {reason: n}, "received": n, "sampled_out": n}``: totals since the start, so that a lost report
    loses nothing.
    """

    def __init__(self, buffer: Buffer) -> None:
        self._buffer = buffer
        self._told: Dict[str, Any] = {"dropped": {}, "sampled_out": 0}
        self._told_at = float("-inf")

    def due(self) -> Optional[Dict[str, Any]]:
        """What to report, when something was lost since the last report and that is a second ago."""
        if monotonic() - self._told_at < IDLE:
            return None
        ledger = self._buffer.ledger()
        report = {key: ledger[key] for key in ("dropped", "received", "sampled_out")}
        return None if all(report[key] == self._told[key] for key in self._told) else report

    def told(self, report: Dict[str, Any]) -> None:
        """It has arrived."""
        self._told = {"dropped": report["dropped"], "sampled_out": report["sampled_out"]}
        self._told_at = monotonic()


def _next_batch(buffer: Buffer, reports: _Reports) -> Optional[Batch]:
    lines: List[bytes] = []
    size, through, refused = 0, 0, 0
    report = reports.due()
    if report is not None:
        lines.append(to_json(report))
        size = len(lines[0])
    for event in buffer.peek(_EVENTS):
        line = encode(event)
        if line is None:
            refused += 1
        elif size + len(line) > MAX_BATCH:
            break
        else:
            lines.append(line)
            size += len(line)
        through = event["seq"]
    if not lines and not refused:
        return None
    return Batch(lines, through, refused, None if report is None else lambda: reports.told(report))
