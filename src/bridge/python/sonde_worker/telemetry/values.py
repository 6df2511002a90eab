"""What a program gives with an event, made into plain data that JSON can hold: a copy, bounded, whatever was given.

Most of it is small and plain, and is copied by the two functions here. The rest goes to ``hostile``, which takes its time.
"""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple

from . import hostile
from .hostile import MAX_KEYS, MAX_SAFE

_PLAIN_KEY = 64
#: So short that no amount of escaping makes 64 of them an event that is too large.
_PLAIN_TEXT = 64


def measured(given: Any) -> Optional[Tuple[Dict[str, Any], int]]:
    """The numbers in it, and how many keys were left out because they hold none; None when it is not a dict."""
    if type(given) is dict and len(given) <= MAX_KEYS:
        copy = given.copy()
        for key, value in copy.items():
            kind = type(value)
            if (
                # A float that is not finite gives NaN.
                not (kind is int and -MAX_SAFE <= value <= MAX_SAFE or kind is float and value - value == 0.0)
                or type(key) is not str
                or len(key) > _PLAIN_KEY
            ):
                break
        else:
            return copy, 0
    return hostile.measured({} if given is None else given)


def described(given: Any) -> Optional[Dict[str, Any]]:
    """It as plain data; None when it is not a dict. ``hostile.TooLarge`` is raised for more than an event may hold."""
    if given is None:
        return {}
    if type(given) is dict and len(given) <= MAX_KEYS:
        copy = given.copy()
        for key, value in copy.items():
            kind = type(value)
            if kind is str:
                if len(value) > _PLAIN_TEXT:
                    break
            elif kind is int:
                if not -MAX_SAFE <= value <= MAX_SAFE:
                    break
            elif kind is float:
                if value - value != 0.0:
                    break
            elif kind is not bool and value is not None:
                break
            if type(key) is not str or len(key) > _PLAIN_KEY:
                break
        else:
            return copy
    return hostile.described(given)
