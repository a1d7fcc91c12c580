"""The exposure law against the values printed for it, and against arithmetic by hand."""

from __future__ import annotations

import pytest
from asked import ALONE, HALVES, QUARTERS, THIRDS, asked

from conformance.advise.engines import Outcome
from conformance.advise.law import concentration, covers, equivalent_window, expected_oversold

# Twelve orders an hour; the interval, the push and the import in minutes; the units that are printed.
PRINTED = [
    (asked(HALVES, 0, 15), 1.5),
    (asked(QUARTERS, 0, 30), 2.25),
    (asked(THIRDS, 0, 30), 4.0),
    (asked(HALVES, 15), 0.75),
    (asked(HALVES, 15, 15), 2.25),
    (asked(QUARTERS, 60, 15, staggered=True), 3.375),
    (asked(THIRDS, 60, 6, staggered=True), 4.8),
    (asked(HALVES, 15, 15, 5), 2.75),
    (asked(HALVES, 15, 15, 5, write="absolute"), 4.75),
    (asked(HALVES, 60, 15, 5), 5.0),
    (asked(HALVES, 60, 15, 5, write="absolute"), 7.0),
    (asked(ALONE, 15, 15, write="absolute"), 3.0),
    (asked(ALONE, 15, 6, 6, write="absolute"), 2.4),
    (asked(ALONE, 15, 15, 5, write="absolute"), 4.0),
]


@pytest.mark.parametrize(("question", "units"), PRINTED)
def test_the_law_gives_every_printed_value(question, units):
    """r(T/2 + L + I)(1 - H), and r(L + I)H more where the write is blind."""
    assert expected_oversold(question) == pytest.approx(units, abs=1e-9)


def test_concentration_is_the_sum_of_squared_shares():
    """One channel has 1, K equal ones 1/K, 80/20 has 0.64 + 0.04."""
    assert concentration(ALONE) == 1
    assert concentration(THIRDS) == pytest.approx(1 / 3)
    assert concentration((0.8, 0.2)) == pytest.approx(0.68)


def test_a_backlog_is_a_long_push():
    """20,000 listings at five a second take 67 minutes: 12 * (0.125 + 1.11) * 0.5 = 7.4 units in place of 0.75."""
    assert expected_oversold(asked(HALVES, 15, 20_000 / 5 / 60)) == pytest.approx(7.4, abs=0.02)


def test_the_equivalent_window_carries_the_latencies():
    """2 * 12 * (1/8 + 1/4) = 9 orders."""
    assert equivalent_window(asked(HALVES, 15, 15)) == pytest.approx(9)


@pytest.mark.parametrize(("oversold", "rate"), [(3.75, 0.0361), (2.25, 0.0220)])
def test_the_cancel_rate_counts_all_units_ordered(oversold, rate):
    """100 units and 3.75 more: 3.75 of 103.75 orders are cancelled, 3.6 %; 2.25 of 102.25 are 2.2 %."""
    assert Outcome(0.9, oversold, 0.0, 8.0, 100).cancel_rate == pytest.approx(rate, abs=5e-5)


@pytest.mark.parametrize(
    ("write", "every", "push", "covered"),
    [
        ("watermark", 15, 15, True),
        ("absolute", 15, 15, True),
        ("cas", 15, 15, False),
        ("cas", 15, 0, True),
        ("never-raise", 15, 0, False),
        ("absolute", 0, 15, False),
        ("watermark", 0, 15, True),
    ],
)
def test_the_law_says_what_it_does_not_cover(write, every, push, covered):
    """Rejected and held-back writes, and blind pushes that the next order mends, are beyond it."""
    assert covers(asked(HALVES, every, push, write=write)) is covered
