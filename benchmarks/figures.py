"""From repeated measurements to the few numbers that are told."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Spread:
    """The least, the middle and the most of some measurements."""

    least: float
    median: float
    most: float


def spread(values: Sequence[float]) -> Spread:
    """Return the spread of at least one value."""
    return Spread(min(values), median(values), max(values))


def ratios(ours: Sequence[float], floor: Sequence[float]) -> Spread:
    """Return the spread of ours over floor, round by round, so that a slow minute of the machine hits both alike."""
    return spread([own / bare for own, bare in zip(ours, floor, strict=True)])


@dataclass(frozen=True)
class Aim:
    """What a figure should reach: at least, or at most, a limit."""

    limit: float
    at_least: bool

    @property
    def text(self) -> str:
        """The aim as it is printed."""
        return f"{'>=' if self.at_least else '<='} {self.limit:g}"

    def is_met_by(self, value: float) -> bool:
        """Return whether a value reaches the aim."""
        return value >= self.limit if self.at_least else value <= self.limit


def at_least(limit: float) -> Aim:
    """Return the aim of reaching a limit."""
    return Aim(limit, at_least=True)


def at_most(limit: float) -> Aim:
    """Return the aim of staying within a limit."""
    return Aim(limit, at_least=False)
