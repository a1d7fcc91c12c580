"""Order Manager as a cart: seed 003, rule by rule."""

from __future__ import annotations

import pytest

from mockserver.core.world import World
from tests.core.integration_manager.merchants import (
    at,
    cart_view,
    merchant,
    on_hand,
    order_manager_cart,
    report,
    sell,
    seller_cart,
    shown,
    told,
)
from tests.core.worlds import buy, done, figure, house, refused, shelf, with_order


def account(*stock: dict, carts: list | None = None, readings: dict | None = None, **more) -> World:
    return merchant([*(carts or [order_manager_cart()])], readings, order_manager={"stock": list(stock)}, **more)


def known(world: World) -> list[tuple[str, dict[str, int]]]:
    return [(order.order_number, order.units) for order in world.integration.merchants["M"].orders]


def test_ten_locked_and_ten_reported_make_twenty_and_twenty_again():
    """IM-OM-06: levels arrive as unlocked; repeating the sync keeps 20."""
    world = account(shelf(10, locked=10))
    report(world, 10)
    at(world, "10:00")
    first = (on_hand(world), figure(world))
    report(world, 10)
    at(world, "11:00")

    assert (20, 10) == first == (on_hand(world), figure(world))


def test_a_product_without_starting_inventory_is_refused_until_it_has_one():
    """IM-OM-04: no stock row, no update; any level of starting inventory is enough, and the next sync writes it."""
    world = account()
    report(world, 7)
    at(world, "10:00")
    line = told(world, "om")
    assert ("failed", 0) == (line["outcome"], on_hand(world))
    assert "starting inventory" in line["reason"]

    done(world, "stock.set", master_sku="MUG", warehouse=1, on_hand=0)
    at(world, "11:00")

    assert 7 == on_hand(world)


def test_starting_inventory_in_another_warehouse_is_none():
    """IM-OM-04: the stock row must be in the warehouse that the cart names."""
    houses = [house(1), house(2)]
    world = merchant([order_manager_cart()], order_manager={"warehouses": houses, "stock": [shelf(3, warehouse=2)]})
    report(world, 7)
    at(world, "10:00")

    assert ("failed", 3) == (told(world, "om")["outcome"], on_hand(world))


@pytest.mark.parametrize("name", ["", "  "])
def test_without_a_warehouse_name_inventory_sync_is_off(name: str):
    """IM-OM-03: nothing is written, and it is said why."""
    world = account(shelf(3), carts=[order_manager_cart(name)])
    report(world, 7)
    at(world, "12:00")

    assert 3 == on_hand(world)
    assert "names no warehouse" in cart_view(world, "om")["last_sync"]["reason"]


def test_a_master_sku_that_order_manager_does_not_have_is_passed_over():
    """There is nothing to update, and nothing to try again."""
    world = account(shelf(3))
    report(world, 7, "CUP")
    at(world, "10:00")

    assert "passed_over" == told(world, "om", "CUP")["outcome"]
    assert [] == cart_view(world, "om")["waiting"]


def test_further_locations_keep_only_what_is_locked():
    """Our decision: the level stands at the location that is drawn from first; 6 in all, of 2 locked elsewhere 8."""
    world = account(shelf(5, location="P", draw_rank=1), shelf(4, location="Q", draw_rank=2, locked=2))
    report(world, 6)
    at(world, "10:00")

    assert [("P", 6), ("Q", 2)] == [(row.location, row.on_hand) for row in world.products["MUG"].stock]


def test_new_orders_are_downloaded_on_their_schedule():
    """IM-OM-01, 02: an allocated order is loaded at the next quarter of an hour, with its units in this warehouse."""
    world = account(shelf(10))
    at(world, "09:05")
    buy(world, "1001", ("MUG", 2))
    before = known(world)
    at(world, "09:15")

    assert ([], [("1001", {"MUG": 2})]) == (before, known(world))


def test_a_held_unpaid_or_waiting_order_is_not_loaded_until_it_goes_out():
    """IM-OM-05: what is on hold is not seen; released, it is."""
    world = account(shelf(10))
    buy(world, "held", ("MUG", 2), hold=True)
    buy(world, "unpaid", ("MUG", 2), awaiting_payment=True)
    buy(world, "too-big", ("MUG", 9))
    at(world, "09:15")
    assert [] == known(world)

    with_order(world, "release", "held")
    at(world, "09:30")

    assert [("held", {"MUG": 2})] == known(world)


def test_an_order_that_is_filled_later_is_loaded_then():
    """A waiting order becomes allocated by a receipt; the next download sees it."""
    world = account(shelf(1))
    buy(world, "1001", ("MUG", 2))
    at(world, "09:15")
    done(world, "stock.receive", master_sku="MUG", warehouse=1, units=1)
    at(world, "09:30")

    assert [("1001", {"MUG": 2})] == known(world)


def test_a_cancelled_order_is_given_back_with_the_next_download():
    """IM-OM-01, order cancel download: 20 less 3 for the other cart, then 20 again after the next record."""
    world = account(shelf(20), carts=[order_manager_cart(), seller_cart("x", 1, "PT30M")])
    report(world, 20)
    buy(world, "1001", ("MUG", 3))
    at(world, "09:30")
    first = shown(world)
    with_order(world, "cancel", "1001")
    report(world, 20, as_of="2026-01-05T09:00:00Z")
    at(world, "10:00")

    assert (17, 20) == (first, shown(world))


def test_cancelled_units_of_an_order_are_given_back():
    """Of 3 units one is cancelled: 2 are still subtracted."""
    world = account(shelf(20))
    report(world, 20)
    buy(world, "1001", ("MUG", 3))
    at(world, "09:15")
    with_order(world, "cancel", "1001", ("MUG", 1))
    at(world, "09:30")

    assert [("1001", {"MUG": 2})] == known(world)


def test_the_warehouse_ships_and_order_manager_is_told():
    """IM-OM-01, shipment confirmation: the order is shipped in Order Manager, with its tracking number."""
    world = account(shelf(10))
    buy(world, "1001", ("MUG", 2))
    at(world, "09:15")
    done(world, "wms.ship", merchant="M", cart="om", order_number="1001", tracking_number="T1")

    order = world.orders[10, "1001"]
    assert ("SHIPPED", 8) == (order.status, on_hand(world))
    assert "T1" == order.shipments[0].details["tracking_number"]
    assert "shipped_already" == refused(world, "wms.ship", merchant="M", cart="om", order_number="1001").code


def test_the_warehouse_cannot_ship_what_was_not_loaded():
    """The order reached nobody yet."""
    world = account(shelf(10))
    buy(world, "1001", ("MUG", 2))

    assert "unknown_order" == refused(world, "wms.ship", merchant="M", cart="om", order_number="1001").code


def test_a_shipped_order_is_still_subtracted_from_older_figures():
    """IM-SYNC-03 knows no exception: the figures of 9:00 contain what went out at 9:20."""
    world = account(shelf(20), carts=[order_manager_cart(), seller_cart("x", 1)])
    report(world, 20)
    buy(world, "1001", ("MUG", 3))
    at(world, "09:15")
    done(world, "wms.ship", merchant="M", cart="om", order_number="1001")
    at(world, "10:00")

    assert 17 == shown(world)


def test_a_marketplace_sale_that_is_an_order_of_order_manager_too_is_known_once():
    """The link makes an order of it; the Order Manager cart of the same merchant passes it over: 20 - 3, not 20 - 6."""
    world = account(
        shelf(20),
        carts=[order_manager_cart(), seller_cart("x", 1), seller_cart("y", 2)],
        links=[{"sales_channel": 10, "seller": 1}],
    )
    done(world, "listing.set", listing_sku="MUG", sales_channel=10, master_sku="MUG")
    report(world, 20)
    sell(world, 3)
    at(world, "10:00")

    assert 1 == len(known(world))
    assert 17 == shown(world, 2)


@pytest.mark.parametrize(("option", "left"), [("subtracted-again", 2), ("added-back", 6)])
def test_a_level_written_over_an_allocation(option: str, left: int):
    """A-33: an order holds 4 of 10, 6 are reported; Order Manager offers 2 or 6."""
    world = account(
        shelf(10), carts=[order_manager_cart(order_download="PT12H")], readings={"im.order-manager-allocations": option}
    )
    buy(world, "1001", ("MUG", 4))
    report(world, 6)
    at(world, "10:00")

    assert left == figure(world)


def test_a_held_order_oversells_when_levels_are_what_is_available():
    """IM-OM-05, oversell D2: the warehouse never saw the 4 that are held; all its 10 are offered: 4 too many."""
    world = account(shelf(10), readings={"im.order-manager-allocations": "added-back"})
    buy(world, "1001", ("MUG", 4), hold=True)
    before = figure(world)
    report(world, 10)
    at(world, "10:00")

    assert (6, 10) == (before, figure(world))


def test_total_used_for_unlocked_shows_units_that_nobody_has():
    """Oversell D3: 10 locked are part of 20 counted; reported as available they make 30, and 20 are there."""
    world = account(shelf(10, locked=10))
    report(world, 20)
    at(world, "10:00")

    assert (30, 20) == (on_hand(world), figure(world))
