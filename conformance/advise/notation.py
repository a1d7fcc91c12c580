"""How numbers with a unit are written in files: ``12/h``, ``1h40m``, ``62.5%``, ``1/3``."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

_UNITS: Final = {"h": 1.0, "m": 1 / 60, "s": 1 / 3600}
_A_DURATION: Final = re.compile(r"(\d+)([hms])")
_PER_HOUR: Final = {"m": 60.0, "h": 1.0, "d": 1 / 24}


def hours(text: str) -> float:
    """Return a duration in hours."""
    return sum(int(count) * _UNITS[unit] for count, unit in _A_DURATION.findall(text))


def per_hour(text: str) -> float:
    """Return a rate in orders an hour."""
    count, _, unit = text.partition("/")
    return float(count) * _PER_HOUR[unit]


def share(text: str) -> Fraction:
    """Return a percentage or a fraction as a part of 1."""
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def percent(part: float) -> str:
    """Return a probability for a person: the digits that say something, never 0 for what can happen."""
    value = part * 100
    if value == 0:
        return "0 %"
    if value < 0.01:
        return "under 0.01 %"
    if value >= 9.95:
        return f"{value:.0f} %" if value < 99.5 or value == 100 else "over 99 %"
    short = f"{value:.1f}" if value >= 0.095 else f"{value:.1g}"
    short = short.removesuffix(".0")
    # What keeps below 1 must not read as 1.
    return f"under {short} %" if "." not in short and value < float(short) else f"{short} %"


def spelled(length: float) -> str:
    """Return hours as files write them: ``1h40m``, ``15m``, ``1m30s``."""
    left = round(length * 3600)
    parts = []
    for letter, seconds in (("h", 3600), ("m", 60), ("s", 1)):
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count}{letter}")
    return "".join(parts) or "0s"
