"""
Whether the engines agree. Each knows what the others do not, so that where they meet they must say the same.

A simulation may miss by chance. What it misses once it must hit with four times as many other runs; an engine that is
wrong misses again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, sqrt
from typing import TYPE_CHECKING, Final

from conformance.advise.law import covers, equivalent_window
from conformance.advise.rules import NO_RULE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.advise.engines import Engines
    from conformance.advise.question import Question
    from conformance.advise.rules import Rule

# Four digits.
_DIGITS: Final = 1e-4
_STANDARD_ERRORS: Final = 3
_AGAIN: Final = 4


@dataclass(frozen=True, slots=True)
class Comparison:
    """One number from two engines, and how far apart they may be."""

    what: str
    engines: tuple[str, str]
    values: tuple[float, float]
    allowed: float

    @property
    def agrees(self) -> bool:
        """Whether the two are close enough; a number that is none never is."""
        return abs(self.values[0] - self.values[1]) <= self.allowed

    def __str__(self) -> str:
        """Return one line for a person."""
        sides = " and ".join(f"{who} {value:.5g}" for who, value in zip(self.engines, self.values, strict=True))
        return f"{self.what}: {sides}, may differ by {self.allowed:.2g}"


class Disagreement(Exception):
    """The engines contradict each other, so none of them is believed."""

    def __init__(self, missed: Sequence[Comparison]) -> None:
        super().__init__("; ".join(str(each) for each in missed))
        self.missed = tuple(missed)


def compare(question: Question, rules: Iterable[Rule], engines: Engines) -> list[Comparison]:
    """
    Return all comparisons that make sense for a question and the rules that its answer rests on.

    Raises:
        Disagreement: when one does not hold.
    """
    rules = list(dict.fromkeys([NO_RULE, *rules]))
    made = [*_law_and_programme(question, engines)]
    made += _settled(question, rules, engines)
    missed = [each for each in made if not each.agrees]
    if missed:
        raise Disagreement(missed)
    return made


def _law_and_programme(question: Question, engines: Engines) -> Iterator[Comparison]:
    """Yield the law against the programme: the wait for a sync alone, then with the latencies put into the window."""
    stages = [("expected units without latencies", question.instant())] if not question.on_change else []
    if question.delay:
        window = replace(question.instant(), sync_interval=equivalent_window(question) / question.rate)
        stages.append(("expected units with the latencies in a longer interval", window))
    for what, stage in stages:
        table = NO_RULE.table(len(stage.names), _ample(stage))
        law = engines.law(stage)
        exact = engines.programme(table, stage.window_demand).oversold
        yield Comparison(what, ("law", "programme"), (law, exact), _DIGITS * max(law, 0.01))


def _settled(question: Question, rules: Sequence[Rule], engines: Engines) -> list[Comparison]:
    """Return the comparisons with the simulation, those that miss done once more with other and more runs."""
    made = _simulated(question, rules, engines, engines.runs, question.seed)
    if all(each.agrees for each in made):
        return made
    return _simulated(question, rules, engines, engines.runs * _AGAIN, question.seed + 1)


def _simulated(question: Question, rules: Sequence[Rule], engines: Engines, runs: int, seed: int) -> list[Comparison]:
    made: list[Comparison] = []
    if not question.on_change:
        made += _simulation_and_programme(question.instant(), rules, engines, runs, seed)
    made += _simulation_and_law(question, engines, runs, seed)
    return made


def _simulation_and_programme(
    question: Question, rules: Sequence[Rule], engines: Engines, runs: int, seed: int
) -> Iterator[Comparison]:
    tables = [rule.table(len(question.names), question.stock) for rule in rules]
    names = ("simulation", "programme")
    for rule, table in zip(rules, tables, strict=True):
        sample = engines.simulation(question, [table], runs, seed)
        exact = engines.programme(table, question.window_demand)
        spread = sqrt(max(0.0, exact.chance * (1 - exact.chance)) / runs)
        what = rule.means(question.names)
        chance = (float(sample.chance[0]), exact.chance)
        yield Comparison(f"chance, {what}", names, chance, _allowed(spread, runs))
        if exact.chance * runs < 10 and exact.chance > 0:
            continue  # too rare for a mean of its sizes
        units = (float(sample.units[0]), exact.oversold)
        yield Comparison(f"units, {what}", names, units, _allowed(sqrt(exact.oversold_variance / runs), runs))


def _simulation_and_law(question: Question, engines: Engines, runs: int, seed: int) -> Iterator[Comparison]:
    """Yield the law against the simulation at the question's own timing, with a stock that the law can speak of."""
    timed = question if covers(question) else replace(question, write="watermark")
    timed = replace(timed, stock=_ample(timed))
    sample = engines.simulation(timed, [NO_RULE.table(len(timed.names), timed.stock)], runs, seed)
    what = f"expected units at this timing, {timed.write} write, {timed.stock} units"
    values = (float(sample.units[0]), engines.law(timed))
    yield Comparison(what, ("simulation", "law"), values, _allowed(float(sample.units_error[0]), runs))


def _allowed(standard_error: float, runs: int) -> float:
    # One run more or less is no difference, however rare the event.
    return _STANDARD_ERRORS * standard_error + 1 / runs


def _ample(question: Question) -> int:
    """
    Return a stock that the law can speak of: ten windows of demand, and enough for a window's end to fall anywhere.

    How a cycle began is forgotten like exp(-2 pi^2 stock / window^2), so that four digits need 0.6 window^2.
    """
    window = question.rate * (question.sync_interval + question.delay)
    return ceil(max(20, 10 * window, 0.6 * window**2))
