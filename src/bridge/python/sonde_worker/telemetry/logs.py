"""Log records as events."""

from __future__ import annotations

import logging
import threading

from .emitter import Emitter


class LogHandler(logging.Handler):
    """Emits ``python.log`` for each record. What is logged meanwhile, by a value's own repr for one, is not emitted in turn."""

    def __init__(self, emitter: Emitter, level: int = logging.INFO) -> None:
        super().__init__(level)
        self._emitter = emitter
        self._within = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(self._within, "busy", False):
            return
        self._within.busy = True
        try:
            metadata = {"level": record.levelname.lower(), "logger": record.name, "message": _message(record)}
            self._emitter.emit("python.log", {}, metadata)
        finally:
            self._within.busy = False


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:
        # The values do not fit the text: a mistake in the program, which still means to say something.
        return str(record.msg) if isinstance(record.msg, str) else f"<{type(record.msg).__name__}>"
