"""Commands on stock, rules and exclusions, and what the feed hears of them: OM-ALLOC-11, OM-PUSH-01."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.worlds import (
    LISTING,
    OUTLET,
    SHOP,
    account,
    at_minimum,
    bundle,
    buy,
    done,
    figure,
    house,
    listing,
    percent,
    receive,
    refused,
    shelf,
    shelves,
    stock,
    told,
)

PLACE = {"master_sku": "MUG", "warehouse": 1}
TWO_CHANNELS: dict[str, Any] = {
    "sales_channels": [{"id": SHOP, "name": "Shop"}, {"id": OUTLET, "name": "Outlet"}],
    "listings": [listing(), listing(601, channel=OUTLET)],
}


# -- stock -----------------------------------------------------------------------------------------


def test_setting_stock_changes_only_what_is_named() -> None:
    """Locked is given, so on hand and the minimum stay: 20 - 5 = 15."""
    world = account(stock=[shelf(20, locked=2, minimum=3)])

    done(world, "stock.set", **PLACE, locked=5)

    assert figure(world) == 15
    row = world.products["MUG"].stock[0]
    assert (row.on_hand, row.minimum, row.active, row.pickable) == (20, 3, True, True)


def test_setting_stock_overwrites_and_keeps_allocations() -> None:
    """20 with 4 allocated set to 10 leave 6."""
    world = account(stock=[shelf(20)])
    buy(world, "1", ("MUG", 4))

    stock(world, 10)

    assert (shelves(world), figure(world)) == ({(1, ""): (10, 4)}, 6)


def test_stock_set_below_what_is_promised_shows_nothing() -> None:
    """A debt is 0 to a channel; 5 units that arrive pay 2 of it off and show 3."""
    world = account(stock=[shelf(4)])
    buy(world, "1", ("MUG", 4))

    stock(world, 2)
    assert figure(world) == 0
    receive(world, 5)
    assert figure(world) == 3


@pytest.mark.parametrize("flag", ["active", "pickable"])
def test_location_may_be_closed_and_opened_again(flag: str) -> None:
    """OM-AVAIL-03: a deactivated location's stock is taken off the listings, and comes back."""
    world = account(stock=[shelf(7)])
    told(world)

    done(world, "stock.set", **PLACE, **{flag: False})
    assert told(world) == [(LISTING, 0)]
    done(world, "stock.set", **PLACE, **{flag: True})
    assert told(world) == [(LISTING, 7)]


def test_opening_a_location_lets_waiting_orders_through() -> None:
    """Waiting orders are tried again after every command."""
    world = account(stock=[shelf(7, pickable=False)])
    buy(world, "1", ("MUG", 5))

    done(world, "stock.set", **PLACE, pickable=True)

    assert figure(world) == 2


def test_unlocking_units_lets_waiting_orders_through() -> None:
    """OM-AVAIL-02: locked units cannot be allocated; unlocked they can."""
    world = account(stock=[shelf(7, locked=7)])
    buy(world, "1", ("MUG", 5))

    done(world, "stock.set", **PLACE, locked=0)

    assert shelves(world) == {(1, ""): (7, 5)}


def test_unknown_location_makes_a_row() -> None:
    """Named or, where the warehouse holds none yet, unnamed; its id is the next free one."""
    world = account(stock=[shelf(1, id=7, location="A")], warehouses=[house(1), house(2)])

    stock(world, 2, location="B")
    stock(world, 3, warehouse=2)
    receive(world, 4, location="C")

    assert shelves(world) == {(1, "A"): (1, 0), (1, "B"): (2, 0), (1, "C"): (4, 0), (2, ""): (3, 0)}
    assert sorted(row.id for row in world.products["MUG"].stock) == [7, 8, 9, 10]


def test_without_a_location_the_only_row_of_the_warehouse_is_meant() -> None:
    """Whatever its name; with two of them the command must choose."""
    world = account(stock=[shelf(1, location="A")])
    stock(world, 5)
    assert shelves(world) == {(1, "A"): (5, 0)}

    stock(world, 2, location="B")
    wrong = refused(world, "stock.set", **PLACE, on_hand=9)

    assert (wrong.code, wrong.nearest) == ("several_locations", "A")
    assert "'A', 'B'" in wrong.message


def test_received_units_are_added() -> None:
    """5 and 3 are 8."""
    world = account(stock=[shelf(5)])

    receive(world, 3)

    assert shelves(world) == {(1, ""): (8, 0)}


@pytest.mark.parametrize(
    ("kind", "change", "code", "field"),
    [
        ("stock.set", {"master_sku": "MGU"}, "unknown_master_sku", "master_sku"),
        ("stock.set", {"master_sku": 7}, "unknown_master_sku", "master_sku"),
        ("stock.set", {"warehouse": 9}, "unknown_warehouse", "warehouse"),
        ("stock.set", {"warehouse": None}, "missing", "warehouse"),
        ("stock.set", {"location": 5}, "bad_location", "location"),
        ("stock.set", {"on_hand": -1}, "bad_units", "on_hand"),
        ("stock.set", {"on_hand": 1_000_000_001}, "bad_units", "on_hand"),
        ("stock.set", {"locked": 1.5}, "bad_units", "locked"),
        ("stock.set", {"minimum": True}, "bad_units", "minimum"),
        ("stock.set", {"active": "no"}, "bad_flag", "active"),
        ("stock.set", {"pickable": None}, "bad_flag", "pickable"),
        ("stock.set", {"location": "NEW", "on_hand": -1}, "bad_units", "on_hand"),
        ("stock.receive", {"units": 0}, "bad_units", "units"),
        ("stock.receive", {}, "bad_units", "units"),
        ("stock.receive", {"units": 1_000_000_000}, "bad_units", "on_hand"),
        ("stock.receive", {"master_sku": "PARENT", "units": 1}, "no_stock", "master_sku"),
    ],
)
def test_stock_command_that_makes_no_sense_is_refused(kind: str, change: dict[str, Any], code: str, field: str) -> None:
    """The refusal names the argument; no row is made on the way."""
    products = [{"master_sku": "MUG"}, {"master_sku": "PARENT", "type": "VIRTUAL_PRODUCT"}]
    wrong = refused(account(products=products, stock=[shelf(5)]), kind, **(PLACE | change))

    assert (wrong.code, wrong.field) == (code, field)


def test_unknown_master_sku_is_refused_with_the_nearest_one() -> None:
    """Errors carry the nearest valid value."""
    assert refused(account(), "stock.receive", master_sku="MGU", warehouse=1, units=1).nearest == "MUG"


# -- rules -----------------------------------------------------------------------------------------


def test_setting_a_rule_replaces_the_present_one() -> None:
    """50 % of 10, then at most 3, then all again."""
    world = account(stock=[shelf(10)], rules=[percent(50)])
    told(world)

    done(world, "rule.set", master_sku="MUG", sales_channel=SHOP, rule_type="MAX_ALLOCATION", value=3)
    assert told(world) == [(LISTING, 3)]
    done(world, "rule.clear", master_sku="MUG", sales_channel=SHOP)
    assert told(world) == [(LISTING, 10)]


def test_rule_touches_only_the_listings_it_concerns() -> None:
    """OM-ALLOC-01, 11: the outlet hears nothing of the shop's rule."""
    world = account(stock=[shelf(10)], **TWO_CHANNELS)
    told(world, channels=(SHOP, OUTLET))

    done(world, "rule.set", **percent(50))

    assert told(world, channels=(SHOP, OUTLET)) == [(LISTING, 5)]


def test_clearing_one_rule_leaves_the_others() -> None:
    """The rule of the outlet stays."""
    world = account(stock=[shelf(10)], rules=[percent(50), percent(20, sales_channel=OUTLET)], **TWO_CHANNELS)

    done(world, "rule.clear", master_sku="MUG", sales_channel=SHOP)

    assert (figure(world), figure(world, 601)) == (10, 2)


def test_clearing_a_rule_that_is_not_there_changes_nothing() -> None:
    """The wanted state is reached: that is no mistake."""
    world = account(stock=[shelf(10)])

    done(world, "rule.clear", master_sku="MUG", sales_channel=SHOP)

    assert figure(world) == 10


def test_edited_minimum_may_switch_the_regime_and_is_told() -> None:
    """Whatever caused the change: at a minimum of 10 the cap of 2 applies to the 10 units."""
    world = account(stock=[shelf(10)], rules=[percent(100, **at_minimum("MAX_ALLOCATION", 2))])
    told(world)

    done(world, "stock.set", **PLACE, minimum=10)

    assert told(world) == [(LISTING, 2)]


@pytest.mark.parametrize(
    ("kind", "change", "code", "field"),
    [
        ("rule.set", {"sales_channel": 11}, "unknown_sales_channel", "sales_channel"),
        ("rule.set", {"master_sku": "MGU"}, "unknown_master_sku", "master_sku"),
        ("rule.set", {"rule_type": "FIXED"}, "bad_rule", "rule_type"),
        ("rule.set", {"value": 101}, "bad_rule", "value"),
        ("rule.set", {"min_value": 1}, "bad_rule", "min_rule_type"),
        ("rule.clear", {"sales_channel": None}, "missing", "sales_channel"),
        ("rule.clear", {"master_sku": "MGU"}, "unknown_master_sku", "master_sku"),
    ],
)
def test_rule_command_that_makes_no_sense_is_refused(kind: str, change: dict[str, Any], code: str, field: str) -> None:
    """The present rule stays as it is."""
    world = account(stock=[shelf(10)], rules=[percent(50)])

    wrong = refused(world, kind, **(percent(20) | change))

    assert (wrong.code, wrong.field) == (code, field)


# -- exclusions ------------------------------------------------------------------------------------


def test_exclusion_replaces_and_an_empty_list_clears() -> None:
    """1 + 2 + 4 units: without the second 5, without the third 3, then all 7 again."""
    rows = [shelf(1), shelf(2, warehouse=2), shelf(4, warehouse=3)]
    for named in ({"master_sku": "MUG"}, {"sales_channel": SHOP}):
        world = account(warehouses=[house(1), house(2), house(3)], stock=rows)
        told(world)
        for closed, shown in (([2], 5), ([3], 3), ([], 7)):
            done(world, "exclusion.set", warehouses=closed, **named)
            assert told(world) == [(LISTING, shown)]


def test_exclusion_of_a_channel_is_told_to_that_channel_only() -> None:
    """OM-EXCL-02."""
    world = account(stock=[shelf(10)], **TWO_CHANNELS)
    told(world, channels=(SHOP, OUTLET))

    done(world, "exclusion.set", sales_channel=SHOP, warehouses=[1])

    assert told(world, channels=(SHOP, OUTLET)) == [(LISTING, 0)]


def test_exclusion_of_a_channel_keeps_what_else_is_closed_to_it() -> None:
    """An inactive warehouse stays closed when the exclusions are cleared."""
    world = account(warehouses=[house(1), house(2, active=False)], stock=[shelf(1), shelf(2, warehouse=2)])

    done(world, "exclusion.set", sales_channel=SHOP, warehouses=[1])
    done(world, "exclusion.set", sales_channel=SHOP, warehouses=[])

    assert figure(world) == 1


def test_exclusion_of_a_component_is_told_for_its_bundle_under_its_reading() -> None:
    """avail.bundle-exclusions=components-too: the bundle's listing goes to 0 with the component's."""
    products = [{"master_sku": "MUG"}, bundle("TEN", MUG=10)]
    parts: dict[str, Any] = {"products": products, "listings": [listing(), listing(502, "TEN")], "stock": [shelf(40)]}
    for how, rows in (("bundle-only", [(501, 0)]), ("components-too", [(501, 0), (502, 0)])):
        world = account({"avail.bundle-exclusions": how}, **parts)
        told(world)
        done(world, "exclusion.set", master_sku="MUG", warehouses=[1])
        assert told(world) == rows


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"warehouses": [1]}, "bad_exclusion", "master_sku"),
        ({"warehouses": [1], "master_sku": "MUG", "sales_channel": SHOP}, "bad_exclusion", "master_sku"),
        ({"warehouses": 1, "master_sku": "MUG"}, "bad_exclusion", "warehouses"),
        ({"warehouses": [1, 9], "master_sku": "MUG"}, "unknown_warehouse", "warehouse"),
        ({"master_sku": "MUG"}, "missing", "warehouses"),
        ({"warehouses": [], "master_sku": "MGU"}, "unknown_master_sku", "master_sku"),
        ({"warehouses": [], "sales_channel": 11}, "unknown_sales_channel", "sales_channel"),
    ],
)
def test_exclusion_that_makes_no_sense_is_refused(given: dict[str, Any], code: str, field: str) -> None:
    """It names either a product or a channel, and warehouses that exist."""
    wrong = refused(account(stock=[shelf(5)]), "exclusion.set", **given)

    assert (wrong.code, wrong.field) == (code, field)
