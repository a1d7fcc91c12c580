"""ISO 8601 instants and durations as whole milliseconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DURATION = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.(?P<milliseconds>\d{1,3}))?S)?)?"
)
_LAST_MS = 253_402_300_799_000  # 9999-12-31T23:59:59Z: the last second that datetime can name


def parse_instant(text: str) -> int:
    """
    Return milliseconds since 1970 for an ISO 8601 instant; one without an offset is UTC.

    Raises:
        ValueError: when the text is no instant.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def parse_duration(text: str) -> int:
    """
    Return milliseconds for an ISO 8601 duration of weeks, days, hours, minutes and seconds, such as PT15M.

    Raises:
        ValueError: when the text is no such duration.
    """
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        raise ValueError(text)
    parts = {name: int(digits) for name, digits in match.groupdict().items() if digits and name != "milliseconds"}
    fraction = int((match["milliseconds"] or "").ljust(3, "0"))
    return timedelta(**parts) // timedelta(milliseconds=1) + fraction


def instant_text(milliseconds: int) -> str:
    """Return the instant in UTC, to the second, as Order Manager writes it: 2026-01-05T09:00:00Z."""
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    if milliseconds % 1000:
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def is_representable(milliseconds: int) -> bool:
    """Whether the instant lies in the years 1970 to 9999."""
    return 0 <= milliseconds <= _LAST_MS


def duration_text(milliseconds: int) -> str:
    """Return an ISO 8601 duration in seconds, such as PT900S."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"PT{seconds}.{rest:03d}S" if rest else f"PT{seconds}S"
