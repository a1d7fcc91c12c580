"""ISO 8601 instants and durations as whole milliseconds."""

from __future__ import annotations

import pytest

from mockserver.core.instants import duration_text, instant_text, is_representable, parse_duration, parse_instant

DAY_MS = 24 * 60 * 60 * 1000


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-02T00:00:00Z", DAY_MS),
        ("1970-01-01T00:00:01.250Z", 1250),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01T00:00:05", 5000),
        ("1970-01-02", DAY_MS),
    ],
)
def test_instant_is_read_as_milliseconds(text: str, milliseconds: int) -> None:
    """Any ISO 8601 instant; without an offset it is UTC."""
    assert parse_instant(text) == milliseconds


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30T00:00:00Z", "1767603600"])
def test_text_that_is_no_instant_is_refused(text: str) -> None:
    """ValueError, for the caller to say where it stood."""
    with pytest.raises(ValueError, match=r".*"):
        parse_instant(text)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("PT0S", 0),
        ("PT15M", 900_000),
        ("PT1H30M", 5_400_000),
        ("P1D", DAY_MS),
        ("P2W", 14 * DAY_MS),
        ("P1DT1S", DAY_MS + 1000),
        ("PT0.5S", 500),
        ("PT1.250S", 1250),
        ("PT0.05S", 50),
    ],
)
def test_duration_is_read_as_milliseconds(text: str, milliseconds: int) -> None:
    """Weeks, days, hours, minutes, seconds and parts of a second."""
    assert parse_duration(text) == milliseconds


@pytest.mark.parametrize("text", ["", "P", "PT", "15m", "-PT1S", "PT1.5M", "P1Y", "PT1S ", "PT0.0001S"])
def test_text_that_is_no_duration_is_refused(text: str) -> None:
    """Years and months have no length of their own, and time does not run backwards."""
    with pytest.raises(ValueError, match=r".*"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0, "1970-01-01T00:00:00Z"), (1_767_603_600_000, "2026-01-05T09:00:00Z"), (1250, "1970-01-01T00:00:01.250Z")],
)
def test_instant_is_written_in_utc(milliseconds: int, text: str) -> None:
    """To the second, as Order Manager writes it; milliseconds only where there are any."""
    assert instant_text(milliseconds) == text
    assert parse_instant(text) == milliseconds


@pytest.mark.parametrize(
    ("milliseconds", "text"), [(0, "PT0S"), (900_000, "PT900S"), (1250, "PT1.250S"), (50, "PT0.050S")]
)
def test_duration_is_written_in_seconds(milliseconds: int, text: str) -> None:
    """And read again as what it was."""
    assert duration_text(milliseconds) == text
    assert parse_duration(text) == milliseconds


def test_instants_end_with_the_year_9999() -> None:
    """What can be written is from 1970 to the last second of 9999."""
    last = parse_instant("9999-12-31T23:59:59Z")

    assert [is_representable(each) for each in (-1, 0, last, last + 1)] == [False, True, True, False]
    assert instant_text(last) == "9999-12-31T23:59:59Z"
