"""Which units an order holds: OM-AVAIL-05 to 07, first in first out, and the readings of orders."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.worlds import SHOP, account, buy, done, figure, held, house, listing, receive, shelf, status, stock

TWO_HOUSES = [house(1), house(2)]
STRICT = house(1, strict_fifo=True)
MUG_AND_CUP: dict[str, Any] = {
    "products": [{"master_sku": "MUG"}, {"master_sku": "CUP"}],
    "listings": [listing(), listing(502, "CUP")],
}


def waits(number: str, *, world: Any) -> bool:
    return status(world, number) == "OUT_OF_STOCK"


# -- first in, first out ---------------------------------------------------------------------------


def test_order_takes_its_units_as_it_is_created() -> None:
    """OM-AVAIL-06, OM-PUSH-01: 10 less 3 ordered shows 7."""
    world = account(stock=[shelf(10)])

    buy(world, "1", ("MUG", 3))

    assert (held(world, "1"), figure(world)) == ({("MUG", 1, ""): 3}, 7)


def test_order_that_cannot_be_filled_wholly_holds_nothing() -> None:
    """OM-AVAIL-06, natively: the unit stays free, and a later, smaller order takes it."""
    world = account(stock=[shelf(1)])

    buy(world, "123", ("MUG", 2))
    assert (held(world, "123"), figure(world), status(world, "123")) == ({}, 1, "OUT_OF_STOCK")

    buy(world, "456", ("MUG", 1))
    assert (held(world, "456"), figure(world), status(world, "123")) == ({("MUG", 1, ""): 1}, 0, "OUT_OF_STOCK")


def test_older_order_keeps_its_part_under_strict_fifo() -> None:
    """OM-AVAIL-06, Strict FIFO: the unit is gone, the later order waits, and what arrives goes to the older one."""
    world = account(warehouses=[STRICT], stock=[shelf(1)])
    buy(world, "123", ("MUG", 2))
    buy(world, "456", ("MUG", 1))

    assert (held(world, "123"), held(world, "456"), figure(world)) == ({("MUG", 1, ""): 1}, {}, 0)

    receive(world, 1)
    assert (held(world, "123"), held(world, "456")) == ({("MUG", 1, ""): 2}, {})
    receive(world, 1)
    assert (held(world, "456"), status(world, "456")) == ({("MUG", 1, ""): 1}, "AWAITING_SHIPMENT")


def test_strict_and_native_warehouses_mix_in_one_order() -> None:
    """OM-AVAIL-06: of 3 + 2 for an order of 10 it keeps the 3; 5 more where 2 lie are 7, and 3 + 7 fill it."""
    world = account(warehouses=[STRICT, house(2)], stock=[shelf(3), shelf(2, warehouse=2)])

    buy(world, "1", ("MUG", 10))
    assert (held(world, "1"), figure(world)) == ({("MUG", 1, ""): 3}, 2)

    receive(world, 5, warehouse=2)
    assert (held(world, "1"), figure(world)) == ({("MUG", 1, ""): 3, ("MUG", 2, ""): 7}, 0)


@pytest.mark.parametrize(("strict", "kept", "free"), [(False, {}, 2), (True, {("MUG", 1, ""): 2}, 0)])
def test_order_of_several_lines_is_filled_wholly_or_not_at_all(
    strict: bool, kept: dict[tuple[str, int, str], int], free: int
) -> None:
    """OM-AVAIL-06: no cup is there, so natively the mugs stay free as well; strictly the order keeps them."""
    world = account(warehouses=[house(1, strict_fifo=strict)], stock=[shelf(2)], **MUG_AND_CUP)

    buy(world, "1", ("MUG", 2), ("CUP", 1))
    assert (held(world, "1"), figure(world)) == (kept, free)

    receive(world, 1, "CUP")
    assert (held(world, "1"), figure(world)) == ({("MUG", 1, ""): 2, ("CUP", 1, ""): 1}, 0)


def test_two_lines_of_one_product_share_what_is_there() -> None:
    """3 and 3 of 5 do not fit, 3 and 2 do."""
    world = account(stock=[shelf(5)])

    buy(world, "1", ("MUG", 3), ("MUG", 3))
    buy(world, "2", ("MUG", 3), ("MUG", 2))

    assert (held(world, "1"), held(world, "2")) == ({}, {("MUG", 1, ""): 5})


def test_waiting_orders_are_tried_again_in_creation_order() -> None:
    """Of three waiting for 2, 2 and 1 the first is served by 2 units, the third by the next one."""
    world = account()
    for number, quantity in (("1", 2), ("2", 2), ("3", 1)):
        buy(world, number, ("MUG", quantity))

    receive(world, 2)
    assert [waits(number, world=world) for number in "123"] == [False, True, True]
    assert [each.order_number for each in world.waiting.values()] == ["2", "3"]
    receive(world, 1)
    assert [waits(number, world=world) for number in "123"] == [False, True, False]


def test_waiting_order_that_is_too_large_lets_a_younger_one_pass_natively() -> None:
    """4 units serve the younger order of 3; 4 more make 5, which serve the older one."""
    world = account()
    buy(world, "1", ("MUG", 5))
    buy(world, "2", ("MUG", 3))

    receive(world, 4)
    assert (held(world, "1"), held(world, "2"), figure(world)) == ({}, {("MUG", 1, ""): 3}, 1)
    receive(world, 4)
    assert (held(world, "1"), figure(world)) == ({("MUG", 1, ""): 5}, 0)


def test_world_file_serves_its_older_orders_first() -> None:
    """Orders of a file come by created_at, not by their place in the file; equally old ones by their place."""
    fresh = {"sales_channel": SHOP, "lines": [{"listing_sku": "MUG-L", "quantity": 2}]}
    world = account(
        orders=[
            fresh | {"order_number": "young", "created_at": "2026-01-04T00:00:00Z"},
            fresh | {"order_number": "old", "created_at": "2026-01-03T00:00:00Z"},
            fresh | {"order_number": "as old", "created_at": "2026-01-03T00:00:00Z"},
        ],
        stock=[shelf(2)],
    )

    assert [waits(number, world=world) for number in ("old", "as old", "young")] == [False, True, True]
    receive(world, 2)
    assert [waits(number, world=world) for number in ("old", "as old", "young")] == [False, False, True]


def test_order_on_hold_in_a_world_file_does_not_overtake_an_older_one() -> None:
    """Both want all 5: the older takes them, though the younger one comes on hold and is not tried again later."""
    fresh = {"sales_channel": SHOP, "lines": [{"listing_sku": "MUG-L", "quantity": 5}]}
    world = account(
        orders=[fresh | {"order_number": "1"}, fresh | {"order_number": "2", "held": True}], stock=[shelf(5)]
    )

    assert (held(world, "1"), held(world, "2")) == ({("MUG", 1, ""): 5}, {})


# -- where units are drawn -------------------------------------------------------------------------


def test_units_are_drawn_by_warehouse_then_draw_rank_then_location() -> None:
    """OM-AVAIL-07: of 10 the first warehouse gives C (rank 1), then A and B (rank 2); the second the rest."""
    rows = [
        shelf(9, warehouse=2, draw_rank=0),
        shelf(2, location="B", draw_rank=2),
        shelf(2, location="C", draw_rank=1),
        shelf(2, location="A", draw_rank=2),
    ]
    world = account(warehouses=[house(2), house(1)], stock=rows)

    buy(world, "small", ("MUG", 3))
    assert held(world, "small") == {("MUG", 1, "C"): 2, ("MUG", 1, "A"): 1}
    buy(world, "large", ("MUG", 7))
    assert held(world, "large") == {("MUG", 1, "A"): 1, ("MUG", 1, "B"): 2, ("MUG", 2, ""): 4}


def test_location_that_a_command_adds_is_drawn_in_its_order() -> None:
    """A new location has draw rank 1, before the rank 2 of the old one."""
    world = account(stock=[shelf(5, location="A", draw_rank=2)])
    stock(world, 5, location="Z")

    buy(world, "1", ("MUG", 6))

    assert held(world, "1") == {("MUG", 1, "Z"): 5, ("MUG", 1, "A"): 1}


@pytest.mark.parametrize("closed", [{"pickable": False}, {"active": False}, {"locked": 9}])
def test_order_draws_nothing_that_a_channel_is_not_told_of(closed: dict[str, Any]) -> None:
    """OM-AVAIL-02, 03: neither locked units nor those of a closed location."""
    world = account(stock=[shelf(9, location="A", **closed), shelf(2, location="B")])

    buy(world, "1", ("MUG", 2))
    buy(world, "2", ("MUG", 1))

    assert (held(world, "1"), held(world, "2")) == ({("MUG", 1, "B"): 2}, {})


def test_debt_of_one_location_is_not_hidden_by_another() -> None:
    """-2 and 5 in one warehouse leave 3: an order of 4 waits, one of 3 is served from the location that has them."""
    world = account(stock=[shelf(0, location="A", locked=2), shelf(5, location="B")])

    buy(world, "1", ("MUG", 4))
    buy(world, "2", ("MUG", 3))

    assert (held(world, "1"), held(world, "2")) == ({}, {("MUG", 1, "B"): 3})


@pytest.mark.parametrize(
    ("how", "of_six", "of_five"),
    [
        ("across-warehouses", {("MUG", 1, ""): 4, ("MUG", 2, ""): 2}, {("MUG", 1, ""): 4, ("MUG", 2, ""): 1}),
        ("one-warehouse", {}, {("MUG", 2, ""): 5}),
    ],
)
def test_order_is_split_over_warehouses_or_served_by_one(
    how: str, of_six: dict[tuple[str, int, str], int], of_five: dict[tuple[str, int, str], int]
) -> None:
    """orders.routing: 4 here and 5 there; 6 need both, 5 need both or the second one alone."""
    for quantity, wanted in ((6, of_six), (5, of_five)):
        world = account({"orders.routing": how}, warehouses=TWO_HOUSES, stock=[shelf(4), shelf(5, warehouse=2)])
        buy(world, "1", ("MUG", quantity))
        assert held(world, "1") == wanted


def test_one_warehouse_that_can_serve_the_order_comes_before_a_strict_one_that_keeps_a_part() -> None:
    """orders.routing=one-warehouse: 1 unit under Strict FIFO, 5 natively; an order of 5 takes the five."""
    world = account(
        {"orders.routing": "one-warehouse"}, warehouses=[STRICT, house(2)], stock=[shelf(1), shelf(5, warehouse=2)]
    )

    buy(world, "1", ("MUG", 5))

    assert held(world, "1") == {("MUG", 2, ""): 5}


def test_order_begun_in_a_strict_warehouse_is_finished_there() -> None:
    """orders.routing=one-warehouse: it keeps 1 of 3 and waits for the rest in the same warehouse."""
    world = account({"orders.routing": "one-warehouse"}, warehouses=[STRICT, house(2)], stock=[shelf(1)])
    buy(world, "1", ("MUG", 3))

    receive(world, 2, warehouse=2)
    assert held(world, "1") == {("MUG", 1, ""): 1}
    receive(world, 2)
    assert held(world, "1") == {("MUG", 1, ""): 3}


# -- exclusions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", [{"sales_channel": SHOP}, {"master_sku": "MUG"}])
def test_order_draws_only_from_warehouses_that_are_not_excluded(named: dict[str, Any]) -> None:
    """An exclusion for the channel or the product closes the warehouse to its orders, not only to the figure."""
    world = account(warehouses=TWO_HOUSES, stock=[shelf(5), shelf(5, warehouse=2)])
    done(world, "exclusion.set", warehouses=[1], **named)

    buy(world, "1", ("MUG", 6))
    buy(world, "2", ("MUG", 5))

    assert (held(world, "1"), held(world, "2")) == ({}, {("MUG", 2, ""): 5})


@pytest.mark.parametrize("named", [{"sales_channel": SHOP}, {"master_sku": "MUG"}])
def test_exclusion_set_later_moves_nothing_that_is_allocated(named: dict[str, Any]) -> None:
    """The order keeps its 3 in the warehouse that is excluded now; the 2 left there are no longer shown."""
    world = account(warehouses=TWO_HOUSES, stock=[shelf(5), shelf(4, warehouse=2)])
    buy(world, "1", ("MUG", 3))

    done(world, "exclusion.set", warehouses=[1], **named)
    assert (held(world, "1"), figure(world)) == ({("MUG", 1, ""): 3}, 4)
    done(world, "exclusion.set", warehouses=[], **named)
    assert (held(world, "1"), figure(world)) == ({("MUG", 1, ""): 3}, 6)


@pytest.mark.parametrize("named", [{"sales_channel": SHOP}, {"master_sku": "MUG"}])
def test_exclusion_lifted_lets_waiting_orders_through(named: dict[str, Any]) -> None:
    """Waiting orders are tried again after every command, in creation order."""
    world = account(stock=[shelf(5)])
    done(world, "exclusion.set", warehouses=[1], **named)
    buy(world, "1", ("MUG", 3))
    buy(world, "2", ("MUG", 3))

    done(world, "exclusion.set", warehouses=[], **named)

    assert (held(world, "1"), held(world, "2")) == ({("MUG", 1, ""): 3}, {})


def test_exclusion_lifted_for_one_channel_serves_no_order_of_another() -> None:
    """Both wait; the older one's channel stays shut out, so the younger one takes the units."""
    channels = [{"id": each, "name": f"C{each}", "excluded_warehouses": [1]} for each in (SHOP, 20)]
    world = account(sales_channels=channels, stock=[shelf(3)], listings=[listing(), listing(601, channel=20)])
    buy(world, "1", ("MUG", 3), channel=20)
    buy(world, "1", ("MUG", 3))

    done(world, "exclusion.set", sales_channel=SHOP, warehouses=[])

    assert (held(world, "1"), held(world, "1", 20)) == ({("MUG", 1, ""): 3}, {})


def test_own_warehouse_of_another_channel_serves_no_order() -> None:
    """alloc.fba-stock: what a channel may not show it may not sell either."""
    channels = [{"id": SHOP, "name": "Shop"}, {"id": 20, "name": "Amazon"}]
    world = account(
        warehouses=[house(1, type="FBA", sales_channel=20)],
        sales_channels=channels,
        stock=[shelf(5)],
        listings=[listing(), listing(601, channel=20)],
    )

    buy(world, "1", ("MUG", 1))
    buy(world, "1", ("MUG", 1), channel=20)

    assert (held(world, "1"), held(world, "1", 20)) == ({}, {("MUG", 1, ""): 1})
