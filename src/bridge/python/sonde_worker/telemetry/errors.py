"""What an exception says of itself."""

from __future__ import annotations

import traceback
from typing import Dict, List, Optional

from .emitter import Emitter
from .hostile import MAX_TEXT, cut

#: Innermost frames of each exception that are shown.
_FRAMES = 20
#: Exceptions of one chain that are shown.
_LINKS = 4


def error_occurred(emitter: Emitter, error: BaseException) -> None:
    """Emits ``python.error.occurred``."""
    emitter.emit("python.error.occurred", {}, describe_error(error))


def describe_error(error: BaseException) -> Dict[str, str]:
    """``error_type``, ``error_message`` and ``traceback``. Never raises, whatever the exception does when it is asked."""
    return {
        "error_type": cut(type(error).__name__, 256),
        "error_message": cut(_message(error)),
        "traceback": _tail(_trace(error)),
    }


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return f"<{type(error).__name__} whose str raises>"


def _trace(error: BaseException) -> str:
    """The cause first, as Python prints it."""
    chain: List[BaseException] = []
    link: Optional[BaseException] = error
    try:
        while link is not None and len(chain) < _LINKS and link not in chain:
            chain.insert(0, link)
            link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
        return "\n".join(
            "".join(traceback.format_exception(type(each), each, each.__traceback__, -_FRAMES, chain=False))
            for each in chain
        )
    except Exception:
        return ""


def _tail(text: str) -> str:
    """Where it was raised stands at the end."""
    encoded = text.encode("utf-8", "replace")
    return text if len(encoded) <= MAX_TEXT else "…" + encoded[3 - MAX_TEXT :].decode("utf-8", "ignore")
