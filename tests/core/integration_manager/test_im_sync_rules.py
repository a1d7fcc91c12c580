"""Inventory sync, rule by rule; the numbers are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.integration_manager.merchants import (
    at,
    both,
    cart_view,
    merchant,
    report,
    sell,
    seller_cart,
    shown,
    told,
    two_carts,
)
from tests.core.worlds import done, refused


def test_what_the_warehouse_has_available_is_told_not_what_order_manager_has_on_hand():
    """IM-SYNC-01: 12 available are reported, 50 are on hand elsewhere; 12 are told."""
    world = merchant([seller_cart()], order_manager={"stock": [{"master_sku": "MUG", "warehouse": 1, "on_hand": 50}]})
    report(world, 12)
    at(world, "10:00")

    assert 12 == shown(world)


def test_nothing_is_sent_without_a_new_record():
    """IM-SYNC-02: 20 at 10:00; 3 are sold, no report comes; at 11:00 the other cart still shows 20."""
    world = two_carts()
    report(world, 20)
    at(world, "10:00")
    sell(world, 3)
    at(world, "11:00")

    assert (17, 20) == both(world)
    assert "no new record" in cart_view(world, "y")["last_sync"]["reason"]
    assert "no new record" in cart_view(world, "y")["nothing_sent_because"]


def test_a_new_record_of_the_same_quantity_is_new_information():
    """IM-SYNC-02: the record counts, not the number; it sends 20, for it is later than the order."""
    world = two_carts()
    report(world, 20)
    at(world, "10:00")
    sell(world, 3)
    at(world, "10:30")
    report(world, 20)
    at(world, "11:00")

    assert (20, 20) == both(world)
    assert {"sent": 1, "equal": 0}.items() <= cart_view(world, "x")["last_sync"].items()


def test_only_skus_with_a_new_record_are_sent():
    """IM-SYNC-02 by SKU: a new record of cups does not send mugs."""
    world = merchant([seller_cart()], skus=("MUG", "CUP"))
    report(world, 20)
    report(world, 9, "CUP")
    at(world, "10:00")
    done(world, "variants.set_counts", by=1, counts={"1": 1, "2": 1})
    report(world, 8, "CUP")
    at(world, "11:00")

    assert (1, 8) == (shown(world), shown(world, sku="CUP"))


@pytest.mark.parametrize(("sold", "left"), [(0, 20), (3, 17), (20, 0)])
def test_orders_since_the_report_are_subtracted_from_what_every_cart_is_told(sold: int, left: int):
    """IM-SYNC-03: 20 less what was sold since, for the cart that sold it and for the other one."""
    world = two_carts()
    report(world, 20)
    if sold:
        sell(world, sold)
    at(world, "10:00")

    assert (left, left) == both(world)


def test_an_order_is_subtracted_however_long_ago_it_came():
    """IM-SYNC-03: a cart that syncs daily subtracts an order of 23 hours before."""
    world = merchant([seller_cart("x", 1), seller_cart("y", 2, "P1D")])
    report(world, 20)
    sell(world, 6)
    at(world, "09:00", day="2026-01-06")

    assert 14 == shown(world, 2)


def test_each_cart_is_synced_on_its_own_schedule():
    """IM-SYNC-04: every 30 minutes and every 2 hours, first one period after the start."""
    world = merchant([seller_cart("x", 1, "PT30M"), seller_cart("y", 2, "PT2H")])
    report(world, 20)

    seen = []
    for time in ("09:29", "09:30", "10:59", "11:00"):
        at(world, time)
        seen.append(both(world))

    assert [(50, 50), (20, 50), (20, 50), (20, 20)] == seen


def test_every_cart_gets_the_full_quantity():
    """IM-SYNC-05: two carts, 20 units: both are told 20, not 10."""
    world = two_carts()
    report(world, 20)
    at(world, "10:00")

    assert (20, 20) == both(world)


def test_the_sku_is_the_key_inside_a_merchant_capital_letters_included():
    """IM-SYNC-06: a level of `mug` is no level of `MUG`."""
    world = merchant([seller_cart()])
    report(world, 20, "mug")
    at(world, "10:00")

    assert 50 == shown(world)
    assert ("passed_over", "the seller holds nothing with this SKU") == (
        told(world, sku="mug")["outcome"],
        told(world, sku="mug")["reason"],
    )


@pytest.mark.parametrize(("level", "sent"), [(0, 0), (4, 0), (5, 5), (6, 6)])
def test_below_the_minimum_level_zero_is_sent(level: int, sent: int):
    """IM-SYNC-07: at level 5, 4 gives 0 and 5 gives 5."""
    world = merchant([seller_cart(minimum_level=5)])
    report(world, level)
    at(world, "10:00")

    assert sent == shown(world)


def test_a_minimum_level_of_zero_is_off():
    """IM-SYNC-07: 1 unit is told as 1."""
    world = merchant([seller_cart(minimum_level=0)])
    report(world, 1)
    at(world, "10:00")

    assert 1 == shown(world)


def test_the_minimum_level_looks_at_what_recent_orders_leave():
    """A-16: 6 reported, 2 sold, 4 left, below 5: 0."""
    world = merchant([seller_cart("x", 1), seller_cart("y", 2, minimum_level=5)])
    report(world, 6)
    sell(world, 2)
    at(world, "10:00")

    assert (4, 0) == both(world)


def test_a_full_sync_sends_every_level_every_time():
    """IM-SYNC-08: the count that somebody changed is put right without a new record; the other cart's stays."""
    world = merchant([seller_cart("x", 1, full_sync=True), seller_cart("y", 2)])
    report(world, 20)
    at(world, "10:00")
    done(world, "variants.set_counts", by=1, counts={"1": 1})
    done(world, "variants.set_counts", by=2, counts={"2": 1})
    at(world, "11:00")

    assert (20, 1) == both(world)


def test_lots_of_one_sku_are_summed():
    """IM-SYNC-09: lots of 4 and 3 are 7; the next report replaces both."""
    world = merchant([seller_cart()])
    lots = [{"sku": "MUG", "quantity": 4, "lot": "L1"}, {"sku": "MUG", "quantity": 3, "lot": "L2"}]
    report(world, 0, levels=lots)
    at(world, "10:00")
    first = shown(world)
    report(world, 5)
    at(world, "11:00")

    assert (7, 5) == (first, shown(world))


@pytest.mark.parametrize(("level", "sent"), [(3.7, 3), (0.9, 0), (3.0, 3)])
def test_only_whole_numbers_are_sent(level: float, sent: int):
    """IM-SYNC-10, A-17: rounded down."""
    world = merchant([seller_cart()])
    report(world, level)
    at(world, "10:00")

    assert sent == shown(world)


def test_fractions_are_added_up_before_they_are_rounded():
    """Our decision: 1.5 and 1.5 in two warehouses are 3 units, not 2."""
    world = merchant([seller_cart()], warehouses=("A", "B"))
    report(world, 1.5)
    report(world, 1.5, warehouse="B")
    at(world, "10:00")

    assert 3 == shown(world)
    assert 3 == told(world)["reported"]


def test_more_ordered_than_reported_is_told_as_zero():
    """A-18: 1 reported, 3 sold."""
    world = two_carts()
    report(world, 1)
    sell(world, 3)
    at(world, "10:00")

    assert (0, 0) == both(world)


# -- warehouses ------------------------------------------------------------------------------------


def test_warehouses_are_combined_unless_one_is_chosen():
    """10 in A and 20 in B: 30 for the one cart, 20 for the one that syncs with B."""
    world = merchant([seller_cart("x", 1), seller_cart("y", 2, sync_with_warehouse="B")], warehouses=("A", "B"))
    report(world, 10)
    report(world, 20, warehouse="B")
    at(world, "10:00")

    assert (30, 20) == both(world)


def test_an_inactive_warehouse_is_told_to_nobody():
    """Its levels are kept, but left out."""
    world = merchant([seller_cart()], warehouses=("A", {"name": "B", "active": False}))
    report(world, 10)
    report(world, 20, warehouse="B")
    at(world, "10:00")

    assert 10 == shown(world)


def test_a_record_of_another_warehouse_is_nothing_new_to_a_cart_of_one():
    """Its gate is its own warehouse."""
    world = merchant([seller_cart(sync_with_warehouse="B")], warehouses=("A", "B"))
    report(world, 10)
    at(world, "10:00")

    assert 50 == shown(world)
    assert "no new record" in cart_view(world)["last_sync"]["reason"]


# -- reports ---------------------------------------------------------------------------------------


def test_later_figures_replace_earlier_ones():
    """Two reports before one sync: the second counts."""
    world = merchant([seller_cart()])
    report(world, 20)
    report(world, 12)
    at(world, "10:00")

    assert 12 == shown(world)


def test_figures_older_than_known_ones_are_passed_over():
    """A count that was lost on the way and arrives late is not news."""
    world = merchant([seller_cart()])
    report(world, 20)
    result = report(world, 12, as_of="2026-01-05T08:00:00Z")
    at(world, "10:00")

    assert {"taken": 0, "passed_over": 1} == result
    assert 20 == shown(world)


def test_a_report_of_nothing_sends_nothing():
    """An empty list is a report, but gives no record."""
    world = merchant([seller_cart()])
    report(world, 0, levels=[])
    at(world, "10:00")

    assert 50 == shown(world)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"merchant": "N"}, "unknown_merchant"),
        ({"merchant": None}, "missing"),
        ({"warehouse": "AA"}, "unknown_warehouse"),
        ({"levels": None}, "missing"),
        ({"levels": "MUG"}, "bad_levels"),
        ({"levels": [{"quantity": 1}]}, "missing"),
        ({"levels": [{"sku": "MUG", "quantity": "1"}]}, "bad_quantity"),
        ({"levels": [{"sku": "MUG", "quantity": -1}]}, "bad_quantity"),
        ({"levels": [{"sku": "MUG", "quantity": True}]}, "bad_quantity"),
        ({"as_of": "noon"}, "bad_instant"),
    ],
)
def test_a_report_that_makes_no_sense_is_refused_and_changes_nothing(change: dict, code: str):
    """Names are compared exactly, and the nearest one is named."""
    whole = {"merchant": "M", "warehouse": "A", "levels": [{"sku": "MUG", "quantity": 1}]}

    assert code == refused(merchant([seller_cart()]), "wms.report", **(whole | change)).code


def test_what_made_the_number_can_be_seen():
    """Reported 20, 3 since, 17 told, and 12 would be told now that 5 more are sold."""
    world = two_carts()
    report(world, 20)
    sell(world, 3)
    at(world, "10:00")
    sell(world, 5, seller=2)

    assert {
        "sku": "MUG",
        "at": "2026-01-05T10:00:00Z",
        "outcome": "equal",
        "reported": 20,
        "recent_units": 3,
        "told": 17,
        "reason": None,
        "would_be_told_now": 12,
    } == told(world, "x") | {"outcome": "equal"}
    assert "sent" == told(world, "x")["outcome"]
    assert Decimal(20) == world.integration.merchants["M"].warehouses["A"].levels["MUG"].quantity
