"""A thread that takes events out of a buffer and hands them to a function, which may block or raise."""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Callable, List, NamedTuple, Optional

from .buffer import Buffer

#: A report on what was dropped is looked for this often, in seconds, when nothing else happens.
IDLE = 1.0


class Batch(NamedTuple):
    """What is handed over at once."""

    items: List[Any]
    #: The number of the last event in it.
    through: int
    #: How many events up to that number are not in it because they are too large.
    refused: int = 0
    #: To be called when it was taken.
    done: Optional[Callable[[], None]] = None


class _Link:
    """One attachment: what an earlier one still does is of no account any more."""

    def __init__(self, send: Callable[[List[Any]], Any]) -> None:
        self.send = send
        #: Its put may be interrupted by itself, which a threading.Event does not bear.
        self.bell: SimpleQueue[None] = SimpleQueue()
        self.asleep = False

    def sleep(self, buffer: Buffer) -> None:
        self.asleep = True
        # Looked at once more: what came before the line above did not ring.
        if buffer.waiting == 0:
            try:
                self.bell.get(timeout=IDLE)
                while True:
                    self.bell.get_nowait()
            except Empty:
                pass
        self.asleep = False


class Drain:
    """Sends what waits in a buffer, batch by batch and in order.

    An event keeps its place until a send returned: one that raises loses the connection and nothing else. Events of a send that
    was cut off are sent again; their ``seq`` tells those that came twice.
    """

    def __init__(self, buffer: Buffer, next_batch: Callable[[], Optional[Batch]], name: str) -> None:
        self._buffer = buffer
        self._next_batch = next_batch
        self._name = name
        self.clear()

    def clear(self) -> None:
        """Begins anew, detached."""
        self._link: Optional[_Link] = None
        self._state = "detached"
        self._changed = threading.Condition()

    @property
    def state(self) -> str:
        """``attached``, ``detached`` or, after a send that raised, ``lost``."""
        return self._state

    def attach(self, send: Callable[[List[Any]], Any]) -> bool:
        """Sends from now on, instead of what was attached before. False when no thread can be started any more."""
        link = _Link(send)
        self._become("attached", link)
        try:
            threading.Thread(target=self._run, args=(link,), name=self._name, daemon=True).start()
        except RuntimeError:
            self._become("lost", link)
            return False
        return True

    def detach(self) -> None:
        """Stops sending, after what is being sent at this moment."""
        self._become("detached", self._link)

    def flush(self, timeout: float) -> bool:
        """Waits until all that was emitted before has been sent; False when that takes longer or nothing is attached."""
        last, until = self._buffer.last_seq, monotonic() + timeout
        with self._changed:
            while self._state == "attached":
                first = self._buffer.peek(1)
                if not first or first[0]["seq"] > last:
                    return True
                left = until - monotonic()
                if left <= 0:
                    return False
                self._changed.wait(left)
        return False

    def ring(self) -> None:
        """Says that there is something. Never blocks."""
        link = self._link
        if link is not None and link.asleep:
            link.asleep = False
            link.bell.put(None)

    def _run(self, link: _Link) -> None:
        while self._link is link and self._state == "attached":
            try:
                batch = self._next_batch()
                if batch is None:
                    link.sleep(self._buffer)
                    continue
                if batch.items:
                    link.send(batch.items)
            except BaseException:
                with self._changed:
                    if self._link is link and self._state == "attached":
                        self._become("lost", link)
                return
            with self._changed:
                # Not when another was attached meanwhile, which begins with the same events.
                if self._link is link:
                    self._buffer.settle(batch.through, batch.refused)
                    if batch.done is not None:
                        batch.done()
                    self._changed.notify_all()

    def _become(self, state: str, link: Optional[_Link]) -> None:
        with self._changed:
            before, self._link, self._state = self._link, link, state
            self._changed.notify_all()
        if before is not None:
            before.bell.put(None)
