"""Other places that events go to, beside the stream: ``stderr``, ``statsd``, ``otel``, or ``none``."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional

from . import otel, statsd, stderr
from .outlet import Outlet, Write

_OPENERS: Dict[str, Callable[..., Optional[Write]]] = {
    "stderr": stderr.open_stderr,
    "statsd": statsd.open_statsd,
    "otel": otel.open_otel,
}


def open_backend(name: str, options: Dict[str, Any]) -> Optional[Outlet]:
    """The backend of that name; None for ``none`` and for ``otel`` where its API is not installed.

    Other names raise ValueError.
    """
    if name == "none":
        return None
    if name not in _OPENERS:
        raise ValueError(f"telemetry: there is no backend {name!r}; there are none, {', '.join(sorted(_OPENERS))}")
    write = _OPENERS[name](**options)
    return None if write is None else Outlet(name, write)
