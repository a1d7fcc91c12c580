"""Units that are free: OM-AVAIL-01 to 05, OM-EXCL-01 to 03 and the readings of availability."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.core.world import World
from tests.core.worlds import OUTLET, SHOP, account, bundle, figure, house, listing, percent, shelf

SET = 502
BOTH = [{"id": SHOP, "name": "Shop"}, {"id": OUTLET, "name": "Outlet"}]


def test_available_is_on_hand_less_locked_less_allocated() -> None:
    """OM-AVAIL-01, 02: 20 - 2 - 3 = 15."""
    assert figure(account(stock=[shelf(20, locked=2, allocated=3)])) == 15


def test_units_of_all_locations_and_warehouses_add_up() -> None:
    """OM-AVAIL-01: 4 + 5 in one warehouse and 6 in another make 15."""
    rows = [shelf(4, location="A"), shelf(5, location="B"), shelf(6, warehouse=2)]

    assert figure(account(warehouses=[house(1), house(2)], stock=rows)) == 15


@pytest.mark.parametrize("flag", ["pickable", "active"])
def test_location_that_is_closed_counts_nothing(flag: str) -> None:
    """OM-AVAIL-03: neither a location that is not pickable nor one that is deactivated is told to a channel."""
    rows = [shelf(4, location="A"), shelf(100, location="B", **{flag: False})]

    assert figure(account(stock=rows)) == 4


def test_location_that_is_not_receivable_counts() -> None:
    """Receiving and picking are two flags: what cannot be received may still be sold."""
    assert figure(account(stock=[shelf(4, receivable=False)])) == 4


def test_units_in_transit_are_never_available() -> None:
    """OM-AVAIL-04."""
    assert figure(account(stock=[shelf(4, in_transit=100)])) == 4


def test_inactive_warehouse_counts_nothing() -> None:
    """Nobody may draw from a warehouse that is not active."""
    world = account(warehouses=[house(1), house(2, active=False)], stock=[shelf(4), shelf(9, warehouse=2)])

    assert figure(world) == 4


def test_product_without_any_stock_row_shows_nothing() -> None:
    """No row is no units, not an error."""
    assert figure(account()) == 0


# -- exclusions ------------------------------------------------------------------------------------


def test_warehouse_excluded_for_the_product_is_left_out() -> None:
    """OM-EXCL-01: 50 + 50 + 50 with one excluded shows 100."""
    world = account(
        warehouses=[house(1), house(2), house(3)],
        products=[{"master_sku": "MUG", "excluded_warehouses": [3]}],
        stock=[shelf(50), shelf(50, warehouse=2), shelf(50, warehouse=3)],
    )

    assert figure(world) == 100


def test_warehouse_excluded_for_a_channel_is_left_out_there_only() -> None:
    """OM-EXCL-02: 50 + 50, one excluded for the shop: 50 in the shop, 100 in the outlet."""
    world = account(
        warehouses=[house(1), house(2)],
        sales_channels=[{"id": SHOP, "name": "Shop", "excluded_warehouses": [2]}, BOTH[1]],
        stock=[shelf(50), shelf(50, warehouse=2)],
        listings=[listing(), listing(601, channel=OUTLET)],
    )

    assert (figure(world), figure(world, 601)) == (50, 100)


def test_both_exclusions_apply_together_and_before_the_rule() -> None:
    """OM-EXCL-03: of 10 + 20 + 40 only 10 remain; 50 % of 10 is 5."""
    world = account(
        warehouses=[house(1), house(2), house(3)],
        sales_channels=[{"id": SHOP, "name": "Shop", "excluded_warehouses": [2]}],
        products=[{"master_sku": "MUG", "excluded_warehouses": [3]}],
        stock=[shelf(10), shelf(20, warehouse=2), shelf(40, warehouse=3)],
        rules=[percent(50)],
    )

    assert figure(world) == 5


# -- debts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("how", "shown"), [("sum-then-clamp", 2), ("clamp-per-warehouse", 5), ("published", 2)])
def test_debt_of_one_warehouse_uses_up_stock_of_another(how: str, shown: int) -> None:
    """alloc.negative-available: -3 and 5 sum to 2; clamped warehouse by warehouse they are 0 and 5."""
    world = indebted(how, 5)

    assert figure(world) == shown


@pytest.mark.parametrize(("how", "shown"), [("sum-then-clamp", 0), ("clamp-per-warehouse", 1), ("published", -2)])
def test_debt_that_is_larger_than_the_stock_shows_nothing(how: str, shown: int) -> None:
    """alloc.negative-available: -3 and 1 sum to -2, which shows as 0 unless it is published."""
    assert figure(indebted(how, 1)) == shown


def indebted(how: str, units: int) -> World:
    rows = [shelf(1, locked=4), shelf(units, warehouse=2)]
    return account({"alloc.negative-available": how}, warehouses=[house(1), house(2)], stock=rows)


# -- warehouses of a channel's own -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "reading", "own", "other"),
    [
        ("FBA", {}, 12, 5),
        ("FBA", {"alloc.fba-stock": "shared"}, 12, 12),
        ("WFS", {}, 12, 12),
        ("WFS", {"alloc.wfs-stock": "own-channel-only"}, 12, 5),
        ("THIRD_PARTY_LOGISTICS", {}, 12, 12),
    ],
)
def test_own_fulfilment_counts_for_its_channel_only_as_the_reading_says(
    kind: str, reading: dict[str, str], own: int, other: int
) -> None:
    """alloc.fba-stock is out for other channels by default, alloc.wfs-stock is in: 5 of ours and 7 there."""
    world = account(
        reading,
        warehouses=[house(1), house(2, type=kind, sales_channel=SHOP)],
        sales_channels=BOTH,
        stock=[shelf(5), shelf(7, warehouse=2)],
        listings=[listing(), listing(601, channel=OUTLET)],
    )

    assert (figure(world), figure(world, 601)) == (own, other)


# -- bundles ---------------------------------------------------------------------------------------


def kit(rows: list[dict[str, Any]], readings: dict[str, str] | None = None, **parts: Any) -> World:
    """A set of two cups and a pot, one listing."""
    order_manager = {
        "warehouses": [house(1), house(2)],
        "products": [{"master_sku": "CUP"}, {"master_sku": "POT"}, bundle(CUP=2, POT=1)],
        "listings": [listing(SET, "SET")],
        **parts,
    }
    return account(readings, stock=rows, **order_manager)


def test_scarcest_component_limits_a_bundle() -> None:
    """OM-AVAIL-05: 9 cups make 4 pairs, 3 pots make 3 sets."""
    assert figure(kit([shelf(9, "CUP"), shelf(3, "POT")]), SET) == 3


def test_missing_component_leaves_no_bundle() -> None:
    """OM-AVAIL-05: without pots there is no set, however many cups there are."""
    assert figure(kit([shelf(90, "CUP")]), SET) == 0


def test_components_of_two_warehouses_do_not_combine() -> None:
    """OM-AVAIL-05: cups here and pots there make nothing; 2 sets here and 1 there make 3."""
    apart = [shelf(10, "CUP"), shelf(10, "POT", 2)]
    both = [shelf(4, "CUP"), shelf(5, "POT"), shelf(3, "CUP", 2), shelf(5, "POT", 2)]

    assert figure(kit(apart), SET) == 0
    assert figure(kit(both), SET) == 3


def test_prepackaged_units_are_added_to_what_can_be_made_up() -> None:
    """OM-AVAIL-05: 4 ready sets and parts for 2 more."""
    assert figure(kit([shelf(4, "SET"), shelf(4, "CUP"), shelf(2, "POT")]), SET) == 6


def test_warehouse_without_component_inventory_counts_only_prepackaged_units() -> None:
    """OM-AVAIL-05, the switch: 1 ready set here (its parts do not count), parts for 2 in the other warehouse."""
    rows = [shelf(1, "SET"), shelf(8, "CUP"), shelf(8, "POT"), shelf(4, "CUP", 2), shelf(2, "POT", 2)]
    houses = [house(1, use_component_inventory=False), house(2)]

    assert figure(kit(rows, warehouses=houses), SET) == 3


def test_locked_allocated_and_unpickable_units_of_a_component_make_no_bundle() -> None:
    """OM-AVAIL-01, 03 hold for components: of 20 cups 7 are free, which make 3 sets."""
    rows = [
        shelf(12, "CUP", locked=4, allocated=1),
        shelf(8, "CUP", location="BIN", pickable=False),
        shelf(9, "POT"),
    ]

    assert figure(kit(rows), SET) == 3


def test_component_in_debt_makes_no_negative_bundles() -> None:
    """3 ready sets stay 3 when more cups are owed than there are."""
    assert figure(kit([shelf(3, "SET"), shelf(1, "CUP", locked=9), shelf(5, "POT")]), SET) == 3


def test_component_in_an_excluded_warehouse_makes_no_bundle_for_that_channel() -> None:
    """OM-EXCL-02 closes the warehouse for bundles too."""
    channels = [{"id": SHOP, "name": "Shop", "excluded_warehouses": [1]}]

    assert figure(kit([shelf(8, "CUP"), shelf(8, "POT")], sales_channels=channels), SET) == 0


@pytest.mark.parametrize(("how", "shown"), [("bundle-only", 4), ("components-too", 0)])
def test_exclusion_of_a_component_closes_the_warehouse_only_under_its_reading(how: str, shown: int) -> None:
    """avail.bundle-exclusions: by default only the bundle's own exclusions and the channel's count."""
    products = [{"master_sku": "CUP", "excluded_warehouses": [1]}, {"master_sku": "POT"}, bundle(CUP=2, POT=1)]
    world = kit([shelf(8, "CUP"), shelf(8, "POT")], {"avail.bundle-exclusions": how}, products=products)

    assert figure(world, SET) == shown


@pytest.mark.parametrize("how", ["bundle-only", "components-too"])
def test_own_exclusion_of_a_bundle_closes_the_warehouse(how: str) -> None:
    """OM-EXCL-01 on the bundle itself, under either reading; its components' own listings do not mind."""
    products = [{"master_sku": "CUP"}, {"master_sku": "POT"}, bundle(CUP=2, POT=1) | {"excluded_warehouses": [1]}]
    listings = [listing(SET, "SET"), listing(503, "CUP")]
    rows = [shelf(8, "CUP"), shelf(8, "POT"), shelf(5, "SET")]
    world = kit(rows, {"avail.bundle-exclusions": how}, products=products, listings=listings)

    assert (figure(world, SET), figure(world, 503)) == (0, 8)


def test_ten_pack_is_a_bundle_of_one_component() -> None:
    """OM-ALLOC-12: a listing has no multiplier, so 47 mugs are 4 ten-packs."""
    products = [{"master_sku": "MUG"}, bundle("TEN", MUG=10)]
    world = account(products=products, stock=[shelf(47)], listings=[listing(), listing(SET, "TEN")])

    assert (figure(world), figure(world, SET)) == (47, 4)
