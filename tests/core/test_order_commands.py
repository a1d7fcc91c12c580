"""Creating, cancelling, holding, releasing and shipping orders: OM-AVAIL-08 and the readings of orders."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.worlds import (
    SHOP,
    account,
    buy,
    done,
    figure,
    held,
    house,
    listing,
    receive,
    refused,
    shelf,
    shelves,
    status,
    told,
    with_order,
)

MUG_AND_CUP: dict[str, Any] = {
    "products": [{"master_sku": "MUG"}, {"master_sku": "CUP"}],
    "listings": [listing(), listing(502, "CUP")],
}
NAMED = {"sales_channel": SHOP, "order_number": "1"}
TWO_PLACES = [shelf(2, location="A"), shelf(9, location="B")]


def line(sku: str, quantity: object, **more: Any) -> dict[str, Any]:
    return {"listing_sku": sku, "quantity": quantity, **more}


# -- holding and paying ----------------------------------------------------------------------------


@pytest.mark.parametrize(("how", "kept", "free"), [("keeps", {("MUG", 1, ""): 3}, 2), ("frees", {}, 5)])
def test_hold_keeps_or_frees_the_allocation(how: str, kept: dict[tuple[str, int, str], int], free: int) -> None:
    """orders.hold: the units stay allocated, or come free until the order is released."""
    world = account({"orders.hold": how}, stock=[shelf(5)])
    buy(world, "1", ("MUG", 3))

    with_order(world, "hold", "1")
    assert (held(world, "1"), figure(world), world.orders[SHOP, "1"].status) == (kept, free, "ON_HOLD")
    with_order(world, "release", "1")
    assert (held(world, "1"), figure(world), status(world, "1")) == ({("MUG", 1, ""): 3}, 2, "AWAITING_SHIPMENT")


@pytest.mark.parametrize(("how", "free"), [("keeps", 2), ("frees", 5)])
def test_order_created_on_hold_takes_its_units_where_hold_keeps_them(how: str, free: int) -> None:
    """orders.hold: being put on hold at once or a moment later comes to the same."""
    world = account({"orders.hold": how}, stock=[shelf(5)])
    assert told(world) == [(501, 5)]

    buy(world, "1", ("MUG", 3), hold=True)

    assert figure(world) == free
    assert told(world) == ([(501, 2)] if how == "keeps" else [])


def test_units_freed_by_a_hold_go_to_waiting_orders() -> None:
    """orders.hold=frees: the younger order takes them, and after the release the older one waits."""
    world = account({"orders.hold": "frees"}, stock=[shelf(5)])
    buy(world, "1", ("MUG", 4))
    buy(world, "2", ("MUG", 3))

    with_order(world, "hold", "1")
    assert held(world, "2") == {("MUG", 1, ""): 3}
    with_order(world, "release", "1")
    assert status(world, "1") == "OUT_OF_STOCK"


def test_order_on_hold_is_not_tried_again() -> None:
    """What arrives while it is on hold goes to others; released, it is tried at once."""
    world = account()
    buy(world, "1", ("MUG", 2))
    with_order(world, "hold", "1")

    receive(world, 3)
    assert (held(world, "1"), figure(world)) == ({}, 3)
    with_order(world, "release", "1")
    assert (held(world, "1"), figure(world)) == ({("MUG", 1, ""): 2}, 1)


@pytest.mark.parametrize(("how", "free"), [("allocates", 2), ("waits", 5)])
@pytest.mark.parametrize("hold", [False, True])
def test_order_awaiting_payment_allocates_or_waits(how: str, free: int, hold: bool) -> None:
    """orders.awaiting-payment: whether or not it comes on hold as well."""
    world = account({"orders.awaiting-payment": how}, stock=[shelf(5)])

    buy(world, "1", ("MUG", 3), awaiting_payment=True, hold=hold)

    assert figure(world) == free
    assert world.orders[SHOP, "1"].status == ("ON_HOLD" if hold else "AWAITING_PAYMENT")


def test_release_lifts_the_hold_before_the_wait_for_payment() -> None:
    """Two reasons to wait are lifted one by one; then the order takes its units."""
    world = account({"orders.awaiting-payment": "waits"}, stock=[shelf(5)])
    buy(world, "1", ("MUG", 3), awaiting_payment=True, hold=True)

    with_order(world, "release", "1")
    assert (world.orders[SHOP, "1"].status, held(world, "1")) == ("AWAITING_PAYMENT", {})
    with_order(world, "release", "1")
    assert (world.orders[SHOP, "1"].status, held(world, "1")) == ("AWAITING_SHIPMENT", {("MUG", 1, ""): 3})


def test_order_on_hold_with_an_unknown_line_holds_nothing() -> None:
    """Strict FIFO too: while a line has no product nobody knows what to set aside."""
    world = account(warehouses=[house(1, strict_fifo=True)], stock=[shelf(5)])

    done(world, "order.create", **NAMED, hold=True, lines=[line("MUG-L", 2), line("NEW", 1, unmapped=True)])

    assert (held(world, "1"), figure(world)) == ({}, 5)


# -- cancelling ------------------------------------------------------------------------------------


def test_cancelling_an_order_frees_what_it_holds() -> None:
    """OM-AVAIL-08: the 3 units are shown again, the order is finished."""
    world = account(stock=[shelf(5)])
    buy(world, "1", ("MUG", 3))

    with_order(world, "cancel", "1")

    assert (figure(world), status(world, "1"), held(world, "1")) == (5, "CANCELLED", {})
    assert world.orders[SHOP, "1"].draws == []


def test_cancelled_units_go_to_waiting_orders() -> None:
    """The younger order waited for 3 of the 5 and gets them at once."""
    world = account(stock=[shelf(5)])
    buy(world, "1", ("MUG", 4))
    buy(world, "2", ("MUG", 3))

    with_order(world, "cancel", "1", ("MUG", 2))

    assert (held(world, "1"), held(world, "2")) == ({("MUG", 1, ""): 2}, {("MUG", 1, ""): 3})


def test_cancelling_some_units_frees_those_drawn_last() -> None:
    """Of 2 in A and 3 in B the order gives up 2 in B, then 2 more: 1 in B and 1 in A."""
    world = account(stock=TWO_PLACES)
    buy(world, "1", ("MUG", 5))

    with_order(world, "cancel", "1", ("MUG", 2))
    assert held(world, "1") == {("MUG", 1, "A"): 2, ("MUG", 1, "B"): 1}
    with_order(world, "cancel", "1", ("MUG", 2))
    assert held(world, "1") == {("MUG", 1, "A"): 1}


def test_units_that_an_order_waits_for_are_cancelled_before_those_it_holds() -> None:
    """Strict FIFO: it holds 3 of 5; cancelling 2 leaves it complete, cancelling one more frees a unit."""
    world = account(warehouses=[house(1, strict_fifo=True)], stock=[shelf(3)])
    buy(world, "1", ("MUG", 5))

    with_order(world, "cancel", "1", ("MUG", 2))
    assert (held(world, "1"), status(world, "1")) == ({("MUG", 1, ""): 3}, "AWAITING_SHIPMENT")
    with_order(world, "cancel", "1", ("MUG", 1))
    assert (held(world, "1"), figure(world)) == ({("MUG", 1, ""): 2}, 1)


def test_order_that_waits_goes_through_once_it_wants_less() -> None:
    """5 wanted, 3 there: after cancelling 2 it is filled."""
    world = account(stock=[shelf(3)])
    buy(world, "1", ("MUG", 5))

    with_order(world, "cancel", "1", ("MUG", 2))

    assert (held(world, "1"), figure(world)) == ({("MUG", 1, ""): 3}, 0)


def test_units_of_one_listing_sku_on_two_lines_are_chosen_line_by_line() -> None:
    """3 and 3 ordered, 4 cancelled: the first line is gone, the second has 2 left; 3 more are too many."""
    world = account(stock=[shelf(9)])
    buy(world, "1", ("MUG", 3), ("MUG", 3))

    with_order(world, "cancel", "1", ("MUG", 4))

    assert [each.open for each in world.orders[SHOP, "1"].lines] == [0, 2]
    wrong = refused(world, "order.cancel", **NAMED, lines=[line("MUG-L", 3)])
    assert (wrong.code, wrong.value) == ("too_many_units", 3)


def test_one_listing_sku_named_twice_is_added_up() -> None:
    """1 and 2 are 3 units; 3 and 3 are more than the 5 ordered."""
    world = account(stock=[shelf(9)])
    buy(world, "1", ("MUG", 5))

    assert refused(world, "order.cancel", **NAMED, lines=[line("MUG-L", 3), line("MUG-L", 3)]).code == "too_many_units"
    with_order(world, "cancel", "1", ("MUG", 1), ("MUG", 2))

    assert figure(world) == 7


# -- shipping --------------------------------------------------------------------------------------


def test_shipping_removes_on_hand_and_allocation_together() -> None:
    """OM-AVAIL-08: 5 on hand with 3 allocated become 2 with none; the figure stays 2."""
    world = account(stock=[shelf(5)])
    buy(world, "1", ("MUG", 3))
    told(world)

    with_order(world, "ship", "1")

    assert (shelves(world), figure(world), status(world, "1")) == ({(1, ""): (2, 0)}, 2, "SHIPPED")
    assert told(world) == []


def test_some_units_ship_from_where_they_were_drawn_first() -> None:
    """Of 2 in A and 3 in B three go out: both of A and one of B; the rest is still held."""
    world = account(stock=TWO_PLACES)
    buy(world, "1", ("MUG", 5))

    with_order(world, "ship", "1", ("MUG", 3))

    assert shelves(world) == {(1, "A"): (0, 0), (1, "B"): (8, 2)}
    assert (held(world, "1"), status(world, "1")) == ({("MUG", 1, "B"): 2}, "AWAITING_SHIPMENT")


def test_order_shipped_in_part_and_cancelled_in_part_is_shipped() -> None:
    """Once nothing is open the order counts as shipped if anything went out."""
    world = account(stock=[shelf(5)])
    buy(world, "1", ("MUG", 3))

    with_order(world, "ship", "1", ("MUG", 1))
    with_order(world, "cancel", "1")

    assert (status(world, "1"), shelves(world), figure(world)) == ("SHIPPED", {(1, ""): (4, 0)}, 4)


def test_only_allocated_units_can_be_shipped() -> None:
    """Strict FIFO: of 5 it holds 3; all 5 are refused, the 3 may go."""
    world = account(warehouses=[house(1, strict_fifo=True)], stock=[shelf(3)])
    buy(world, "1", ("MUG", 5))

    wrong = refused(world, "order.ship", **NAMED)
    assert (wrong.code, wrong.value) == ("not_allocated", 5)
    with_order(world, "ship", "1", ("MUG", 3))
    assert (shelves(world), status(world, "1")) == ({(1, ""): (0, 0)}, "OUT_OF_STOCK")


def test_nothing_ships_when_one_line_cannot() -> None:
    """Every line is looked at before the first unit moves."""
    world = account(warehouses=[house(1, strict_fifo=True)], stock=[shelf(3)], **MUG_AND_CUP)
    buy(world, "1", ("MUG", 3), ("CUP", 1))

    assert refused(world, "order.ship", **NAMED).code == "not_allocated"


@pytest.mark.parametrize("how", ["hold", "awaiting_payment"])
def test_order_that_is_kept_back_cannot_be_shipped(how: str) -> None:
    """Neither on hold nor before payment."""
    world = account(stock=[shelf(5)])
    buy(world, "1", ("MUG", 3), **{how: True})

    assert refused(world, "order.ship", **NAMED).code == "not_shippable"


@pytest.mark.parametrize("verbs", [["cancel"], ["hold"], ["hold", "release"], ["ship"]])
def test_order_is_modified_at_the_instant_of_its_last_change(verbs: list[str]) -> None:
    """Who asks for orders changed since then must find it."""
    world = account(stock=[shelf(5)])
    buy(world, "1", ("MUG", 3))

    for verb in verbs:
        done(world, "clock.advance", by="PT1H")
        with_order(world, verb, "1")

    assert world.orders[SHOP, "1"].created_ms == world.started_ms
    assert world.orders[SHOP, "1"].modified_ms == world.now_ms


# -- orders that are not there or not in that state -------------------------------------------------


@pytest.mark.parametrize("verb", ["cancel", "hold", "release", "ship"])
def test_unknown_order_is_refused_with_the_nearest_number(verb: str) -> None:
    """Orders of other channels are no hint."""
    channels = [{"id": SHOP, "name": "Shop"}, {"id": 20, "name": "Outlet"}]
    world = account(sales_channels=channels, listings=[listing(), listing(601, channel=20)])
    buy(world, "A-1000", ("MUG", 1))
    buy(world, "A-1001", ("MUG", 1), channel=20)

    wrong = refused(world, f"order.{verb}", sales_channel=SHOP, order_number="A-1001")

    assert (wrong.code, wrong.nearest) == ("unknown_order", "A-1000")
    assert refused(world, f"order.{verb}", sales_channel=SHOP, order_number=1000).code == "unknown_order"


@pytest.mark.parametrize("end", ["cancel", "ship"])
@pytest.mark.parametrize("verb", ["cancel", "hold", "release", "ship"])
def test_finished_order_cannot_be_changed(verb: str, end: str) -> None:
    """Cancelled or shipped, it is over."""
    world = account(stock=[shelf(5)])
    buy(world, "1", ("MUG", 3))
    with_order(world, end, "1")

    assert refused(world, f"order.{verb}", **NAMED).code == "finished_order"


def test_hold_and_release_are_refused_where_they_change_nothing() -> None:
    """A second hold and a release of what is not kept back are mistakes of the caller."""
    world = account(stock=[shelf(5)])
    buy(world, "1", ("MUG", 3))

    assert refused(world, "order.release", **NAMED).code == "not_held"
    with_order(world, "hold", "1")
    assert refused(world, "order.hold", **NAMED).code == "already_held"


@pytest.mark.parametrize("verb", ["cancel", "ship"])
@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([line("MUG-L", 4)], "too_many_units"),
        ([line("CUP-L", 1)], "too_many_units"),
        ([line("MUG-L", 0)], "bad_units"),
        ([{"quantity": 1}], "missing"),
    ],
)
def test_units_that_the_order_does_not_have_are_refused(verb: str, lines: list[dict[str, Any]], code: str) -> None:
    """Cancelling and shipping name units that are open."""
    world = account(stock=[shelf(5)], **MUG_AND_CUP)
    buy(world, "1", ("MUG", 3))

    assert refused(world, f"order.{verb}", **NAMED, lines=lines).code == code
