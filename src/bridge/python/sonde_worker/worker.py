"""A worker: one call after the other, in the main thread, for the host at the other end of two descriptors."""

from __future__ import annotations

import inspect
import json
import os
import platform
import signal
import sys
from time import monotonic
from typing import Any, Dict, Optional

from . import correlation, modules, registry, telemetry, values
from .control import Control, interrupt_main
from .frames import FrameError, FrameReader, FrameWriter
from .telemetry.errors import describe_error

VERSION = 1

#: Descriptors that the host has opened: calls, and what is said beside them.
_CALLS = 3
_CONTROL = 4


class Cancelled(BaseException):
    """The host waits no more for the call that is under way. No Exception: a function that catches those is to end too."""


class Worker:
    """What the child of the launcher does."""

    def __init__(self) -> None:
        self._reader = FrameReader(_CALLS)
        self._writer = FrameWriter(_CALLS)
        self._running: Optional[int] = None
        self._cancelled: Optional[int] = None
        self._control = Control(_CONTROL, self._cancel)

    def run(self) -> int:
        """Serves until the host says stop, or closes; the exit code."""
        # Nobody who is started by a function holds them open.
        for descriptor in (_CALLS, _CONTROL):
            os.set_inheritable(descriptor, False)
        signal.signal(signal.SIGUSR1, self._on_signal)
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
        frame = self._reader.read()
        if frame is None:
            return 0
        hello = json.loads(frame)
        if hello.get("version") != VERSION:
            return self._fail(RuntimeError(f"the host speaks version {hello.get('version')}, this worker {VERSION}"))
        try:
            modules.load(hello["modules"])
        except BaseException as error:
            return self._fail(error)
        self._control.start()
        self._control.stream_telemetry(hello["telemetry"])
        telemetry.watch_process()
        self._say(
            {
                "t": "ready",
                "version": VERSION,
                "token": hello["token"],
                "pid": os.getpid(),
                "python": platform.python_version(),
                "functions": registry.registered(),
            }
        )
        return self._serve()

    def _serve(self) -> int:
        while True:
            try:
                frame = self._reader.read()
            except FrameError as error:
                sys.stderr.write(f"sonde_worker: {error}\n")
                return 70
            message = {"t": "stop"} if frame is None else json.loads(frame)
            if message["t"] == "stop":
                telemetry.flush(0.5)
                return 0
            if message["t"] == "call":
                self._write(self._call(message, len(frame or b"")))

    def _call(self, message: Dict[str, Any], size: int) -> bytes:
        """Makes a call that has come in so many bytes; the reply, as a frame."""
        number = message["id"]
        token = correlation.set(correlation.new(*message["ctx"])) if message.get("ctx") else None
        registry.set_deadline(message["timeout"] / 1_000)
        try:
            self._running = number
            # Both may have come before the call was read.
            if self._cancelled == number or _is_over(message.get("until")):
                raise Cancelled
            if message.get("told"):
                with telemetry.span("python.call", {"function": message["fn"]}, {"args_size": size}) as span:
                    result = values.encode(self._execute(message))
                    span.measure({"result_size": len(result)})
            else:
                result = values.encode(self._execute(message))
            self._running = None
            return _reply(number, result)
        except Cancelled:
            return _failure(number, "cancelled", {})
        except (registry.NotRegistered, registry.BadArguments, values.WireError) as error:
            return _failure(number, _KINDS[type(error)], describe_error(error))
        except BaseException as error:
            self._running = None
            telemetry.error_occurred(error)
            return _failure(number, "python_error", describe_error(error))
        finally:
            self._running = None
            registry.set_deadline(None)
            if token is not None:
                correlation.reset(token)
            _flush_output()

    def _execute(self, message: Dict[str, Any]) -> Any:
        args = [values.from_wire(value) for value in message["args"]]
        kwargs = {key: values.from_wire(value) for key, value in message.get("kwargs", {}).items()}
        value = registry.bind(message["fn"], args, kwargs)()
        if not inspect.isawaitable(value):
            return value

        # Takes longer to load than all of this package.
        import asyncio

        async def wait() -> Any:
            return await value

        return asyncio.run(wait())

    def _cancel(self, number: int) -> None:
        """In the thread of control."""
        self._cancelled = number
        interrupt_main()

    def _on_signal(self, *_: Any) -> None:
        """In the main thread, so that no other call has begun in between."""
        if self._running is not None and self._running == self._cancelled:
            self._running = None
            raise Cancelled

    def _fail(self, error: BaseException) -> int:
        self._say({"t": "failed", "version": VERSION, "error": describe_error(error)})
        return 1

    def _write(self, frame: bytes) -> None:
        try:
            self._writer.write(frame)
        except FrameError as error:
            number = json.loads(frame[: frame.index(b",")] + b"}")["id"]
            self._writer.write(_failure(number, "unsupported_value", describe_error(error)))

    def _say(self, message: Dict[str, Any]) -> None:
        self._writer.write(json.dumps(message, separators=(",", ":")).encode())


_KINDS = {
    registry.NotRegistered: "unknown_function",
    registry.BadArguments: "invalid_arguments",
    values.WireError: "unsupported_value",
}


def _is_over(until: Optional[float]) -> bool:
    """``until``: milliseconds of the clock that host and worker share."""
    return until is not None and monotonic() * 1_000 >= until


def _reply(number: int, value: str) -> bytes:
    return f'{{"id":{number},"t":"ok","v":{value}}}'.encode()


def _failure(number: int, kind: str, error: Dict[str, str]) -> bytes:
    return json.dumps({"id": number, "t": "error", "kind": kind, **error}, separators=(",", ":")).encode()


def _flush_output() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass
