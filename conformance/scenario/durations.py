"""Durations as scenarios write them, in whole milliseconds: 90s, 15m, 1h40m. Never 1:40, which may be read as 100."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from conformance.scenario.problems import Wrong

if TYPE_CHECKING:
    from conformance.scenario.problems import Path

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
LONGEST: Final = 3_650 * DAY

_PARTS: Final = re.compile(
    r"(?=\d)(?:(\d{1,4})d)?(?:(\d{1,6})h)?(?:(\d{1,8})m(?!s))?(?:(\d{1,9})s)?(?:(\d{1,12})ms)?",
)
_RATE: Final = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)/(s|m|h|d)")
_UNITS: Final = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z")


def duration(value: object, path: Path = ()) -> int:
    """
    Return a duration in milliseconds.

    Raises:
        Wrong: when it is none, with what to write instead.
    """
    if isinstance(value, str) and value.startswith("-"):
        raise Wrong(f"time does not run backwards: {value!r} is negative", path)
    if isinstance(value, str) and re.fullmatch(r"\d{1,4}:\d{2}", value):
        whole, part = value.split(":")
        raise Wrong(f"{value!r} is no duration", path, nearest=f"{int(whole)}h{int(part)}m")
    if isinstance(value, int) and not isinstance(value, bool):
        raise Wrong(f"{value!r} is no duration: it needs a unit, such as 90s, 15m or 1h40m", path)
    match = _PARTS.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Wrong(f"{value!r} is no duration; durations are written 90s, 15m, 1h40m", path)
    days, hours, minutes, seconds, rest = (int(part or 0) for part in match.groups())
    total = days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND + rest
    if total > LONGEST:
        raise Wrong(f"{value!r} is longer than ten years", path)
    return total


def period(value: object, path: Path = ()) -> int | None:
    """
    Return the milliseconds of ``every 15m``; None for ``never``.

    Raises:
        Wrong: when it is neither, or nothing at all long.
    """
    if value == "never":
        return None
    text = value.removeprefix("every ").strip() if isinstance(value, str) else value
    length = duration(text, path)
    if length == 0:
        raise Wrong("a period must be longer than nothing; for no repetition write never", path)
    return length


def rate_gap(value: object, path: Path = ()) -> float:
    """
    Return the mean milliseconds between two events of a rate such as 12/h or 5/s.

    Raises:
        Wrong: when it is no rate, or zero.
    """
    match = _RATE.fullmatch(value) if isinstance(value, str) else None
    if match is None or float(match.group(1)) == 0:
        raise Wrong(f"{value!r} is no rate; rates are written 12/h, 5/s", path)
    return _UNITS[match.group(2)] / float(match.group(1))


def text_of(milliseconds: int) -> str:
    """Return a duration as scenarios write it: 1h40m, 15m, 90s as 1m30s, 0s."""
    hours, rest = divmod(milliseconds, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, rest = divmod(rest, SECOND)
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"), (rest, "ms"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


def clock_text(milliseconds: int) -> str:
    """Return an offset as a log shows it: 0:20, 1:40:30."""
    seconds, rest = divmod(milliseconds, SECOND)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    tail = f":{seconds:02}" if seconds or rest else ""
    return f"{hours}:{minutes:02}{tail}" + (f".{rest:03}" if rest else "")


def instant(value: object, path: Path = ()) -> int:
    """
    Return an instant in UTC as milliseconds since 1970.

    Raises:
        Wrong: when it is none.
    """
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise Wrong(f"{value!r} is no instant; write it as 2026-11-27T08:00:00Z", path)
    try:
        read = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError as error:
        raise Wrong(f"{value!r} is no instant: {error}", path) from None
    return int(read.timestamp()) * SECOND + read.microsecond // 1000


def instant_text(milliseconds: int) -> str:
    """Return an instant as an ISO 8601 text in UTC."""
    seconds, rest = divmod(milliseconds, SECOND)
    moment = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{moment}.{rest:03}Z" if rest else f"{moment}Z"
