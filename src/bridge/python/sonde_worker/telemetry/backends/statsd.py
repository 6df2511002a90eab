"""Events as StatsD lines over UDP."""

from __future__ import annotations

import re
import socket
from typing import Dict, Iterator, List, Sequence

from ..event import Event
from .outlet import Write
from .readings import Reading, read

#: Bytes of one datagram, so that it passes an Ethernet undivided.
MAX_DATAGRAM = 1_432

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")
_NOT_IN_TAGS = re.compile(r"[^A-Za-z0-9_./-]")


def open_statsd(host: str = "127.0.0.1", port: int = 8125, prefix: str = "", tags: Sequence[str] = ()) -> Write:
    """Sends each event as lines of StatsD; the metadata named in ``tags`` as tags of DogStatsD.

    Nobody knows whether they arrive.
    """
    connection = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    # The queue before it may wait; the kernel's may not.
    connection.setblocking(False)
    start = _clean(prefix, _NOT_IN_NAMES)

    def write(events: List[Event]) -> None:
        lines = [line for event in events for reading in read(event, tags) for line in encode(reading, start)]
        for datagram in pack(lines):
            connection.sendto(datagram, (host, port))

    return write


def encode(reading: Reading, prefix: str = "") -> Iterator[str]:
    """The line of a reading. A gauge below zero has two: a sign alone would change it by so much."""
    name = prefix + _clean(reading.name, _NOT_IN_NAMES)
    rate = f"|@{1 / reading.weight:.6g}" if reading.weight > 1 and reading.kind != "gauge" else ""
    end = rate + _tags(reading.tags)
    if reading.kind == "counter":
        yield f"{name}:{_number(reading.value)}|c{end}"
    elif reading.kind == "timer":
        yield f"{name}:{_number(reading.value / 1e6)}|ms{end}"
    else:
        if reading.value < 0:
            yield f"{name}:0|g{end}"
        yield f"{name}:{_number(reading.value)}|g{end}"


def pack(lines: List[str]) -> Iterator[bytes]:
    """Lines in as few datagrams as they fit into, in order."""
    pending = b""
    for line in lines:
        encoded = line.encode("ascii")
        if pending and len(pending) + 1 + len(encoded) > MAX_DATAGRAM:
            yield pending
            pending = b""
        pending = pending + b"\n" + encoded if pending else encoded
    if pending:
        yield pending


def _tags(tags: Dict[str, str]) -> str:
    if not tags:
        return ""
    return "|#" + ",".join(f"{_clean(key, _NOT_IN_TAGS)}:{_clean(value, _NOT_IN_TAGS)}" for key, value in tags.items())


def _clean(text: str, others: re.Pattern[str]) -> str:
    return others.sub("_", text)


def _number(value: float) -> str:
    """Without an exponent, which not every server reads."""
    return str(value) if isinstance(value, int) else f"{value:.6f}".rstrip("0").rstrip(".")
