"""The simulation against the printed cases of the law, the programme, and its own rules."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from asked import ALONE, HALVES, QUARTERS, THIRDS, asked

from conformance.advise.draws import PoissonStream
from conformance.advise.engines import Engines, run_simulation
from conformance.advise.programme import solve
from conformance.advise.rules import NO_RULE, Rule

RUNS = 4_000

# As printed: the question, the units of the law, and those that 20,000 runs gave elsewhere.
PRINTED = {
    "on change, 15 m, 50/50": (asked(HALVES, 0, 15), 1.5),
    "on change, 30 m, 75/25": (asked(QUARTERS, 0, 30), 2.25),
    "on change, 30 m, three": (asked(THIRDS, 0, 30), 4.0),
    "T 15": (asked(HALVES, 15), 0.75),
    "T 15 L 15 together": (asked(HALVES, 15, 15), 2.25),
    "T 15 L 15 staggered": (asked(HALVES, 15, 15, staggered=True), 2.25),
    "T 60 L 15 75/25 staggered": (asked(QUARTERS, 60, 15, staggered=True, stock=60), 3.375),
    "T 60 L 6 three staggered": (asked(THIRDS, 60, 6, staggered=True), 4.8),
    "T 15 L 15 I 5 watermark": (asked(HALVES, 15, 15, 5), 2.75),
    "T 15 L 15 I 5 absolute": (asked(HALVES, 15, 15, 5, write="absolute"), 4.75),
    "T 60 L 15 I 5 watermark": (asked(HALVES, 60, 15, 5), 5.0),
    "T 60 L 15 I 5 absolute": (asked(HALVES, 60, 15, 5, write="absolute"), 7.0),
    "one channel L 15": (asked(ALONE, 15, 15, write="absolute"), 3.0),
    "one channel L 6 I 6": (asked(ALONE, 15, 6, 6, write="absolute"), 2.4),
    "one channel L 15 I 5": (asked(ALONE, 15, 15, 5, write="absolute"), 4.0),
}


def sampled(question, rule=NO_RULE, runs=RUNS, seed=1):
    return run_simulation(question, [rule.table(len(question.names), question.stock)], runs, seed)


@pytest.mark.parametrize("case", PRINTED)
def test_every_printed_case_lies_within_three_standard_errors_of_the_law(case):
    """Twelve orders an hour; the seed is fixed, so this holds or fails for good."""
    question, units = PRINTED[case]
    sample = sampled(question)

    assert abs(sample.units[0] - units) <= 3 * sample.units_error[0]
    assert sample.runs == RUNS


def test_never_raising_lies_between_watermark_and_blind_write():
    """Printed: 3.45 where the watermark gives 2.25 and the blind write 3.74."""
    question = asked(HALVES, 15, 15, write="never-raise")
    sample = sampled(question)

    assert abs(sample.units[0] - 3.45) <= 3 * sample.units_error[0] + 0.02


def test_the_chance_with_latencies_is_the_printed_one():
    """At T = L = 15 minutes 96 % of the stock-outs oversell, where the longer window would say 88 %."""
    assert sampled(asked(HALVES, 15, 15), runs=20_000).chance[0] == pytest.approx(0.96, abs=0.006)


@pytest.mark.parametrize(
    "rule",
    [NO_RULE, Rule("buffer", 1), Rule("percent", 70), Rule("cap", 2), Rule("minimum-level", 3), Rule("red-zone", 3, 1)],
    ids=lambda rule: rule.kind,
)
@pytest.mark.parametrize("shares", [HALVES, (0.8, 0.2), THIRDS])
def test_under_every_rule_the_simulation_is_the_programme(rule, shares):
    """Without latencies both see the same world: chance, units, stranded units and hours."""
    question = asked(shares, 15, stock=30)
    table = rule.table(len(shares), 30)
    sample, exact = sampled(question, rule), solve(table, question.window_demand)
    hours = sample.hours[0]

    assert abs(sample.chance[0] - exact.chance) <= 3 * (exact.chance * (1 - exact.chance) / RUNS) ** 0.5 + 1 / RUNS
    assert abs(sample.units[0] - exact.oversold) <= 3 * (exact.oversold_variance / RUNS) ** 0.5 + 1 / RUNS
    assert abs(sample.stranded[0].mean() - exact.stranded) <= 3.5 * sample.stranded[0].std() / RUNS**0.5 + 1 / RUNS
    assert abs(hours.mean() - exact.windows / 4) <= 3.5 * hours.std() / RUNS**0.5


def test_no_split_oversells_while_all_channels_are_told_together():
    """Whole parts of what there is."""
    assert sampled(asked(HALVES, 15), Rule("split")).oversold.max() == 0


def test_a_split_on_schedules_of_their_own_does_oversell():
    """A channel is raised by units that another one still shows: nothing but a fence helps."""
    assert sampled(asked(HALVES, 60, 15, staggered=True), Rule("split")).oversold.max() > 0


def test_the_same_seed_gives_the_same_runs_and_another_seed_others():
    """Counter-based streams, nothing else is random."""
    question = asked(HALVES, 15, 15)
    first, again, other = (sampled(question, seed=seed).oversold for seed in (1, 1, 2))

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_rules_side_by_side_meet_the_same_customers():
    """Each rule of a batch fares exactly as it does alone."""
    question = asked(HALVES, 15, 15, staggered=True, stock=40)
    rules = [NO_RULE, Rule("buffer", 2), Rule("red-zone", 4)]
    together = run_simulation(question, [rule.table(2, 40) for rule in rules], 500, 1)

    for number, rule in enumerate(rules):
        alone = sampled(question, rule, runs=500)
        assert np.array_equal(together.oversold[number], alone.oversold[0])
        assert np.array_equal(together.hours[number], alone.hours[0])


def test_a_channel_has_a_stream_of_its_own():
    """Its customers stay the same whoever else sells, and other stretches of time have other customers."""
    one, two = (PoissonStream(2.0, 1000, 1, 0) for _ in range(2))
    PoissonStream(5.0, 1000, 1, 1).draw(1)
    first = one.draw(3)

    assert np.array_equal(first, two.draw(3))
    assert not np.array_equal(first, one.draw(3))


@pytest.mark.parametrize("mean", [0.01, 0.75, 4.5, 60.0])
def test_customers_come_as_poisson_says(mean):
    """Mean and variance are the same number; 400,000 draws, four standard errors."""
    drawn = PoissonStream(mean, 400_000, 3, 0).draw(1)

    assert abs(drawn.mean() - mean) < 4 * (mean / 400_000) ** 0.5
    assert abs(drawn.var() - mean) < 4 * ((mean + 2 * mean**2) / 400_000) ** 0.5
    assert abs((drawn == 0).mean() - np.exp(-mean)) < 4 * (0.25 / 400_000) ** 0.5


def test_a_push_with_every_order_knows_the_red_zone_too():
    """The last units to one channel: a tenth of the oversells is left, nothing stranded."""
    question = asked(HALVES, 0, 15)
    without, red = sampled(question), sampled(question, Rule("red-zone", 8))

    assert red.chance[0] < without.chance[0] / 10
    assert red.stranded.max() == 0


def test_compare_and_set_starves_a_busy_channel():
    """Its writes are rejected while orders come, so that it is told late: far over the watermark's 2.25."""
    assert sampled(asked(HALVES, 15, 15, write="cas")).units[0] > 4


def test_outcomes_are_exact_where_they_can_be():
    """One schedule without latencies is computed, anything else is simulated."""
    engines = Engines(runs=1000)
    question = asked(HALVES, 15, stock=20)

    assert engines.outcome(question, NO_RULE).runs == 0
    assert engines.outcome(replace(question, staggered=True), NO_RULE).runs == 1000
    assert engines.outcome(replace(question, push_latency=0.1), NO_RULE).runs == 1000
