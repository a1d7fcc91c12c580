"""What is wrong in a world file: file, line, path, value and the nearest valid key; never a credential."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from mockserver.core.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Segments = tuple[str | int, ...]

HIDDEN: Final = "…"
_SECRET_KEYS: Final = frozenset({"token", "app_secret", "api_key"})
_HOLDERS_OF_SECRETS: Final = frozenset({"tokens", "apps", "sellers"})
_LONGEST_VALUE: Final = 80
_SEGMENT: Final = re.compile(r'\.?([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]')
_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Problem:
    """
    One thing that is wrong: where, what, the offending value as JSON text, the nearest valid value or key.

    ``line`` and ``column`` count from 1 and are None when the place in the text is not known.
    """

    source: str
    message: str
    path: str = ""
    line: int | None = None
    column: int | None = None
    value: str | None = None
    nearest: str | None = None

    def __str__(self) -> str:
        """Return one line for a person: file, line, path, message, value, nearest."""
        place = ":".join(str(part) for part in (self.source, self.line, self.column) if part is not None)
        path = f"{self.path}: " if self.path else ""
        value = f"value {self.value}" if self.value is not None else None
        hint = f"nearest valid: {self.nearest}" if self.nearest is not None else None
        details = "; ".join(part for part in (value, hint) if part)
        return f"{place}: {path}{self.message}" + (f" ({details})" if details else "")


class WorldFileError(Exception):
    """A world file that cannot be used as it is."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Return one line a problem."""
        return "\n".join(str(problem) for problem in self.problems)


class UnusableFile(WorldFileError):
    """No world file at all: not found, not readable, too large, or of an unknown kind."""

    def __init__(self, source: str, message: str, *, nearest: str | None = None) -> None:
        super().__init__([Problem(source, message, nearest=nearest)])


def path_text(segments: Sequence[str | int]) -> str:
    """Return a path like ``order_manager.stock[3].on_hand``; keys that are no plain words stand in brackets."""
    return "".join(_segment_text(segment) for segment in segments).removeprefix(".")


def _segment_text(segment: str | int) -> str:
    if isinstance(segment, int):
        return f"[{segment}]"
    return f".{segment}" if _PLAIN_KEY.fullmatch(segment) else f"[{json.dumps(segment, ensure_ascii=False)}]"


def path_segments(text: str) -> Segments:
    """Return the keys and positions of a path as written by ``path_text``; stop where it reads differently."""
    segments: list[str | int] = []
    position = 0
    while match := _SEGMENT.match(text, position):
        key, index, quoted = match.groups()
        segments.append(int(index) if index else key or json.loads(quoted))
        position = match.end()
    return tuple(segments)


def shown_value(value: object, segments: Segments) -> str:
    """Return a value as short JSON text, or ``…`` where credentials are kept."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if is_secret(segments):
        return HIDDEN
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def is_secret(segments: Segments) -> bool:
    """Return whether the value at this path is a credential, or stands where a list or object of credentials should."""
    if not segments:
        return False
    return segments[-1] in _SECRET_KEYS or _holds_secrets(segments)


def _holds_secrets(segments: Segments) -> bool:
    """Whether the path ends at the list of tokens, apps or sellers, or at an entry of one of them."""
    last_word = segments[-2] if isinstance(segments[-1], int) and len(segments) > 1 else segments[-1]
    return last_word in _HOLDERS_OF_SECRETS


def unknown_key(source: str, segments: Segments, key: str, valid: Sequence[str]) -> Problem:
    """
    Return the problem of a key that does not exist, naming the nearest that does.

    Beside credentials a key that resembles no valid one is hidden: ``{token:abc}``, the blank forgotten, is a key.
    """
    hide = bool(segments) and _holds_secrets(segments) and not get_close_matches(key, valid, n=1, cutoff=0.6)
    name = HIDDEN if hide else key
    near = nearest_key(key, valid)
    message = f"unknown key {name!r}" if near is not None else f"unknown key {name!r}; no key is allowed here"
    return Problem(source, message, path_text(segments if hide else (*segments, key)), nearest=near)


def nearest_key(key: str, valid: Sequence[str]) -> str | None:
    """Return the valid key spelled most like ``key``, however unlike; None when there is none at all."""
    by_folded = {_folded(word): word for word in valid}
    close = by_folded.get(_folded(key)) or nearest(key, valid)
    return close or next(iter(get_close_matches(key, valid, n=1, cutoff=0.0)), None)


def _folded(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word.lower())


def core_problem(source: str, path: str, message: str, value: object, near: str | None) -> Problem:
    """Return a problem that the core found, with credentials taken out of its value, hint and message."""
    segments = path_segments(path)
    shown = None if value is None else shown_value(value, segments)
    if not is_secret(segments):
        return Problem(source, message, path, value=shown, nearest=near)
    for secret in (value, near):
        message = message.replace(str(secret), HIDDEN) if secret not in (None, "") else message
    return Problem(source, message, path, value=shown)


def in_file_order(problem: Problem) -> tuple[float, list[tuple[int, int, str]]]:
    """Return a sort key: the line, as far as known, then the path, with positions of a list in numeric order."""
    line = float("inf") if problem.line is None else problem.line
    return line, _sorting_place(path_segments(problem.path))


def _sorting_place(segments: Segments) -> list[tuple[int, int, str]]:
    return [(0, segment, "") if isinstance(segment, int) else (1, 0, segment) for segment in segments]


def as_segments(path: Iterable[Any]) -> Segments:
    """Return a validator's path as segments."""
    return tuple(segment if isinstance(segment, int) else str(segment) for segment in path)
