"""Events as lines on stderr, for whoever looks on."""

from __future__ import annotations

import sys
from typing import List

from ..event import Event, to_json
from .outlet import Write


def open_stderr() -> Write:
    """Writes a line ``TELEMETRY:{…}`` for each event, to what is stderr at that time."""
    return _write


def _write(events: List[Event]) -> None:
    if sys.stderr is not None:
        sys.stderr.write("".join(f"TELEMETRY:{to_json(event).decode('utf-8')}\n" for event in events))
        sys.stderr.flush()
