"""World to world file and back: exactly the same, whatever has happened."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from mockserver.resources import schemas_dir
from tests.core.shops import ALICE, ALICES, BOB, OWNER, market, marketplace, put
from tests.core.worlds import (
    LISTING,
    SHOP,
    account,
    at_minimum,
    bundle,
    buy,
    cap,
    done,
    figure,
    held,
    house,
    listing,
    percent,
    receive,
    reloaded,
    shelf,
    shelves,
    status,
    told,
    with_order,
)

KIT: dict[str, Any] = {
    "products": [{"master_sku": "MUG"}, {"master_sku": "CUP"}, {"master_sku": "POT"}, bundle(CUP=2, POT=1)],
    "listings": [listing(), listing(502, "SET"), listing(503, "CUP")],
}


def assert_same_after_a_round_trip(world: Any) -> Any:
    """The file fits its schema, survives JSON, and gives a world that writes the same file."""
    written = world.to_document()
    schema = json.loads((schemas_dir() / "harness" / "world.json").read_bytes())
    jsonschema_rs.validator_for(schema).validate(written)
    assert json.loads(json.dumps(written)) == written
    again = reloaded(world)
    assert again.to_document() == written
    assert {key: again.figure(each) for key, each in again.listings.items()} == {
        key: world.figure(each) for key, each in world.listings.items()
    }
    return again


def test_everything_that_a_world_file_can_say_is_written_again() -> None:
    """Every kind of thing, with its optional keys."""
    world = account(
        {"alloc.zero-figure": "left-out"},
        marketplacer=marketplace(
            ALICES | {"fulfilment_provider": "own"},
            sellers=[
                {"id": OWNER, "name": "P", "api_key": "k-9"},
                {"id": ALICE, "name": "A", "scope": "read"},
                {"id": BOB, "name": "B"},
                {"id": 5, "name": "S"},
            ],
            adverts=[{"id": 10, "title": "Mugs", "price": "500", "multi_store_owner": OWNER, "published": False}],
        ),
        links=[{"sales_channel": SHOP, "seller": ALICE, "import_lag": "PT5M"}],
        tokens=[{"token": "t", "name": "till", "scopes": ["read_inventory"]}],
        apps=[{"app_key": "k", "app_secret": "s", "redirect_uri": "https://shop.example/back"}],
        warehouses=[
            house(1, strict_fifo=True),
            house(2, type="FBA", sales_channel=SHOP, active=False, use_component_inventory=False),
        ],
        sales_channels=[
            {"id": SHOP, "name": "Shop", "company_name": "We", "type": "SHOPIFY", "excluded_warehouses": [2]},
            {"id": 20, "name": "Outlet", "active": False},
        ],
        products=[
            {"master_sku": "MUG", "name": "Mug", "brand": "B", "upc": "1", "mpn": "2", "description": "d"},
            {"master_sku": "PARENT", "type": "VIRTUAL_PRODUCT"},
            {"master_sku": "CUP", "parent": "PARENT", "allow_backorders": True, "excluded_warehouses": [1]},
            {"master_sku": "OLD", "active": False},
            bundle(MUG=1, CUP=2),
        ],
        stock=[
            shelf(-5, location="A", draw_rank=2, receivable=False),
            shelf(9, location="B", locked=1, minimum=2, in_transit=3, pickable=False, active=False),
        ],
        listings=[
            listing(),
            listing(502, "CUP", fn_sku="X001"),
            listing(503, "SET", active=False),
            listing(504, "OLD", push_inventory=False),
        ],
        rules=[
            {"sales_channel": SHOP, "rule_type": "MAX_ALLOCATION", "value": 3},
            percent(33.33, **at_minimum("MAX_ALLOCATION", 2)),
            cap(5, master_sku="CUP", sales_channel=20),
        ],
    )

    assert_same_after_a_round_trip(world)


def test_order_keeps_its_units_over_several_places() -> None:
    """Two locations and two warehouses; what is shipped or cancelled later is the same unit."""
    rows = [shelf(2, location="A"), shelf(2, location="B"), shelf(9, warehouse=2)]
    world = account(warehouses=[house(1), house(2)], stock=rows)
    buy(world, "1", ("MUG", 6))
    again = assert_same_after_a_round_trip(world)

    for each in (world, again):
        with_order(each, "ship", "1", ("MUG", 3))
        with_order(each, "cancel", "1", ("MUG", 1))

    assert held(again, "1") == held(world, "1") == {("MUG", 1, "B"): 1, ("MUG", 2, ""): 1}
    assert_same_after_a_round_trip(again)


def test_order_that_gathered_its_units_over_time_keeps_their_order() -> None:
    """Strict FIFO: first 2 here, then 2 there, then 1 here; the oldest ship first, the newest are cancelled first."""
    world = account(warehouses=[house(1, strict_fifo=True), house(2, strict_fifo=True)], stock=[shelf(2)])
    buy(world, "1", ("MUG", 5))
    receive(world, 2, warehouse=2)
    receive(world, 1)

    again = assert_same_after_a_round_trip(world)
    with_order(again, "cancel", "1", ("MUG", 2))

    assert held(again, "1") == {("MUG", 1, ""): 2, ("MUG", 2, ""): 1}


def test_bundles_gathered_over_time_keep_their_order() -> None:
    """Two draws of components in one warehouse stay two, each with its cups and its pot."""
    world = account(warehouses=[house(1, strict_fifo=True)], stock=[shelf(9, "CUP"), shelf(1, "POT")], **KIT)
    buy(world, "1", ("SET", 3))
    receive(world, 1, "POT")
    receive(world, 1, "SET")

    assert [draw.units for draw in world.orders[SHOP, "1"].draws] == [1, 1, 1]
    assert_same_after_a_round_trip(world)


def test_two_lines_of_one_listing_sku_stay_apart() -> None:
    """The second is shipped in part, the first waits: strict, so each keeps what it has."""
    world = account(warehouses=[house(1, strict_fifo=True)], stock=[shelf(5)])
    buy(world, "1", ("MUG", 4), ("MUG", 3))
    with_order(world, "ship", "1", ("MUG", 2))

    again = assert_same_after_a_round_trip(world)

    assert [again.orders[SHOP, "1"].held_units(index) for index in (0, 1)] == [2, 1]


@pytest.mark.parametrize(
    "events",
    [
        [("hold", {})],
        [("ship", {"lines": [{"listing_sku": "SET-L", "quantity": 1}]})],
        [("cancel", {"lines": [{"listing_sku": "SET-L", "quantity": 1}]})],
        [("ship", {"lines": [{"listing_sku": "SET-L", "quantity": 1}]}), ("hold", {})],
        [("ship", {})],
        [("cancel", {})],
    ],
)
def test_order_of_bundles_is_kept_in_every_state(events: list[tuple[str, dict[str, Any]]]) -> None:
    """Held, partly shipped, partly cancelled, finished: ready-packed units and components."""
    rows = [shelf(1, "SET"), shelf(9, "CUP", location="A"), shelf(9, "POT"), shelf(9)]
    world = account(stock=rows, **KIT)
    buy(world, "1", ("SET", 3), ("MUG", 2))
    for verb, more in events:
        done(world, f"order.{verb}", sales_channel=SHOP, order_number="1", **more)

    again = assert_same_after_a_round_trip(world)

    assert (held(again, "1"), again.orders[SHOP, "1"].status) == (held(world, "1"), world.orders[SHOP, "1"].status)


@pytest.mark.parametrize("readings", [{}, {"orders.hold": "frees"}, {"orders.awaiting-payment": "waits"}])
def test_waiting_orders_wait_in_the_same_order(readings: dict[str, str]) -> None:
    """What was waiting, held or unpaid is so again, and takes its turn when units arrive."""
    world = account(readings, stock=[shelf(1)])
    buy(world, "1", ("MUG", 5))
    done(world, "clock.advance", by="PT1S")
    buy(world, "2", ("MUG", 4))
    buy(world, "3", ("MUG", 1), hold=True)
    buy(world, "4", ("MUG", 1), awaiting_payment=True)
    with_order(world, "hold", "2")

    again = assert_same_after_a_round_trip(world)
    for each in (world, again):
        receive(each, 8)
        with_order(each, "release", "2")

    assert again.to_document() == world.to_document()


def test_unresolved_order_is_resolved_after_a_round_trip() -> None:
    """It still waits for a listing of its SKU."""
    world = account(stock=[shelf(5)])
    line = {"listing_sku": "NEW", "quantity": 2, "unmapped": True}
    done(world, "order.create", sales_channel=SHOP, order_number="1", lines=[line])

    again = assert_same_after_a_round_trip(world)
    done(again, "listing.set", listing_sku="NEW", sales_channel=SHOP, master_sku="MUG")

    assert held(again, "1") == {("MUG", 1, ""): 2}


def test_order_of_a_listing_that_sells_something_else_now_keeps_its_product() -> None:
    """The line says what it was sold from, whether it holds units or waits for them."""
    world = account(stock=[shelf(5), shelf(9, "CUP")], **KIT)
    buy(world, "1", ("MUG", 4))
    buy(world, "2", ("MUG", 4))
    done(world, "listing.set", listing_sku="MUG-L", sales_channel=SHOP, master_sku="CUP")

    again = assert_same_after_a_round_trip(world)

    assert (held(again, "1"), held(again, "2"), status(again, "2")) == ({("MUG", 1, ""): 4}, {}, "OUT_OF_STOCK")


def test_allocation_in_a_warehouse_that_is_excluded_now_stays() -> None:
    """Loading moves nothing either."""
    world = account(stock=[shelf(5)])
    buy(world, "1", ("MUG", 3))
    done(world, "exclusion.set", master_sku="MUG", warehouses=[1])

    again = assert_same_after_a_round_trip(world)

    assert (held(again, "1"), shelves(again), figure(again)) == ({("MUG", 1, ""): 3}, {(1, ""): (5, 3)}, 0)


def test_numbers_go_on_where_they_were() -> None:
    """Ids of orders, listings and stock rows are the next ones in the loaded world too."""
    world = account(stock=[shelf(5)])
    buy(world, "1", ("MUG", 1))

    again = reloaded(world)

    assert buy(again, "2", ("MUG", 1)) == buy(world, "2", ("MUG", 1)) == {"order_id": 2}


def test_prices_are_written_as_plain_decimals() -> None:
    """A tiny or a huge number has no exponent in the file."""
    world = market(None, ALICES)
    put(world, ALICE, {"price": 1e16, "sale_price": 1e-7})

    again = assert_same_after_a_round_trip(world)

    record = again.to_document()["marketplacer"]["inventories"][0]
    assert (record["price"], record["sale_price"]) == ("10000000000000000", "0.0000001")


def test_clock_is_written_to_the_millisecond() -> None:
    """A world that stopped between two seconds goes on from there."""
    world = account()
    done(world, "clock.advance", by="PT0.250S")

    assert_same_after_a_round_trip(world)
    assert world.to_document()["clock"] == "2026-01-05T09:00:00.250Z"


def test_document_holds_neither_markers_nor_the_past() -> None:
    """A loaded world tells every listing anew."""
    world = account(stock=[shelf(5)])
    told(world)

    assert told(reloaded(world)) == [(LISTING, 5)]


def test_every_reading_is_written() -> None:
    """So that the file means the same when a default changes."""
    readings = account({"alloc.backorders": "constant"}).to_document()["readings"]

    assert readings["alloc.backorders"] == "constant"
    assert readings["ack.due"] == "figure-differs"
    assert list(readings) == sorted(readings)
