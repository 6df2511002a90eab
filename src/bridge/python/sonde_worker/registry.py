"""What may be called from TypeScript: functions that were registered, by the name they were registered under. Nothing else is looked up."""

from __future__ import annotations

import inspect
import re
from time import monotonic
from typing import Any, Callable, Dict, List, Optional, TypeVar

Callee = TypeVar("Callee", bound=Callable[..., Any])

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,127}")

#: By name.
_functions: Dict[str, Callable[..., Any]] = {}

#: When the call that is under way ends, on the monotonic clock; None when none is.
_deadline: Optional[float] = None


class NotRegistered(LookupError):
    """Nothing is registered under that name."""


class BadArguments(TypeError):
    """The arguments do not fit the signature of the function; it was not called."""


def function(callee: Any = None, *, name: Optional[str] = None) -> Any:
    """Registers a function, async ones too: ``@function`` or ``@function(name="shop.add")``. Raises ValueError for a name that is taken."""
    if callee is None:
        return lambda decorated: function(decorated, name=name)
    registered = callee.__name__ if name is None else name
    if not isinstance(registered, str) or _NAME.fullmatch(registered) is None:
        raise ValueError(f"{registered!r} cannot be the name of a function: a letter, and letters, digits or _.:- after it")
    if registered in _functions and _functions[registered] is not callee:
        raise ValueError(f"there are two functions {registered!r}")
    _functions[registered] = callee
    return callee


def registered() -> Dict[str, str]:
    """The names of all functions, and the module of each."""
    return {name: str(getattr(callee, "__module__", "")) for name, callee in sorted(_functions.items())}


def bind(name: str, args: List[Any], kwargs: Dict[str, Any]) -> Callable[[], Any]:
    """The call of a function, not made yet. Raises ``NotRegistered`` and ``BadArguments``."""
    callee = _functions.get(name)
    if callee is None:
        raise NotRegistered(f"no function {name!r} is registered")
    try:
        bound = inspect.signature(callee).bind(*args, **kwargs)
    except TypeError as error:
        raise BadArguments(f"{name}: {error}") from None
    return lambda: callee(*bound.args, **bound.kwargs)


def remaining() -> Optional[float]:
    """Seconds until the call that is under way is given up by whoever made it; None outside of a call."""
    return None if _deadline is None else max(0.0, _deadline - monotonic())


def set_deadline(seconds: Optional[float]) -> None:
    """Begins a call that may take so long, or ends it."""
    global _deadline
    _deadline = None if seconds is None else monotonic() + seconds
