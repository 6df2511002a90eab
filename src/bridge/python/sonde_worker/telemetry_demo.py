"""One event of each kind, to see what arrives."""

from __future__ import annotations

import gc
import logging
from typing import Any, Dict

from . import telemetry


def telemetry_demo(customer: str = "Ada", items: int = 3) -> Dict[str, Any]:
    """Emits an event, spans that end well and badly, a log record, an error and what the process says of itself."""
    before = telemetry.stats()["received"]
    telemetry.emit("python.custom.demo.cart_changed", {"items": items}, {"customer": customer})
    with telemetry.span("python.custom.demo.checkout", {"customer": customer}) as outer:
        with telemetry.span("python.custom.demo.payment") as inner:
            inner.measure({"amount": items * 2.5})
        outer.set({"paid": True})
    try:
        with telemetry.span("python.custom.demo.delivery"):
            raise LookupError(f"{customer} has no address")
    except LookupError as error:
        telemetry.error_occurred(error)
    _log(f"{customer} bought {items} items")
    _sample()
    return {"customer": customer, "items": items, "emitted": telemetry.stats()["received"] - before}


def _log(message: str) -> None:
    handler = telemetry.log_handler()
    logger = logging.Logger("sonde_worker.demo", logging.INFO)
    logger.addHandler(handler)
    logger.info(message)


def _sample() -> None:
    stop = telemetry.watch_process(interval=60.0)
    try:
        telemetry.sample_process()
        gc.collect()
    finally:
        stop()
