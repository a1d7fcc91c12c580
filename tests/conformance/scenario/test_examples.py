"""The three worked examples replay with exactly the numbers that were printed for them."""

from __future__ import annotations

import pytest

from conformance.resources import fixtures_dir
from conformance.scenario.loading import load, loads
from conformance.scenario.result import replay

FOLDER = fixtures_dir() / "scenarios"
# As printed, row by row: (oversold units, oversold orders) and whatever else the example states.
PRINTED = {
    "flash-sale-two-channels": {
        "everything to everyone": {"oversold_units": 4, "oversold_orders": 2, "refused_units": 1, "stranded_units": 0},
        "half each": {"oversold_units": 0, "oversold_orders": 0, "refused_units": 6, "stranded_units": 1},
        "sync every minute": {"oversold_units": 0, "oversold_orders": 0, "refused_units": 5, "stranded_units": 0},
    },
    "crash-between-ack-and-push": {
        "ack when read": {"oversold_units": 3, "oversold_orders": 2, "lost_updates": 1, "converged": True},
        "ack after push": {"oversold_units": 0, "oversold_orders": 0, "lost_updates": 0, "converged": True},
        "ack when read + full sync": {"oversold_units": 2, "oversold_orders": 1, "lost_updates": 1, "converged": True},
    },
    "late-3pl-count-hold-and-bundle": {"run": {"oversold_units": 4, "oversold_orders": 1}},
}


@pytest.mark.parametrize("name", PRINTED)
def test_the_example_replays_with_the_printed_numbers(name):
    """Every metric that the example prints, and every expectation that it states."""
    done = replay(load(FOLDER / f"{name}.yaml"))

    assert {row.outcome.plan.name: row.failures for row in done.rows} == dict.fromkeys(PRINTED[name], ())
    for row in done.rows:
        printed = PRINTED[name][row.outcome.plan.name]
        assert {key: row.outcome.metrics[key] for key in printed} == printed


@pytest.mark.parametrize("name", PRINTED)
def test_the_short_first_key_means_the_same(name):
    """``oversell: 1``, as the examples were printed, runs to the same log."""
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    printed = text.replace("format: stockproof/scenario/1", "oversell: 1", 1)

    assert replay(loads(printed, source=name)).log_sha256 == replay(loads(text, source=name)).log_sha256


def test_the_log_of_the_flash_sale_is_the_printed_one():
    """A, B, C and D are accepted, both channels are set to 0 at 0:20, E is refused; fourteen are sold of ten."""
    log = replay(load(FOLDER / "flash-sale-two-channels.yaml")).rows[0].outcome.log.entries

    orders = [(each["t"], each["order"], each["outcome"], each["shown"]) for each in log if each["what"] == "order"]
    shown = [(each["t"], each["listing"], each["value"]) for each in log if each["what"] == "shown"]
    minute = 60_000
    assert orders == [
        (1 * minute, "A", "accepted", 6),
        (3 * minute, "B", "accepted", 5),
        (6 * minute, "C", "accepted", 3),
        (16 * minute, "D", "accepted", 3),
        (21 * minute, "E", "refused", 0),
    ]
    assert shown == [(20 * minute, "MUG-M", 0), (20 * minute, "MUG-S", 0)]


def test_the_late_count_breaks_the_books_before_the_first_oversold_order():
    """The books stop matching at 1:20, the first order that nobody can serve comes at 1:40."""
    breaks = replay(load(FOLDER / "late-3pl-count-hold-and-bundle.yaml")).rows[0].outcome.breaks

    assert (breaks["books_match"].t, breaks["no_oversell"].t) == (80 * 60_000, 100 * 60_000)
