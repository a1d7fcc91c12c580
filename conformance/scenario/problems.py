"""What is wrong with a scenario: file, line, place, what, and the nearest thing that would be right."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; ``line`` counts from 1 and is None where the place in the text is not known."""

    source: str
    message: str
    path: Path = ()
    line: int | None = None
    nearest: str | None = None

    def __str__(self) -> str:
        """Return one line for a person: file:line, place, what, nearest."""
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        where = f" {path_text(self.path)}:" if self.path else ""
        hint = f"; did you mean {self.nearest!r}?" if self.nearest is not None else ""
        return f"{place}:{where} {self.message}{hint}"


class BadScenario(ValueError):
    """A scenario that cannot be run as it is written."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Return one line a problem."""
        return "\n".join(str(problem) for problem in self.problems)


class Wrong(ValueError):
    """Something in the document at ``path`` is wrong; whoever knows the file turns it into a problem."""

    def __init__(self, message: str, path: Path = (), *, nearest: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.nearest = nearest


def unknown(what: str, name: object, valid: Iterable[str], path: Path) -> Wrong:
    """Return the error of a name that names nothing; it offers the nearest valid one."""
    known = list(valid)
    listed = f"there is {', '.join(known)}" if 0 < len(known) <= 12 else ""
    near = nearest(str(name), known)
    return Wrong(
        f"unknown {what} {str(name)!r}" + (f"; {listed}" if listed and near is None else ""), path, nearest=near
    )


def nearest(name: str, valid: Iterable[str], *, however_unlike: bool = False) -> str | None:
    """Return the valid name that is spelled most like ``name``, or None."""
    known = {word.lower().replace("_", "").replace("-", ""): word for word in valid}
    cutoff = 0.0 if however_unlike else 0.5
    found = get_close_matches(name.lower().replace("_", "").replace("-", ""), known, n=1, cutoff=cutoff)
    return known[found[0]] if found else None


def path_text(path: Path) -> str:
    """Return a place as ``when[2].order.qty``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
