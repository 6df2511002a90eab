"""What is said beside the calls, on a descriptor and a thread of its own: it works while a call runs."""

from __future__ import annotations

import json
import os
import signal
import threading
from typing import Any, Callable, Dict, List

from . import telemetry
from .frames import FrameError, FrameReader, FrameWriter

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4_096


class Control:
    """Answers the heartbeat, takes cancellations and rules, and sends telemetry."""

    def __init__(self, descriptor: int, cancel: Callable[[int], None]) -> None:
        self._reader = FrameReader(descriptor)
        self._writer = FrameWriter(descriptor)
        self._cancel = cancel

    def start(self) -> None:
        """From now on, until the host closes the descriptor."""
        threading.Thread(target=self._run, name="sonde-control", daemon=True).start()

    def stream_telemetry(self, rules: Any) -> None:
        """Sends what is emitted, by these rules."""
        telemetry.apply(rules)
        telemetry.attach(self._send)

    def _run(self) -> None:
        try:
            while True:
                frame = self._reader.read()
                if frame is None:
                    return
                self._take(json.loads(frame))
        except (FrameError, ValueError, OSError):
            # Without this descriptor the host hears no heartbeat, and ends the worker.
            return

    def _take(self, message: Dict[str, Any]) -> None:
        kind = message.get("t")
        if kind == "ping":
            self._say({"t": "pong", "rss": _rss()})
        elif kind == "cancel":
            self._cancel(message.get("id", -1))
        elif kind == "rules":
            self._say({"t": "rules", "rules": telemetry.apply(message.get("rules"))})

    def _send(self, lines: List[bytes]) -> None:
        self._writer.write(b'{"t":"events","items":[' + b",".join(lines) + b"]}")

    def _say(self, message: Dict[str, Any]) -> None:
        self._writer.write(json.dumps(message, separators=(",", ":")).encode())


def interrupt_main() -> None:
    """Makes the main thread look at its signals, also while it sleeps."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)


def _rss() -> int:
    """Bytes of memory; 0 where that is not known."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0
