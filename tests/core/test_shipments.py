"""Shipments, edits and details of orders, and the stock commands behind Order Manager's own routes."""

from __future__ import annotations

import pytest
from worlds import SHOP, account, house, reloaded, shelf

FROM_W1_AND_W2 = {"warehouses": [house(1), house(2)], "stock": [shelf(3), shelf(9, warehouse=2)]}


def create(number="1001", quantity=1, **more):
    lines = [{"listing_sku": "MUG-L", "quantity": quantity}]
    return {"type": "order.create", "sales_channel": SHOP, "order_number": number, "lines": lines, **more}


def named(kind, number="1001", **more):
    return {"type": f"order.{kind}", "sales_channel": SHOP, "order_number": number, **more}


def done(world, *commands):
    for command in commands:
        outcome = world.execute(command)
        assert outcome.status == "done", outcome.reason
    return outcome.result


def refused(world, command):
    before = world.to_document()
    outcome = world.execute(command)
    assert outcome.status == "refused"
    assert world.to_document() == before
    return outcome.refusal.code


def on_shelf(world, sku="MUG"):
    return [(row.on_hand, row.allocated) for row in world.products[sku].stock]


def test_shipping_an_order_makes_a_shipment():
    """Units, the warehouse of the first of them, and what the report says."""
    world = account(**FROM_W1_AND_W2)

    result = done(world, create(quantity=5), named("ship", tracking_number="T-1", carrier="USPS", external=True))

    [shipment] = world.orders[SHOP, "1001"].shipments
    assert result == {"shipment_id": 1}
    assert world.shipments == {1: shipment}
    assert (shipment.units, shipment.warehouse.id, shipment.external) == (((0, 5),), 1, True)
    assert shipment.details == {"tracking_number": "T-1", "carrier": "USPS"}


def test_each_part_that_goes_out_is_a_shipment_of_its_own():
    """OM-AVAIL-08: on hand and allocated fall together, part by part."""
    world = account(stock=[shelf(10)])
    part = [{"listing_sku": "MUG-L", "quantity": 2}]

    done(world, create(quantity=5), named("ship", lines=part), named("ship"))

    assert [each.units for each in world.orders[SHOP, "1001"].shipments] == [((0, 2),), ((0, 3),)]
    assert on_shelf(world) == [(5, 0)]


def test_a_refused_shipment_leaves_no_record():
    """An order without its units cannot go out."""
    world = account(stock=[shelf(0)])
    done(world, create())

    assert refused(world, named("ship")) == "not_allocated"
    assert world.shipments == {}


def test_a_world_file_keeps_shipments_details_and_holds():
    """What a world file says of orders is the same again after loading it."""
    world = account(**FROM_W1_AND_W2)
    done(
        world,
        create("1001", 5, details={"ship_city": "Springfield", "gift": True}),
        create("1002", 1, hold_until="2026-01-06T09:00:00Z", fulfillment_source=2),
        {"type": "clock.advance", "by": "PT1H"},
        named("ship", tracking_number="T-1", ship_date="2026-01-05T09:30:00Z"),
    )

    again = reloaded(world)

    assert again.to_document() == world.to_document()
    assert again.orders[SHOP, "1001"].details == {"ship_city": "Springfield", "gift": True}
    assert again.shipments[1].details["tracking_number"] == "T-1"
    assert done(again, create("1003"), named("ship", "1003")) == {"shipment_id": 2}


def test_an_order_held_until_an_instant_is_released_then():
    """Also after the world was written to a file and loaded again."""
    world = account(stock=[shelf(3)])
    done(world, create(hold_until="2026-01-05T10:00:00Z"))

    for each in (world, reloaded(world)):
        done(each, {"type": "clock.advance", "to": "2026-01-05T09:59:59Z"})
        assert each.orders[SHOP, "1001"].status == "ON_HOLD"
        done(each, {"type": "clock.advance", "to": "2026-01-05T10:00:00Z"})
        assert each.orders[SHOP, "1001"].status == "AWAITING_SHIPMENT"


def test_an_order_released_and_held_again_is_not_released_by_the_old_date():
    """The date belonged to the hold that is over."""
    world = account(stock=[shelf(3)])

    done(
        world,
        create(hold_until="2026-01-05T10:00:00Z"),
        named("release"),
        named("hold"),
        {"type": "clock.advance", "by": "PT2H"},
    )

    assert world.orders[SHOP, "1001"].status == "ON_HOLD"


@pytest.mark.parametrize(("source", "drawn"), [(1, [(3, 2), (9, 0)]), (2, [(3, 0), (9, 2)])])
def test_a_fulfillment_source_binds_an_order_to_one_warehouse(source, drawn):
    """Without one the order would draw from warehouse 1 first."""
    world = account(**FROM_W1_AND_W2)

    done(world, create(quantity=2, fulfillment_source=source))

    assert on_shelf(world) == drawn


@pytest.mark.parametrize("held", [False, True])
def test_binding_an_order_to_another_warehouse_moves_its_units(held):
    """3 and 2 across both, then 5 of the 9 in the second; on hold, too, where hold keeps units."""
    world = account(**FROM_W1_AND_W2)
    done(world, create(quantity=5, hold=held))
    assert on_shelf(world) == [(3, 3), (9, 2)]

    done(world, named("update", fulfillment_source=2))

    assert on_shelf(world) == [(3, 0), (9, 5)]


def test_units_given_back_by_a_rerouted_order_serve_the_oldest_that_waits():
    """Settling after the edit tries waiting orders again; the rerouted one finds nothing in the second warehouse."""
    world = account(warehouses=[house(1), house(2)], stock=[shelf(3)])
    done(world, create("1001", 3), create("1002", 2))

    done(world, named("update", "1001", fulfillment_source=2))

    assert [world.orders[SHOP, number].status for number in ("1001", "1002")] == ["UNRESOLVED", "AWAITING_SHIPMENT"]


def test_an_edit_replaces_what_is_given_and_null_takes_away():
    """The rest stays, and the order was modified now."""
    world = account(stock=[shelf(3)])
    done(
        world, create(details={"ship_name": "Ann", "ship_city": "Springfield"}), {"type": "clock.advance", "by": "PT1H"}
    )

    done(world, named("update", details={"ship_name": "Bea", "ship_city": None, "gift": False}))

    order = world.orders[SHOP, "1001"]
    assert order.details == {"ship_name": "Bea", "gift": False}
    assert order.modified_ms - order.created_ms == 3_600_000


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (named("update", "1002"), "unknown_order"),
        (named("update", details={"ship_nam": "Ann"}), "unknown_detail"),
        (named("update", details=[]), "bad_details"),
        (named("update", fulfillment_source=9), "unknown_fulfillment_source"),
        (create("1003", details={"colour": "red"}), "unknown_detail"),
        (create("1003", fulfillment_source=9), "unknown_fulfillment_source"),
        (create("1003", hold_until="tomorrow"), "bad_instant"),
    ],
)
def test_an_edit_that_makes_no_sense_changes_nothing(command, code):
    """Everything is checked before anything changes."""
    world = account(stock=[shelf(3)])
    done(world, create())

    assert refused(world, command) == code


def test_a_finished_order_can_be_annotated_but_not_rerouted():
    """Nothing of it is left to draw."""
    world = account(**FROM_W1_AND_W2)
    done(world, create(), named("ship"), named("update", details={"internal_notes": "gone"}))

    assert refused(world, named("update", fulfillment_source=2)) == "finished_order"


def test_a_waiting_order_that_gets_its_units_is_modified_then():
    """Whoever downloads orders by the date of the last change must find it."""
    world = account(stock=[shelf(0)])
    done(world, create(), {"type": "clock.advance", "by": "PT1H"})
    order = world.orders[SHOP, "1001"]
    assert order.modified_ms == order.created_ms

    done(world, {"type": "stock.receive", "master_sku": "MUG", "warehouse": 1, "units": 1})

    assert order.modified_ms - order.created_ms == 3_600_000


@pytest.mark.parametrize(("option", "on_hand"), [("total", 10), ("unlocked", 20)])
def test_an_adjustment_sets_what_the_reading_says(option, on_hand):
    """10 locked: set to 10 it is 10 in all, or 10 + 10. Doing it twice changes nothing more."""
    world = account({"om.adjust-locked": option}, stock=[shelf(12, locked=10)])
    adjust = {"type": "stock.adjust", "master_sku": "MUG", "warehouse": 1, "on_hand": 10}

    done(world, adjust, adjust)

    assert on_shelf(world) == [(on_hand, 0)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"master_sku": "CUP"}, "unknown_master_sku"),
        ({"warehouse": 3}, "unknown_warehouse"),
        ({"warehouse": 2}, "unknown_stock"),
        ({"location": "Z"}, "unknown_stock"),
        ({}, "several_locations"),
        ({"location": "A", "on_hand": -1}, "bad_units"),
    ],
)
def test_an_adjustment_needs_a_row_that_exists(change, code):
    """Unlike stock.set, it makes none."""
    world = account(warehouses=[house(1), house(2)], stock=[shelf(1, location="A"), shelf(1, location="B")])

    assert refused(world, {"type": "stock.adjust", "master_sku": "MUG", "warehouse": 1, "on_hand": 5} | change) == code


def test_a_new_stock_row_serves_an_order_that_waits():
    """7 - 2 locked = 5 to be had; the order takes 4 of them."""
    world = account()
    done(world, create(quantity=4))
    row = {"type": "stock.create", "master_sku": "MUG", "warehouse": 1, "location": "A", "on_hand": 7, "locked": 2}

    assert done(world, row) == {"stock_id": 1}
    assert on_shelf(world) == [(7, 4)]
    assert refused(world, row) == "duplicate_stock"


def test_a_variation_parent_gets_no_stock():
    """It holds none."""
    world = account(products=[{"master_sku": "MUG", "type": "VIRTUAL_PRODUCT"}])
    row = {"type": "stock.create", "master_sku": "MUG", "warehouse": 1, "location": "A", "on_hand": 1}

    assert refused(world, row) == "no_stock"
