"""A queue and a thread before a function that may be slow or fail, so that the program notices neither."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional

from ..buffer import Buffer
from ..drain import Batch, Drain
from ..event import Event

Write = Callable[[List[Event]], Any]

#: Events handed over at once.
_EVENTS = 64


class Outlet:
    """Hands events to ``write`` in order. Events that it raises on are counted and forgotten."""

    def __init__(self, name: str, write: Write) -> None:
        self.name = name
        self._write = write
        self._failed = 0
        self._buffer = Buffer()
        self._drain = Drain(self._buffer, self._next_batch, f"sonde-telemetry-{name}")
        self._drain.attach(self._try_write)

    def offer(self, event: Event, important: bool) -> None:
        """Takes an event. Neither blocks nor raises."""
        # The number is that of this queue; the event keeps the one that it has.
        self._buffer.put({"seq": 0, "event": event}, important)
        self._drain.ring()

    def flush(self, timeout: float) -> bool:
        """Waits until what was offered before has been written."""
        return self._drain.flush(timeout)

    def close(self) -> None:
        """Writes no more."""
        self._drain.detach()

    def stats(self) -> Dict[str, Any]:
        """The books of this queue, and how many events could not be written."""
        return {**self._buffer.ledger(), "failed": self._failed}

    def _next_batch(self) -> Optional[Batch]:
        waiting = self._buffer.peek(_EVENTS)
        return Batch([each["event"] for each in waiting], waiting[-1]["seq"]) if waiting else None

    def _try_write(self, events: List[Event]) -> None:
        try:
            self._write(events)
        except Exception:
            self._failed += len(events)
