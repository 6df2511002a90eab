"""Texts between the host and a worker: the length of each in UTF-8 as four bytes, the highest first, and then itself."""

from __future__ import annotations

import os
import struct
import threading
from typing import Optional

#: Of one frame: 16 MiB.
MAX_BYTES = 16 * 2**20

_HEADER = struct.Struct(">I")
_CHUNK = 65_536


class FrameError(ValueError):
    """A frame that is too long, or a stream that ends within one."""


class FrameReader:
    """Reads the frames of a descriptor, one at a time; for one thread."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._waiting = bytearray()

    def read(self) -> Optional[bytes]:
        """The next frame; None at the end. Raises ``FrameError``: where a frame ends is not known any more then."""
        if not self._fill(_HEADER.size):
            return None
        (length,) = _HEADER.unpack_from(self._waiting)
        if length > MAX_BYTES:
            raise FrameError(f"a frame of {length} bytes; {MAX_BYTES} at most")
        end = _HEADER.size + length
        if not self._fill(end):
            raise FrameError("the stream ends within a frame")
        frame = bytes(self._waiting[_HEADER.size : end])
        del self._waiting[:end]
        return frame

    @property
    def has_more(self) -> bool:
        """Whether a part of the next frame is here already."""
        return len(self._waiting) > 0

    def _fill(self, count: int) -> bool:
        """Reads until that many bytes wait; False at the end of the stream before the first of them."""
        while len(self._waiting) < count:
            chunk = os.read(self._descriptor, max(_CHUNK, count - len(self._waiting)))
            if not chunk:
                if self._waiting:
                    raise FrameError("the stream ends within a frame")
                return False
            self._waiting += chunk
        return True


class FrameWriter:
    """Writes frames to a descriptor, whole ones also when several threads write."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def write(self, frame: bytes) -> None:
        """Returns when the frame has been taken. Raises ``FrameError`` for one that is too long, and OSError when nobody reads any more."""
        if len(frame) > MAX_BYTES:
            raise FrameError(f"a frame of {len(frame)} bytes; {MAX_BYTES} at most")
        waiting = memoryview(_HEADER.pack(len(frame)) + frame)
        with self._lock:
            while waiting:
                waiting = waiting[os.write(self._descriptor, waiting) :]
