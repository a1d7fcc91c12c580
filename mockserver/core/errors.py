"""What the core refuses, as values: a stable code, the place, the value and the nearest valid one."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Comparing one word with half a million SKUs takes seconds; a hint is not worth that.
_MOST_CANDIDATES = 20_000


def nearest(value: object, candidates: Iterable[object]) -> str | None:
    """Return the candidate spelled most like ``value``, of ids the one next to it; None when nothing is close."""
    wanted, known = str(value), list(candidates)
    if isinstance(value, int) and known and all(isinstance(candidate, int) for candidate in known):
        return str(min(known, key=lambda candidate: (abs(candidate - value), candidate)))  # type: ignore[operator]
    spelled = [str(candidate) for candidate in known]
    if len(spelled) > _MOST_CANDIDATES:
        spelled = [word for word in spelled if word[:2].lower() == wanted[:2].lower()][:_MOST_CANDIDATES]
    found = get_close_matches(wanted, spelled, n=1, cutoff=0.5)
    if found:
        return found[0]
    by_folded_case = {word.lower(): word for word in reversed(spelled)}
    return by_folded_case.get(wanted.lower())


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a world file: where, what, the offending value, the nearest valid one."""

    path: str
    message: str
    value: object = None
    nearest: str | None = None

    def __str__(self) -> str:
        """Return one line for a person."""
        hint = f"; nearest valid: {self.nearest!r}" if self.nearest is not None else ""
        return f"{self.path}: {self.message} (value {self.value!r}{hint})"


class CoreError(Exception):
    """Anything the core refuses."""


class InvalidWorld(CoreError):
    """A world file whose parts contradict each other."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        """Return one line a problem."""
        return "\n".join(str(problem) for problem in self.problems)


class Refused(CoreError):
    """A command that makes no sense in this world; nothing was changed."""

    def __init__(
        self, code: str, message: str, *, field: str | None = None, value: object = None, nearest: str | None = None
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.field = field
        self.value = value
        self.nearest = nearest

    def __str__(self) -> str:
        """Return the message with the nearest valid value."""
        return self.message if self.nearest is None else f"{self.message}; nearest valid: {self.nearest!r}"
