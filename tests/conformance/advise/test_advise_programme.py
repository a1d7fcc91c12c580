"""The exact programme against the printed table and against a second, dumb implementation."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, factorial

import pytest
from asked import FIFTHS, HALVES, THIRDS, with_window

from conformance.advise.engines import Engines
from conformance.advise.frontier import costs_of
from conformance.advise.law import expected_oversold
from conformance.advise.levers import best, smallest_settings
from conformance.advise.poisson import pmf, quantile, truncated
from conformance.advise.programme import solve
from conformance.advise.rules import NO_RULE, Rule

ENGINES = Engines()


@dataclass(frozen=True)
class Row:
    """One row of the printed table: percent, units, settings, stranded units, and percent more time."""

    shares: tuple[float, ...]
    window: float
    chance: int
    units: float
    units_digits: float
    buffer: tuple[int, float]
    minimum: tuple[int, float]
    red: tuple[int, int]
    split_stranded: float

    def __str__(self) -> str:
        return f"{len(self.shares)}x{max(self.shares):.0%}-{self.window:g}"


# mix and demand of a window · without a rule: percent, units · buffer, stranded · minimum level, stranded ·
# red zone, percent of time · split, stranded
TABLE = [
    Row(HALVES, 0.5, 12, 0.13, 0.006, (1, 0.9), (3, 1.75), (2, 2), 0.9),
    Row(HALVES, 1.5, 34, 0.38, 0.006, (2, 1.6), (5, 3.25), (4, 3), 0.7),
    Row(HALVES, 3.0, 58, 0.75, 0.005, (3, 2.25), (7, 4.5), (6, 4), 0.6),
    Row(HALVES, 9.0, 88, 2.25, 0.005, (6, 3.8), (14, 8.5), (13, 8), 0.5),
    Row(HALVES, 30.0, 97, 7.7, 0.05, (18, 10), (39, 22), (38, 18), 0.5),
    Row(FIFTHS, 3.0, 41, 0.48, 0.005, (2, 1.5), (7, 4.5), (6, 1), 0.7),
    Row(THIRDS, 3.0, 63, 1.0, 0.05, (4, 3.0), (7, 4.5), (6, 9), 1.4),
    Row(THIRDS, 9.0, 89, 3.0, 0.05, (8, 5.0), (14, 8.5), (13, 16), 1.1),
]


@pytest.fixture(params=TABLE, ids=str)
def row(request: pytest.FixtureRequest) -> Row:
    """One row of the table."""
    printed: Row = request.param
    return printed


def test_without_a_rule_the_printed_chance_and_units_come_out(row):
    """100 units, everything to everyone."""
    outcome = ENGINES.outcome(with_window(row.shares, row.window), NO_RULE)

    assert round(outcome.chance * 100) == row.chance
    assert outcome.oversold == pytest.approx(row.units, abs=row.units_digits)


def test_the_smallest_setting_of_each_lever_is_the_printed_one(row):
    """The search finds buffer, minimum level and red zone of the table, and what they cost."""
    question = with_window(row.shares, row.window)
    levers = {lever.kind: lever for lever in smallest_settings(question, ENGINES)}
    without = ENGINES.outcome(question, NO_RULE)

    assert (levers["buffer"].rule.value, levers["minimum-level"].rule.value) == (row.buffer[0], row.minimum[0])
    assert levers["buffer"].outcome.stranded == pytest.approx(row.buffer[1], abs=0.06 if row.window < 30 else 0.5)
    assert levers["minimum-level"].outcome.stranded == pytest.approx(
        row.minimum[1], abs=0.06 if row.window < 30 else 0.5
    )
    assert levers["red-zone"].rule.value == row.red[0]
    assert levers["red-zone"].outcome.stranded == 0
    assert round((levers["red-zone"].outcome.hours / without.hours - 1) * 100) == row.red[1]
    assert best(list(levers.values())) is levers["red-zone"]
    for kind in ("buffer", "minimum-level", "red-zone"):
        assert levers[kind].outcome.chance < 0.01


def test_one_unit_less_is_not_enough(row):
    """The settings of the table are the smallest: the next smaller one leaves 1 % or more."""
    question = with_window(row.shares, row.window)
    for kind, value in (("buffer", row.buffer[0]), ("minimum-level", row.minimum[0]), ("red-zone", row.red[0])):
        assert ENGINES.outcome(question, Rule(kind, value - 1)).chance >= 0.01


def test_a_split_never_oversells_and_strands_the_printed_units(row):
    """While raises and cuts arrive together: whole equal parts never add up to more than there is."""
    outcome = ENGINES.outcome(with_window(row.shares, row.window), Rule("split"))

    assert (outcome.chance, outcome.oversold) == (0, 0)
    assert outcome.stranded == pytest.approx(row.split_stranded, abs=0.06)


def test_a_split_of_uneven_channels_takes_a_percent_longer():
    """80/20 with three orders a window: 1 % more time."""
    question = with_window(FIFTHS, 3.0)
    without, split = (ENGINES.outcome(question, rule) for rule in (NO_RULE, Rule("split")))

    assert round(costs_of(split, without, question)[1] / without.hours * 100) == 1


def test_a_cap_hardly_helps():
    """At three orders a window a cap of 5 lowers 57.6 % to 57.5 %, a cap of 2 to 52.9 %."""
    question = with_window(HALVES, 3.0)
    chances = [ENGINES.outcome(question, rule).chance * 100 for rule in (NO_RULE, Rule("cap", 5), Rule("cap", 2))]

    assert [round(chance, 1) for chance in chances] == [57.6, 57.5, 52.9]


@pytest.mark.parametrize(("window", "percent"), [(1.5, 2), (9.0, 45)])
def test_seventy_percent_each_leaves_the_printed_chance(window, percent):
    """70/70 adds up to more than there is."""
    assert round(ENGINES.outcome(with_window(HALVES, window), Rule("percent", 70)).chance * 100) == percent


@pytest.mark.parametrize(("window", "units"), [(0.5, 3), (1.5, 5), (3.0, 8), (9.0, 17), (30.0, 43)])
def test_the_quantile_of_a_window_is_a_safe_over_estimate(window, units):
    """The 0.99 quantiles that are printed beside the exact red zones."""
    assert quantile(window, 0.99) == units


@pytest.mark.parametrize("shares", [HALVES, FIFTHS, THIRDS, (0.4, 0.3, 0.2, 0.1)])
@pytest.mark.parametrize("window", [0.1, 1.0, 3.0, 8.0])
def test_without_a_rule_the_programme_is_the_law_to_four_digits(shares, window):
    """A stock that is large against a window; sixteen mixes."""
    question = with_window(shares, window, stock=150)

    assert solve(NO_RULE.table(len(shares), 150), question.window_demand).oversold == pytest.approx(
        expected_oversold(question), rel=1e-4
    )


def test_where_the_stock_is_not_large_the_programme_and_the_law_part():
    """100 units with 30 orders a window: 7.66 against 7.50."""
    question = with_window(HALVES, 30.0)

    assert ENGINES.outcome(question, NO_RULE).oversold == pytest.approx(7.66, abs=0.005)
    assert expected_oversold(question) == pytest.approx(7.5)


# -- a second implementation: window after window, nothing divided out


def chance_of(count: int, mean: float) -> float:
    return exp(-mean) * mean**count / factorial(count)


def sales(most: int, mean: float) -> list[float]:
    """The chances of selling 0 … most units, the last one taking what is left of 1."""
    chances = [chance_of(count, mean) for count in range(most)]
    return [*chances, 1 - sum(chances)]


def window_after_window(table: list[list[int]], means: list[float]) -> tuple[float, float, float, float]:
    """Follow every stock level through 4,000 windows: chance, units, stranded units and windows."""
    stock = len(table[0]) - 1
    at = {stock: 1.0}
    chance = units = windows = 0.0
    for _ in range(4000):
        following: dict[int, float] = {}
        for level, weight in at.items():
            first, second = (row[level] for row in table)
            windows += weight if first or second else 0
            for one, p in enumerate(sales(first, means[0])):
                for two, q in enumerate(sales(second, means[1])):
                    sold, happens = one + two, weight * p * q
                    if sold > level:
                        chance, units = chance + happens, units + happens * (sold - level)
                    else:
                        following[level - sold] = following.get(level - sold, 0.0) + happens
        at = {level: weight for level, weight in following.items() if weight > 1e-14}
        if all(not (table[0][level] or table[1][level]) for level in at):
            break
    return chance, units, sum(level * weight for level, weight in at.items()), windows


@pytest.mark.parametrize(
    ("kind", "figures"),
    [
        ("none", lambda units: (units, units)),
        ("buffer", lambda units: (max(0, units - 3), max(0, units - 3))),
        ("red-zone", lambda units: (units, units if units > 3 else 0)),
        ("minimum-level", lambda units: (units, units) if units >= 3 else (0, 0)),
        ("cap", lambda units: (min(units, 3), min(units, 3))),
    ],
)
def test_the_programme_equals_following_every_window(kind, figures):
    """Seven units, 1.2 and 0.6 orders a window: the self-loops are summed up by hand's patience."""
    rows = [list(row) for row in zip(*(figures(units) for units in range(8)), strict=True)]
    rule = Rule(kind, 3 if kind != "none" else 0)
    exact = solve(rule.table(2, 7), (1.2, 0.6))

    assert rule.table(2, 7).tolist() == rows
    assert (exact.chance, exact.oversold, exact.stranded, exact.windows) == pytest.approx(
        window_after_window(rows, [1.2, 0.6]), abs=1e-9
    )


def test_percent_is_rounded_down():
    """70 % of 3 is 2, of 1 is 0; half of 3 is 1."""
    assert Rule("percent", 70).table(1, 3).tolist() == [[0, 0, 1, 2]]
    assert Rule("percent", 50).table(1, 3).tolist() == [[0, 0, 1, 1]]
    assert Rule("split").table(2, 3).tolist() == [[0, 0, 1, 1], [0, 0, 1, 1]]


def test_poisson_probabilities_are_those_of_the_formula():
    """exp(-m) m^k / k!, and what is cut off is put on the last count."""
    assert pmf(1.5)[:4].tolist() == pytest.approx([chance_of(count, 1.5) for count in range(4)])
    assert truncated(1.5, 2).tolist() == pytest.approx(sales(2, 1.5))
    assert truncated(0.0, 5).tolist() == [1.0]
    assert sum(pmf(700.0)) == pytest.approx(1.0)
