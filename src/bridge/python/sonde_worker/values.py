"""Values on their way to TypeScript and back: as they are there, or refused. Never in another shape.

JSON, with what it cannot say in an object of one key, ``{"$": ["bytes", "aGk="]}``. The table stands in ``src/wire/tags.ts``,
the other side of this.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import json
import re
from typing import Any, Callable, Dict, List, NoReturn, Tuple, Union

TAG = "$"
#: Levels of lists and dicts.
MAX_DEPTH = 100
#: Digits of an integer: Python itself refuses longer ones since 3.11.
MAX_DIGITS = 4_300
#: What a number of JavaScript holds exactly.
MAX_SAFE = 2**53 - 1

_FLOAT = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")
_INT = re.compile(r"-?[0-9]+")
_DATETIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.([0-9]{3})Z")

_Path = Tuple[Union[str, int], ...]


class WireError(ValueError):
    """A value that cannot cross to another process as it is; says what it is, and where."""

    code = "unsupported_value"


def encode(value: Any) -> str:
    """The JSON of a value. Raises ``WireError``."""
    return json.dumps(to_wire(value), allow_nan=False, separators=(",", ":"))


def decode(text: Union[str, bytes]) -> Any:
    """The value that ``encode``, or the other side, has written. Raises ``WireError``."""
    try:
        parsed = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise WireError(f"the value is deeper than {MAX_DEPTH} levels") from None
    except ValueError as error:
        raise WireError(f"this is not JSON: {error}") from None
    return from_wire(parsed)


def to_wire(value: Any, path: _Path = ()) -> Any:
    """What JSON can say of a value without a loss."""
    # Exact types: what a class adds to them would be lost.
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        return value if -MAX_SAFE <= value <= MAX_SAFE else _tagged("int", _digits(value, path))
    if kind is float:
        return _float_to_wire(value)
    if len(path) >= MAX_DEPTH:
        _refuse(f"is deeper than {MAX_DEPTH} levels, or part of itself", path)
    if kind is list or kind is tuple:
        return [to_wire(item, (*path, i)) for i, item in enumerate(value)]
    if kind is dict:
        return _dict_to_wire(value, path)
    if kind is bytes:
        return _tagged("bytes", base64.b64encode(value).decode("ascii"))
    if kind is set or kind is frozenset:
        return _tagged("set", [to_wire(item, (*path, i)) for i, item in enumerate(value)])
    if kind is datetime.datetime:
        return _tagged("datetime", _datetime_to_wire(value, path))
    _refuse(f"is a {kind.__module__}.{kind.__qualname__}", path)


def from_wire(value: Any, depth: int = 0) -> Any:
    """The same of JSON that is parsed already."""
    # A tag is two levels, and may have a third one in it.
    if depth > 3 * MAX_DEPTH:
        raise WireError(f"the value is deeper than {MAX_DEPTH} levels")
    if type(value) is list:
        return [from_wire(item, depth + 1) for item in value]
    if type(value) is dict:
        return _untagged(value, depth) if TAG in value else _dict_from_wire(value, depth)
    return value


def _float_to_wire(value: float) -> Any:
    if value != value:
        return _tagged("float", "nan")
    if value in (float("inf"), float("-inf")):
        return _tagged("float", "inf" if value > 0 else "-inf")
    if value == 0 and str(value) == "-0.0":
        return _tagged("float", "-0.0")
    return value


def _dict_to_wire(value: Dict[Any, Any], path: _Path) -> Any:
    plain: Dict[str, Any] = {}
    for key, item in value.items():
        if type(key) is not str:
            _refuse(f"has a key that is no text but a {type(key).__name__}", path)
        if key == "__proto__":
            _refuse("has the key '__proto__'", path)
        plain[key] = to_wire(item, (*path, key))
    return _tagged("object", plain) if TAG in plain else plain


def _digits(value: int, path: _Path) -> str:
    # Without writing it: a number of a million digits takes seconds.
    if value.bit_length() > MAX_DIGITS * 4:
        _refuse(f"has more than {MAX_DIGITS} digits", path)
    try:
        text = str(value)
    except ValueError:
        text = "0" * (MAX_DIGITS + 1)
    if len(text.lstrip("-")) > MAX_DIGITS:
        _refuse(f"has more than {MAX_DIGITS} digits", path)
    return text


def _datetime_to_wire(value: datetime.datetime, path: _Path) -> str:
    if value.tzinfo is None or value.utcoffset() is None:
        _refuse("is a datetime without a time zone; give it one, or send its isoformat()", path)
    if value.microsecond % 1_000 != 0:
        _refuse("is a datetime with microseconds, which a Date does not have; round it, or send its isoformat()", path)
    try:
        utc = value.astimezone(datetime.timezone.utc)
    except OverflowError:
        _refuse("is a datetime that is none in UTC", path)
    return (
        f"{utc.year:04d}-{utc.month:02d}-{utc.day:02d}T{utc.hour:02d}:{utc.minute:02d}:{utc.second:02d}"
        f".{utc.microsecond // 1_000:03d}Z"
    )


def _dict_from_wire(value: Dict[str, Any], depth: int) -> Dict[str, Any]:
    if "__proto__" in value:
        raise WireError("the value has the key '__proto__'")
    return {key: from_wire(item, depth + 1) for key, item in value.items()}


def _untagged(value: Dict[str, Any], depth: int) -> Any:
    pair = value[TAG]
    if len(value) != 1 or type(pair) is not list or len(pair) != 2 or type(pair[0]) is not str:
        raise _malformed()
    tag, content = pair
    if tag == "object" and type(content) is dict:
        return _dict_from_wire(content, depth)
    if tag == "set" and type(content) is list:
        try:
            return {from_wire(item, depth + 1) for item in content}
        except TypeError:
            raise WireError("the value has a set of what cannot be in one in Python, such as lists") from None
    read = _READERS.get(tag)
    if read is None or type(content) is not str:
        raise _malformed()
    return read(content)


def _read_float(text: str) -> float:
    if text not in ("nan", "inf", "-inf") and _FLOAT.fullmatch(text) is None:
        raise _malformed()
    return float(text)


def _read_int(text: str) -> int:
    if _INT.fullmatch(text) is None or len(text.lstrip("-")) > MAX_DIGITS:
        raise _malformed()
    return int(text)


def _read_bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _malformed() from None


def _read_datetime(text: str) -> datetime.datetime:
    match = _DATETIME.fullmatch(text)
    if match is None:
        raise _malformed()
    year, month, day, hour, minute, second, milli = (int(part) for part in match.groups())
    try:
        return datetime.datetime(year, month, day, hour, minute, second, milli * 1_000, datetime.timezone.utc)
    except ValueError:
        raise _malformed() from None


_READERS: Dict[str, Callable[[str], Any]] = {
    "float": _read_float,
    "int": _read_int,
    "bytes": _read_bytes,
    "datetime": _read_datetime,
}


def _tagged(tag: str, content: Any) -> Dict[str, List[Any]]:
    return {TAG: [tag, content]}


def _refuse(problem: str, path: _Path) -> NoReturn:
    where = "".join(f"[{key}]" if type(key) is int else f".{key[:100]}" for key in path)
    what = f"the value at {where}" if where else "the value"
    raise WireError(f"{what} {problem}, which cannot be sent to another process")


def _refuse_constant(text: str) -> NoReturn:
    raise WireError(f"the value has {text}, which is not JSON")


def _malformed() -> WireError:
    return WireError("the value has a tag that nothing is known of")
