"""Seed 002 point by point, the worked example of the notes, and the ways in which sync oversells."""

from __future__ import annotations

import pytest

from tests.core.integration_manager.merchants import at, both, cart_view, merchant, report, sell, seller_cart, shown


def test_seed_002_point_by_point():
    """Two carts, every 30 minutes and every hour, the second with a minimum level of 5."""
    world = merchant([seller_cart("x", 1, "PT30M"), seller_cart("y", 2, "PT1H", minimum_level=5)])

    # 1. Nothing new: nothing is synced.
    at(world, "09:30")
    assert (50, 50) == both(world)
    # 3. and 4. Each on its own schedule, each the total.
    report(world, 12)
    at(world, "10:00")
    assert (12, 12) == both(world)
    # 2. Orders since the report are subtracted, wherever they came from: 12 - 3 - 4.
    at(world, "10:05")
    report(world, 12)
    sell(world, 3, seller=1)
    sell(world, 4, seller=2)
    at(world, "10:30")
    assert (5, 8) == both(world)  # x is told 5; y has counted its own 4 down and is not due yet
    # 4.b At the minimum level the true value, below it 0.
    at(world, "11:00")
    assert (5, 5) == both(world)
    at(world, "11:10")
    report(world, 5)
    sell(world, 1, seller=1)
    at(world, "12:00")
    assert (4, 0) == both(world)
    # 1. again: orders alone are no new information.
    sell(world, 2, seller=1)
    at(world, "14:00")
    assert (2, 0) == both(world)
    assert "no new record" in cart_view(world, "y")["last_sync"]["reason"]
    # 6. and 7. Lots are summed, whole numbers only: 4.5 + 3.
    lots = [{"sku": "MUG", "quantity": 4.5, "lot": "L1"}, {"sku": "MUG", "quantity": 3, "lot": "L2"}]
    report(world, 0, levels=lots)
    at(world, "15:00")
    assert (7, 7) == both(world)


@pytest.mark.parametrize(("minimum", "y"), [(0, 15), (16, 0)])
def test_the_worked_example_of_a_morning(minimum: int, y: int):
    """Figures of 10:00 say 20; X sold 4 at 9:55, 3 at 10:05, Y 2 at 10:20; at 10:30 both are told 15, or 0 below 16."""
    world = merchant([seller_cart("x", 1, "PT90M"), seller_cart("y", 2, "PT90M", minimum_level=minimum)])
    at(world, "09:55")
    sell(world, 4, seller=1)
    at(world, "10:00")
    report(world, 20)
    at(world, "10:05")
    sell(world, 3, seller=1)
    at(world, "10:20")
    sell(world, 2, seller=2)
    at(world, "10:30")

    assert (15, y) == both(world)


def test_figures_say_of_when_they_are():
    """The same morning, but the figures of 10:00 arrive at 10:25."""
    world = merchant([seller_cart("x", 1, "PT90M"), seller_cart("y", 2, "PT90M")])
    at(world, "09:55")
    sell(world, 4, seller=1)
    at(world, "10:05")
    sell(world, 3, seller=1)
    at(world, "10:20")
    sell(world, 2, seller=2)
    at(world, "10:25")
    report(world, 20, as_of="2026-01-05T10:00:00Z")
    at(world, "10:30")

    assert (15, 15) == both(world)


def test_without_new_figures_the_example_sends_nothing_by_timer_and_something_automatically():
    """A-15: X was synced at 10:06; Y sells 2 at 10:20; the timed cart stays, the automatic one is told 18 at 10:21."""
    carts = [seller_cart("x", 1, "PT33M"), seller_cart("y", 2, "automatic")]
    world = merchant(carts)
    report(world, 20)
    at(world, "10:06")
    assert (20, 20) == both(world)
    at(world, "10:20")
    sell(world, 2, seller=1)
    at(world, "10:21")
    assert (18, 18) == both(world)

    sell(world, 3, seller=2)
    at(world, "12:00")
    assert (18, 15) == both(world)


def test_no_new_record_oversells_by_three():
    """Oversell C5: 10 on both carts; A sells 8, no record comes, B sells 5: 13 sold of 10."""
    world = merchant([seller_cart("x", 1, "PT5M"), seller_cart("y", 2, "PT5M")])
    report(world, 10)
    at(world, "09:05")
    sell(world, 8, seller=1)
    at(world, "12:00")
    assert (2, 10) == both(world)

    sell(world, 5, seller=2)

    assert 3 == sum(sale.quantity for sale in world.marketplace.sales) - 10


def test_an_order_between_report_and_delivery_falls_through_the_window():
    """Oversell D1: ordered 8:58, counted 9:00 without it, at the warehouse 9:02; 9:05 shows 10 of 9."""
    at_first = [seller_cart("x", 1, "PT5M"), seller_cart("y", 2, "PT7M")]

    def shown_at_nine_five(clock: str) -> int:
        world = merchant(at_first, {"im.recent-order-clock": clock}, order_delivery="PT4M")
        sell(world, 1, seller=1)
        at(world, "09:02")
        report(world, 10)
        at(world, "09:07")
        return shown(world, 2)

    assert (10, 9) == (shown_at_nine_five("loaded"), shown_at_nine_five("delivered"))


def test_sales_that_are_downloaded_late_are_seen_late():
    """One cart downloads orders every 20 minutes: the other is told 20 at 9:10 and, by new figures, 17 at 9:30."""
    world = merchant([seller_cart("x", 1, order_download="PT20M"), seller_cart("y", 2, "PT10M")])
    report(world, 20)
    sell(world, 3, seller=1)
    at(world, "09:10")
    first = shown(world, 2)
    report(world, 20, as_of="2026-01-05T09:00:00Z")
    at(world, "09:30")

    assert (20, 17) == (first, shown(world, 2))


def test_a_level_that_rises_reaches_an_automatic_cart_after_its_delay():
    """The delay is the cart's own: here 2 minutes."""
    world = merchant([seller_cart("x", 1, "automatic", automatic_delay="PT2M")])
    report(world, 20)
    at(world, "09:01")
    first = shown(world)
    at(world, "09:02")

    assert (50, 20) == (first, shown(world))
    assert cart_view(world)["next_sync"] is None
