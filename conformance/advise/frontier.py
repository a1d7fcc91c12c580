"""Some two hundred rules side by side, and those of them that no other beats at everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.advise.law import equivalent_window
from conformance.advise.poisson import quantile
from conformance.advise.rules import NO_RULE, Kind, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.advise.engines import Engines, Outcome
    from conformance.advise.question import Question

# How many settings of each lever are tried; with no rule at all and the split some two hundred.
_SETTINGS: Final[dict[Kind, int]] = {"buffer": 40, "minimum-level": 50, "red-zone": 50, "percent": 50, "cap": 20}
# All rules meet the same customers, so a few runs suffice to tell them apart.
_RUNS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Point:
    """One rule of the frontier's plot."""

    rule: Rule
    outcome: Outcome
    stranded: float
    added_hours: float
    is_best: bool


def frontier(question: Question, engines: Engines, rules: Sequence[Rule] | None = None) -> list[Point]:
    """Return a point for each rule; the best are those that none beats in chance, stranded units and selling time."""
    rules = candidates(question) if rules is None else rules
    outcomes = engines.outcomes(question, rules, min(_RUNS, engines.runs))
    without = outcomes[rules.index(NO_RULE)]
    costs = [_rounded(each.chance, *costs_of(each, without, question)) for each in outcomes]
    unbeaten = set(_unbeaten(costs))
    return [
        Point(rule, outcome, stranded, delay, number in unbeaten)
        for number, (rule, outcome, (_, stranded, delay)) in enumerate(zip(rules, outcomes, costs, strict=True))
        if not outcome.sells_nothing
    ]


def costs_of(outcome: Outcome, without: Outcome, question: Question) -> tuple[float, float]:
    """
    Return the units that a rule strands and the hours that it adds to the selling.

    Not selling is no way to be quick: stranded units count as sold with all channels open, as they would be without it.
    """
    lasts = outcome.hours + (outcome.stranded - without.stranded) / question.rate
    return outcome.stranded, round(max(0.0, lasts - without.hours), 3)


def candidates(question: Question) -> list[Rule]:
    """Return the rules that are put side by side."""
    reach = min(question.stock, 2 * quantile(equivalent_window(question), 0.9999) + 2)
    # Single orders are followed where each sets off a push: that takes longer, so fewer rules are tried.
    sparing = 4 if question.on_change else 1
    rules = [NO_RULE]
    for kind, count in _SETTINGS.items():
        if kind != "red-zone" or len(question.names) > 1:
            highest = {"percent": 99, "cap": question.stock}.get(kind, reach)
            rules += [Rule(kind, value, question.favoured) for value in _spread(highest, count // sparing)]
    if len(question.names) > 1:
        rules.append(Rule("split"))
    return list(dict.fromkeys([*rules, question.current]))


def _spread(highest: int, count: int) -> Iterable[int]:
    """Return at most ``count`` whole numbers from 1 to the highest, evenly spread."""
    if highest <= count:
        return range(1, highest + 1)
    return sorted({round(1 + step * (highest - 1) / (count - 1)) for step in range(count)})


def _rounded(chance: float, stranded: float, hours: float) -> tuple[float, float, float]:
    # What a person would not notice makes no rule better than another.
    return round(chance, 4), round(stranded, 2), round(hours, 2)


def _unbeaten(costs: Sequence[tuple[float, float, float]]) -> Iterable[int]:
    """Yield the number of each that none beats; of equals the first, which is the mildest."""
    for number, own in enumerate(costs):
        beaten = any(
            other != own and all(theirs <= mine for theirs, mine in zip(other, own, strict=True)) for other in costs
        )
        if not beaten and own not in costs[:number]:
            yield number
