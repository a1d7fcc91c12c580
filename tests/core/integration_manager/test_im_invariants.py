"""Invariants of inventory sync under any levels, orders and settings."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.core.integration_manager.merchants import at, both, merchant, report, sell, seller_cart
from tests.oracle.properties import PROPERTY

LEVELS = st.integers(0, 30)
MINIMUMS = st.integers(0, 12)
SALES = st.lists(st.tuples(st.integers(0, 59), st.sampled_from((1, 2)), st.integers(1, 5)), max_size=6)


def told(level: int, minimum: int, sales: list[tuple[int, int, int]], *, counted: int, again: bool = False) -> Any:
    """What both carts are told at 10:00: figures of minute ``counted``, sales as (minute, seller, units)."""
    world = merchant([seller_cart("x", 1), seller_cart("y", 2, minimum_level=minimum)])
    events = sorted([(minute, 1, seller, units) for minute, seller, units in sales] + [(counted, 0, 0, 0)])
    for minute, is_sale, seller, units in events:
        at(world, f"09:{minute:02d}")
        if is_sale:
            sell(world, units, seller)
        else:
            report(world, level)
            if again:
                report(world, level)
    at(world, "10:00")
    return both(world)


@PROPERTY
@given(level=LEVELS, minimum=MINIMUMS, sales=SALES, counted=st.integers(0, 59))
def test_the_number_is_the_level_less_later_orders_then_the_minimum(
    level: int, minimum: int, sales: list[tuple[int, int, int]], counted: int
):
    """Invariant 6, and the rule itself written down a second time."""
    left = max(0, level - sum(units for minute, _, units in sales if minute >= counted))

    assert (left, left if left >= minimum else 0) == told(level, minimum, sales, counted=counted)


@PROPERTY
@given(level=LEVELS, minimum=MINIMUMS, sales=SALES)
def test_a_cart_is_told_zero_or_at_least_its_minimum_level(level: int, minimum: int, sales: list[tuple[int, int, int]]):
    """Invariant 7."""
    number = told(level, minimum, sales, counted=0)[1]

    assert number == 0 or number >= minimum


@PROPERTY
@given(level=LEVELS, sales=SALES, data=st.data())
def test_the_order_in_which_orders_come_is_irrelevant(
    level: int, sales: list[tuple[int, int, int]], data: st.DataObject
):
    """Invariant 6: the same orders later than the figures, dealt out to other minutes and sellers."""
    shuffled = data.draw(st.permutations(sales))
    moved = [(minute, seller, units) for (minute, seller, _), (_, _, units) in zip(sales, shuffled, strict=True)]

    assert told(level, 0, sales, counted=0) == told(level, 0, moved, counted=0)


@PROPERTY
@given(level=LEVELS, minimum=MINIMUMS, sales=SALES, counted=st.integers(0, 59))
def test_a_repeated_report_changes_nothing(level: int, minimum: int, sales: list[tuple[int, int, int]], counted: int):
    """Invariant 6: the same figures of the same instant once more."""
    assert told(level, minimum, sales, counted=counted) == told(level, minimum, sales, counted=counted, again=True)
