"""Any value as plain data.

It runs no code of the value but ``__repr__``, and that guarded; nothing it does raises but ``TooLarge``.
"""

from __future__ import annotations

import math
import threading
from itertools import islice
from typing import Any, Dict, List, Optional, Tuple

MAX_KEYS = 64
MAX_ITEMS = 100
MAX_DEPTH = 6
#: Bytes of UTF-8 of one string.
MAX_TEXT = 4_096
MAX_KEY = 128
MAX_REPR = 256
#: Bytes of one event.
MAX_EVENT = 32_768
#: Beyond it a number of JSON is not exact in JavaScript.
MAX_SAFE = 2**53 - 1

_MORE = "…"
_guard = threading.local()


class TooLarge(Exception):
    """What was given would not fit into an event."""


class _Walk:
    """What is left of the event, and what the value at hand is within."""

    def __init__(self) -> None:
        self.left = MAX_EVENT
        self.ancestors: List[int] = []

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise TooLarge()


def measured(given: Any) -> Optional[Tuple[Dict[str, Any], int]]:
    """The numbers of a dict, and how many keys were left out; None when it is not a dict."""
    if not _is(given, dict):
        return None
    numbers: Dict[str, Any] = {}
    for key, value in _entries(given):
        number = _number(value)
        if number is not None and _is(key, str) and len(key) <= MAX_KEY:
            numbers[str.__str__(key)] = number
    return numbers, dict.__len__(given) - len(numbers)


def described(given: Any) -> Optional[Dict[str, Any]]:
    """A dict as plain data; None when it is not one."""
    return _record(given, _Walk()) if _is(given, dict) else None


def described_dict(given: Any) -> Dict[str, Any]:
    """It as plain data, empty when it is none that an event could hold."""
    try:
        return described(given) or {}
    except TooLarge:
        return {}


def cut(text: str, limit: int = MAX_TEXT) -> str:
    """The text, or as much of its beginning as fits into ``limit`` bytes of UTF-8, with a mark at its end."""
    if len(text) * 4 <= limit or (len(text) <= limit and len(text.encode("utf-8", "replace")) <= limit):
        return text
    return text[:limit].encode("utf-8", "replace")[: limit - 3].decode("utf-8", "ignore") + _MORE


def _number(value: Any) -> Any:
    if _is(value, bool):
        return int(value)
    if _is(value, int):
        whole = int.__int__(value)
        if -MAX_SAFE <= whole <= MAX_SAFE:
            return whole
        return float(whole) if whole.bit_length() <= 1_000 else None
    if _is(value, float):
        number = float.__float__(value)
        return number if math.isfinite(number) else None
    return None


def _plain(value: Any, walk: _Walk) -> Any:
    if value is None or value is True or value is False:
        walk.take(4)
        return value
    if _is(value, str):
        return _text(str.__str__(value), walk)
    if _is(value, int):
        whole = int.__int__(value)
        if -MAX_SAFE <= whole <= MAX_SAFE:
            walk.take(1)
            return whole
    elif _is(value, float) and math.isfinite(value):
        walk.take(1)
        return float.__float__(value)
    elif _is(value, dict):
        return _within(value, "{" + _MORE + "}", walk, _record)
    elif _is(value, list) or _is(value, tuple):
        return _within(value, "[" + _MORE + "]", walk, _items)
    return _text(_represent(value), walk)


def _within(value: Any, mark: str, walk: _Walk, write: Any) -> Any:
    if id(value) in walk.ancestors or len(walk.ancestors) >= MAX_DEPTH:
        return _text(mark, walk)
    return write(value, walk)


def _record(value: Any, walk: _Walk) -> Dict[str, Any]:
    walk.ancestors.append(id(value))
    walk.take(2)
    record: Dict[str, Any] = {}
    entries = _entries(value)
    for key, item in entries:
        name = cut(str.__str__(key) if _is(key, str) else _represent(key), MAX_KEY)
        walk.take(len(name) + 4)
        record[name] = _plain(item, walk)
    if dict.__len__(value) > len(entries):
        record[_MORE] = f"[{dict.__len__(value) - len(entries)} more]"
    walk.ancestors.pop()
    return record


def _items(value: Any, walk: _Walk) -> List[Any]:
    walk.ancestors.append(id(value))
    walk.take(2)
    kind = list if _is(value, list) else tuple
    length = kind.__len__(value)
    shown = length if length <= MAX_ITEMS else MAX_ITEMS - 1
    items = []
    for item in kind.__getitem__(value, slice(0, shown)):
        walk.take(1)
        items.append(_plain(item, walk))
    if length > shown:
        items.append(f"[{length - shown} more]")
    walk.ancestors.pop()
    return items


def _text(text: str, walk: _Walk) -> str:
    text = cut(text)
    walk.take(len(text) + 2)
    return text


def _entries(given: Any) -> List[Tuple[Any, Any]]:
    """At most 64, and a place kept for the mark that says how many are missing."""
    shown = MAX_KEYS if dict.__len__(given) <= MAX_KEYS else MAX_KEYS - 1
    for _ in range(3):
        try:
            return list(islice(dict.items(given), shown))
        except RuntimeError:
            # Another thread changed it meanwhile.
            continue
    return []


def _represent(value: Any) -> str:
    """Its repr, cut short. A repr that emits does not have reprs made in turn."""
    kind = type(value).__name__
    if _is(value, int):
        whole = int.__int__(value)
        return str(whole) if whole.bit_length() <= MAX_REPR else f"<int of {whole.bit_length()} bits>"
    if _is(value, bytes) or _is(value, bytearray):
        value = bytes(memoryview(value)[:MAX_REPR])
    for many in (set, frozenset):
        if _is(value, many) and many.__len__(value) > MAX_KEYS:
            return f"<{kind} of {many.__len__(value)}>"
    if getattr(_guard, "busy", False):
        return f"<{kind}>"
    _guard.busy = True
    try:
        return cut(repr(value), MAX_REPR)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return f"<{kind} whose repr raises>"
    finally:
        _guard.busy = False


def _is(value: Any, kind: type) -> bool:
    # Not isinstance, which believes what a value says its class is.
    return issubclass(type(value), kind)
