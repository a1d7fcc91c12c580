"""The three engines behind one door, so that what uses them need not know which of them applies."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Final

from conformance.advise.law import expected_oversold
from conformance.advise.on_change import simulate_on_change
from conformance.advise.programme import solve
from conformance.advise.simulation import simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.advise.programme import Exact
    from conformance.advise.question import Question
    from conformance.advise.rules import Rule, Table
    from conformance.advise.simulation import Sample

RUNS: Final = 20_000
# Two-sided 95 % of the normal distribution.
_CONFIDENCE: Final = 1.96


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What happens per stock-out under one rule.

    ``chance`` is a probability, ``oversold`` and ``stranded`` are units, ``hours`` the time until nothing is sold any
    more; ``runs`` is 0 when the figures are exact.
    """

    chance: float
    oversold: float
    stranded: float
    hours: float
    stock: int
    runs: int = 0

    @property
    def cancel_rate(self) -> float:
        """The oversold units as a part of all units ordered."""
        ordered = self.stock - self.stranded + self.oversold
        return self.oversold / ordered if ordered else 0.0

    @property
    def at_most(self) -> float:
        """The chance itself when exact, else the upper end of its 95 % interval (Wilson)."""
        if not self.runs:
            return self.chance
        square, runs = _CONFIDENCE**2, self.runs
        middle = self.chance + square / (2 * runs)
        width = _CONFIDENCE * sqrt(self.chance * (1 - self.chance) / runs + square / (4 * runs**2))
        return (middle + width) / (1 + square / runs)

    @property
    def sells_nothing(self) -> bool:
        """Whether the rule keeps the whole stock."""
        return self.stranded > self.stock - 0.5


def run_simulation(question: Question, tables: Sequence[Table], runs: int, seed: int) -> Sample:
    """Return the sample of whichever simulation follows this kind of sync."""
    chosen = simulate_on_change if question.on_change else simulate
    return chosen(question, tables, runs, seed=seed)


@dataclass(frozen=True, slots=True)
class Engines:
    """The law, the exact programme and the simulation; a test may put a wrong one in."""

    law: Callable[[Question], float] = expected_oversold
    programme: Callable[[Table, Sequence[float]], Exact] = solve
    simulation: Callable[[Question, Sequence[Table], int, int], Sample] = run_simulation
    runs: int = RUNS

    def outcome(self, question: Question, rule: Rule) -> Outcome:
        """Return what happens under a rule, exactly where that can be had."""
        return self.outcomes(question, [rule], self.runs)[0]

    def outcomes(self, question: Question, rules: Sequence[Rule], runs: int) -> list[Outcome]:
        """Return what happens under each rule; simulated ones all meet the same customers."""
        if question.is_instant:
            return [self._exact(question, rule) for rule in rules]
        tables = [rule.table(len(question.names), question.stock) for rule in rules]
        return _outcomes(self.simulation(question, tables, runs, question.seed), question.stock)

    def _exact(self, question: Question, rule: Rule) -> Outcome:
        exact = self.programme(rule.table(len(question.names), question.stock), question.window_demand)
        hours = exact.windows * question.sync_interval
        return Outcome(exact.chance, exact.oversold, exact.stranded, hours, question.stock)


def _outcomes(sample: Sample, stock: int) -> list[Outcome]:
    means = zip(sample.chance, sample.units, sample.stranded.mean(axis=1), sample.hours.mean(axis=1), strict=True)
    return [
        Outcome(float(chance), float(oversold), float(stranded), float(hours), stock, sample.runs)
        for chance, oversold, stranded, hours in means
    ]
