"""One event as it goes over the wire."""

from __future__ import annotations

import json
from time import monotonic_ns, time
from typing import Any, Dict, Optional

from .. import correlation
from .hostile import MAX_EVENT

#: event, measurements, metadata, seq, time, monotonic, and correlation when there is one.
Event = Dict[str, Any]

_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"))


def make_event(name: str, measurements: Dict[str, Any], metadata: Dict[str, Any]) -> Event:
    """An event of now, in the present context. The buffer numbers it."""
    event: Event = {
        "event": name,
        "measurements": measurements,
        "metadata": metadata,
        "seq": 0,
        "time": time() * 1_000.0,
        "monotonic": monotonic_ns(),
    }
    current = correlation.get()
    if current is not None:
        event["correlation"] = current[:3]
    return event


def encode(event: Event) -> Optional[bytes]:
    """JSON in UTF-8; None for more than 32 KiB. What is no character (half of a surrogate pair) becomes a question mark."""
    encoded = to_json(event)
    return encoded if len(encoded) <= MAX_EVENT else None


def to_json(value: Any) -> bytes:
    """Plain data as JSON on one line."""
    return _encoder.encode(value).encode("utf-8", "replace")
