"""Where events wait for whoever takes them away, and the books of what became of them."""

from __future__ import annotations

import threading
from collections import deque
from itertools import islice
from typing import Any, Callable, Deque, Dict, List, Optional, Tuple, TypeVar

from .event import Event

PLACES = 1_024
#: Places that only events have that say that something failed.
RESERVED = 128

_T = TypeVar("_T")

#: An event with whether it is important, or None with the reason why there is none.
_Entry = Tuple[Optional[Event], Any]


class Buffer:
    """Bounded: what does not fit is dropped and counted. Threads, signal handlers and finalizers may all put events into it.

    Plain events and important ones wait apart, so that how many wait of each is known without counting, and are taken
    in the order of ``seq``.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begins anew: nothing waits, nothing was counted, and nobody holds the lock, whoever held it before a fork."""
        # A signal handler may interrupt the thread that holds the lock, and must not wait for it.
        self._lock = threading.RLock()
        self._busy = False
        self._late: Deque[_Entry] = deque()
        self._plain: Deque[Event] = deque()
        self._important: Deque[Event] = deque()
        self._seq = 0
        self._sent = 0
        self._sampled_out = 0
        self._dropped: Dict[str, int] = {}

    def put(self, event: Event, important: bool) -> None:
        """Numbers the event, and keeps it if there is a place."""
        self._enter((event, important))

    def count(self, reason: str) -> None:
        """Enters an event that was not emitted: ``sampled_out``, or why it was dropped.

        One that is ``too_large`` has a number too.
        """
        self._enter((None, reason))

    def peek(self, limit: int) -> List[Event]:
        """The first events that wait. They keep their places until they are settled."""

        def first() -> List[Event]:
            plain, important = list(islice(self._plain, limit)), list(islice(self._important, limit))
            return sorted(plain + important, key=_seq_of)[:limit] if important else plain

        return self._alone(first)

    def settle(self, through: int, refused: int = 0) -> None:
        """Lets go of all events up to a number: they were sent, apart from those that were refused as too large."""

        def let_go() -> None:
            gone = 0
            for waiting in (self._plain, self._important):
                while waiting and waiting[0]["seq"] <= through:
                    waiting.popleft()
                    gone += 1
            self._sent += gone - refused
            if refused:
                self._drop("too_large", refused)

        self._alone(let_go)

    @property
    def waiting(self) -> int:
        return len(self._plain) + len(self._important) + len(self._late)

    @property
    def last_seq(self) -> int:
        """The number of the last event."""
        return self._seq

    def ledger(self) -> Dict[str, Any]:
        """Totals since the start: received = sent + waiting + sampled_out + the sum of dropped."""

        def totals() -> Dict[str, Any]:
            dropped, lost = dict(self._dropped), sum(self._dropped.values())
            received = self._sent + self.waiting + self._sampled_out + lost
            books = {"received": received, "sent": self._sent, "waiting": self.waiting}
            return {**books, "sampled_out": self._sampled_out, "dropped": dropped}

        return self._alone(totals)

    def _enter(self, entry: _Entry) -> None:
        with self._lock:
            if self._busy:
                # What is below was interrupted in this very thread, and goes on with it afterwards.
                self._late.append(entry)
                return
            self._busy = True
            try:
                self._book(entry)
                while self._late:
                    self._book(self._late.popleft())
            finally:
                self._busy = False

    def _alone(self, work: Callable[[], _T]) -> _T:
        """Does it while nothing changes: the garbage collector may call what emits in the middle of it."""
        with self._lock:
            outer, self._busy = self._busy, True
            try:
                while self._late and not outer:
                    self._book(self._late.popleft())
                return work()
            finally:
                self._busy = outer

    def _book(self, entry: _Entry) -> None:
        event, detail = entry
        if event is None:
            self._book_loss(detail)
            return
        self._seq += 1
        event["seq"] = self._seq
        plain = len(self._plain)
        if plain + len(self._important) >= PLACES or (plain >= PLACES - RESERVED and not detail):
            self._drop("overflow")
        elif detail:
            self._important.append(event)
        else:
            self._plain.append(event)

    def _book_loss(self, reason: str) -> None:
        if reason == "sampled_out":
            self._sampled_out += 1
            return
        if reason == "too_large":
            self._seq += 1
        self._drop(reason)

    def _drop(self, reason: str, count: int = 1) -> None:
        self._dropped[reason] = self._dropped.get(reason, 0) + count


def _seq_of(event: Event) -> int:
    return event["seq"]
