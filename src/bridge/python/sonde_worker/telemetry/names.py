"""The names of events, and patterns over them: the same rules as the host's."""

from __future__ import annotations

import re
from typing import Any, Callable

MAX_NAME = 256
MAX_PATTERN = 128

_NAME = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){0,15}")
_PATTERN = re.compile(r"(?:(?:[A-Za-z0-9_-]+|\*)\.){0,15}(?:[A-Za-z0-9_-]+|\*\*?)")
_FAILURES = ("exception", "failure", "failed", "panicked")


def is_event_name(name: Any) -> bool:
    """Whether it is 1 to 16 segments of ``A-Za-z0-9_-`` joined by dots, 256 characters at most."""
    return isinstance(name, str) and len(name) <= MAX_NAME and _NAME.fullmatch(name) is not None


def is_pattern(pattern: Any) -> bool:
    """Whether it is an event name of at most 128 characters in which ``*`` stands for one segment and a last ``**``
    for one or more.
    """
    return isinstance(pattern, str) and len(pattern) <= MAX_PATTERN and _PATTERN.fullmatch(pattern) is not None


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """A test for event names, in time linear in their length: segments cannot hold a dot, so nothing is tried twice."""
    if "*" not in pattern:
        return pattern.__eq__
    parts = [".+" if part == "**" else "[^.]+" if part == "*" else re.escape(part) for part in pattern.split(".")]
    expression = re.compile(r"\.".join(parts))
    return lambda name: expression.fullmatch(name) is not None


def is_important(name: str) -> bool:
    """Whether it says that something failed: it has places of its own in the buffer."""
    return name.rpartition(".")[2] in _FAILURES or name.startswith("python.error.")


def is_never_sampled(name: str) -> bool:
    """Whether a sampling rule does not apply: failures, and what telemetry says of itself."""
    return is_important(name) or name.startswith("telemetry.")
