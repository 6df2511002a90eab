"""Control rules: which events are emitted, and how large a share of them."""

from __future__ import annotations

import random
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from .names import compile_pattern, is_event_name, is_important, is_never_sampled, is_pattern

MAX_PATTERNS = 64
#: Names whose verdicts are kept: a program that makes names up does not fill the memory.
MAX_NAMES = 4_096

Rule = Dict[str, Any]


class Verdict(NamedTuple):
    """What the rules say of a name."""

    #: Why nothing of that name is emitted: invalid, disabled or filtered. None when it is.
    refused: Optional[str]
    #: The share that is kept: 1 for all.
    rate: float = 1.0
    #: Whether it says that something failed.
    important: bool = False


_INVALID = Verdict("invalid")


class Rules:
    """One set of rules, as it was checked. ``parse`` makes it; it does not change."""

    def __init__(self, enabled: bool, sampling: List[Rule], allow: List[str], deny: List[str]) -> None:
        self._control = {"enabled": enabled, "sampling": sampling, "allow": allow, "deny": deny}
        self._enabled = enabled
        self._sampling = [(compile_pattern(rule["pattern"]), rule["rate"]) for rule in sampling]
        self._allow = [compile_pattern(pattern) for pattern in allow]
        self._deny = [compile_pattern(pattern) for pattern in deny]
        #: Verdicts that were reached, for whoever cannot afford a call. A name that is missing here must be judged.
        self.known: Dict[str, Verdict] = {}

    @property
    def control(self) -> Dict[str, Any]:
        """The rules that are in force, as JSON can hold them."""
        return {key: list(value) if isinstance(value, list) else value for key, value in self._control.items()}

    def judge(self, name: Any) -> Verdict:
        """What is to become of an event."""
        if not is_event_name(name):
            return _INVALID
        verdict = Verdict(self._refusal(name), self._rate(name), is_important(name))
        if len(self.known) >= MAX_NAMES:
            self.known.clear()
        self.known[name] = verdict
        return verdict

    def _refusal(self, name: str) -> Optional[str]:
        if _any(self._deny, name):
            return "filtered"
        if name.startswith("telemetry."):
            return None
        if not self._enabled:
            return "disabled"
        return None if not self._allow or _any(self._allow, name) else "filtered"

    def _rate(self, name: str) -> float:
        if is_never_sampled(name):
            return 1.0
        return next((rate for matches, rate in self._sampling if matches(name)), 1.0)


def parse(given: Any) -> Optional[Rules]:
    """Rules from what came over a wire; None when anything in it is wrong. A key that is missing lets everything through."""
    if not isinstance(given, dict):
        return None
    enabled = given.get("enabled", True)
    sampling = _checked(given.get("sampling", []), _sampling_rule)
    allow = _checked(given.get("allow", []), _pattern)
    deny = _checked(given.get("deny", []), _pattern)
    if not isinstance(enabled, bool) or sampling is None or allow is None or deny is None:
        return None
    return Rules(enabled, sampling, allow, deny)


def open_rules() -> Rules:
    """Rules that let everything through."""
    return Rules(True, [], [], [])


def draw_weight(rate: float) -> int:
    """The weight of one event: 0 when it is not kept, else ⌊1/rate⌋ or ⌈1/rate⌉, drawn so that the mean over all
    events is exactly 1.
    """
    if random.random() >= rate:
        return 0
    exact = 1 / rate
    floor = int(exact)
    return floor + 1 if random.random() < exact - floor else floor


def _any(tests: List[Callable[[str], bool]], name: str) -> bool:
    return any(matches(name) for matches in tests)


def _checked(items: Any, check: Callable[[Any], Any]) -> Optional[List[Any]]:
    if not isinstance(items, list) or len(items) > MAX_PATTERNS:
        return None
    checked = [check(item) for item in items]
    return None if None in checked else checked


def _pattern(given: Any) -> Optional[str]:
    return given if is_pattern(given) else None


def _sampling_rule(given: Any) -> Optional[Rule]:
    if not isinstance(given, dict) or not is_pattern(given.get("pattern")):
        return None
    rate = given.get("rate")
    # Not equal to itself: NaN. A bool is an int.
    if isinstance(rate, bool) or not isinstance(rate, (int, float)) or rate != rate:
        return None
    return {"pattern": given["pattern"], "rate": float(min(1, max(0, rate)))}
