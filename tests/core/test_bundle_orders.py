"""Orders of bundles: prepackaged units, components, and what is freed and shipped of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.core.worlds import (
    account,
    bundle,
    buy,
    figure,
    held,
    house,
    listing,
    receive,
    shelf,
    shelves,
    status,
    with_order,
)

if TYPE_CHECKING:
    from mockserver.core.world import World

SET = 502
Place = tuple[str, int, str]


def kit(rows: list[dict[str, Any]], readings: dict[str, str] | None = None, **parts: Any) -> World:
    """A set of two cups and a pot; all three are listed."""
    order_manager = {
        "warehouses": [house(1), house(2)],
        "products": [{"master_sku": "CUP"}, {"master_sku": "POT"}, bundle(CUP=2, POT=1)],
        "listings": [listing(SET, "SET"), listing(503, "CUP"), listing(504, "POT")],
        **parts,
    }
    return account(readings, stock=rows, **order_manager)


PARTS_FOR_TWO = [shelf(4, "CUP"), shelf(2, "POT")]
EVERYWHERE = [shelf(1, "SET"), *PARTS_FOR_TWO, shelf(5, "SET", 2)]


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        (
            "prepackaged-per-warehouse",
            {("SET", 1, ""): 1, ("CUP", 1, ""): 4, ("POT", 1, ""): 2, ("SET", 2, ""): 1},
        ),
        ("prepackaged-everywhere-first", {("SET", 1, ""): 1, ("SET", 2, ""): 3}),
        (
            "components-first",
            {("CUP", 1, ""): 4, ("POT", 1, ""): 2, ("SET", 1, ""): 1, ("SET", 2, ""): 1},
        ),
    ],
)
def test_order_of_a_bundle_draws_as_the_reading_says(how: str, wanted: dict[Place, int]) -> None:
    """orders.bundle-draw: 4 sets of 1 ready and parts for 2 here, 5 ready there."""
    world = kit(EVERYWHERE, {"orders.bundle-draw": how})

    buy(world, "1", ("SET", 4))

    assert held(world, "1") == wanted


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ("prepackaged-per-warehouse", {("SET", 1, ""): 1}),
        ("prepackaged-everywhere-first", {("SET", 1, ""): 1}),
        ("components-first", {("CUP", 1, ""): 2, ("POT", 1, ""): 1}),
    ],
)
def test_one_bundle_is_taken_ready_packed_unless_components_come_first(how: str, wanted: dict[Place, int]) -> None:
    """orders.bundle-draw: one set of the same stock."""
    world = kit(EVERYWHERE, {"orders.bundle-draw": how})

    buy(world, "1", ("SET", 1))

    assert held(world, "1") == wanted


def test_components_of_one_bundle_come_from_one_warehouse() -> None:
    """OM-AVAIL-05: cups here and pots there serve no order; once both lie in one place they do."""
    world = kit([shelf(4, "CUP"), shelf(4, "POT", 2)])
    buy(world, "1", ("SET", 1))
    assert held(world, "1") == {}

    receive(world, 2, "CUP", 2)

    assert held(world, "1") == {("CUP", 2, ""): 2, ("POT", 2, ""): 1}


def test_several_bundles_may_come_from_several_warehouses() -> None:
    """2 are made up here and 1 there."""
    world = kit([*PARTS_FOR_TWO, shelf(3, "CUP", 2), shelf(9, "POT", 2)])

    buy(world, "1", ("SET", 3))

    assert held(world, "1") == {("CUP", 1, ""): 4, ("POT", 1, ""): 2, ("CUP", 2, ""): 2, ("POT", 2, ""): 1}


@pytest.mark.parametrize("how", ["prepackaged-per-warehouse", "prepackaged-everywhere-first", "components-first"])
def test_warehouse_without_component_inventory_serves_only_prepackaged_units(how: str) -> None:
    """OM-AVAIL-05, the switch: the order of 2 waits though there are parts."""
    houses = [house(1, use_component_inventory=False)]
    world = kit([shelf(1, "SET"), shelf(8, "CUP"), shelf(8, "POT")], {"orders.bundle-draw": how}, warehouses=houses)

    buy(world, "1", ("SET", 2))
    buy(world, "2", ("SET", 1))

    assert (held(world, "1"), held(world, "2")) == ({}, {("SET", 1, ""): 1})


def test_order_of_a_bundle_lowers_the_figure_of_its_components() -> None:
    """OM-AVAIL-05: 6 cups less 2 for one set are 4, which with 2 pots make 2 sets."""
    world = kit([shelf(6, "CUP"), shelf(3, "POT")])

    buy(world, "1", ("SET", 1))

    assert [figure(world, each) for each in (SET, 503, 504)] == [2, 4, 2]


def test_order_of_a_component_lowers_the_figure_of_its_bundle() -> None:
    """OM-AVAIL-05: 6 cups less 3 sold by themselves make 1 set."""
    world = kit([shelf(6, "CUP"), shelf(3, "POT")])

    buy(world, "1", ("CUP", 3))

    assert figure(world, SET) == 1


def test_bundle_and_its_component_in_one_order_take_different_units() -> None:
    """4 cups serve one set and two cups, not one set and three cups."""
    world = kit([shelf(4, "CUP"), shelf(1, "POT")])

    buy(world, "1", ("SET", 1), ("CUP", 3))
    buy(world, "2", ("SET", 1), ("CUP", 2))

    assert (held(world, "1"), held(world, "2")) == ({}, {("CUP", 1, ""): 4, ("POT", 1, ""): 1})


@pytest.mark.parametrize(
    ("how", "wanted"), [("bundle-only", {("CUP", 1, ""): 2, ("POT", 1, ""): 1}), ("components-too", {})]
)
def test_exclusion_of_a_component_closes_the_warehouse_only_under_its_reading(
    how: str, wanted: dict[Place, int]
) -> None:
    """avail.bundle-exclusions: by default only the bundle's own exclusions apply to orders of bundles."""
    products = [{"master_sku": "CUP", "excluded_warehouses": [1]}, {"master_sku": "POT"}, bundle(CUP=2, POT=1)]
    world = kit(PARTS_FOR_TWO, {"avail.bundle-exclusions": how}, products=products)

    buy(world, "1", ("SET", 1))

    assert held(world, "1") == wanted


def test_waiting_order_of_a_bundle_is_served_when_a_component_arrives() -> None:
    """The pot that was missing comes, and the order goes through."""
    world = kit([shelf(2, "CUP")])
    buy(world, "1", ("SET", 1))
    assert status(world, "1") == "OUT_OF_STOCK"

    receive(world, 1, "POT")

    assert (status(world, "1"), figure(world, 503)) == ("AWAITING_SHIPMENT", 0)


def test_strict_fifo_keeps_the_bundles_that_can_be_made_up() -> None:
    """OM-AVAIL-06: of 3 sets 2 can be made up; their parts are kept, the fifth cup stays free."""
    world = kit([shelf(5, "CUP"), shelf(2, "POT")], warehouses=[house(1, strict_fifo=True)])

    buy(world, "1", ("SET", 3))

    assert held(world, "1") == {("CUP", 1, ""): 4, ("POT", 1, ""): 2}
    assert figure(world, 503) == 1


def test_cancelled_bundles_free_their_components_newest_first() -> None:
    """OM-AVAIL-08: of 3 sets over two locations one is given up: the last two cups drawn and one pot."""
    world = kit([shelf(4, "CUP", location="A"), shelf(4, "CUP", location="B"), shelf(5, "POT")])
    buy(world, "1", ("SET", 3))
    assert held(world, "1") == {("CUP", 1, "A"): 4, ("CUP", 1, "B"): 2, ("POT", 1, ""): 3}

    with_order(world, "cancel", "1", ("SET", 1))

    assert held(world, "1") == {("CUP", 1, "A"): 4, ("POT", 1, ""): 2}
    assert [figure(world, each) for each in (SET, 503, 504)] == [2, 4, 3]


def test_shipped_bundles_take_their_components_off_the_shelf_oldest_first() -> None:
    """OM-AVAIL-08: one of 3 sets goes out: 2 cups of the first location and a pot, on hand and allocated together."""
    world = kit([shelf(4, "CUP", location="A"), shelf(4, "CUP", location="B"), shelf(5, "POT")])
    buy(world, "1", ("SET", 3))
    before = [figure(world, each) for each in (SET, 503, 504)]

    with_order(world, "ship", "1", ("SET", 1))

    assert shelves(world, "CUP") == {(1, "A"): (2, 2), (1, "B"): (4, 2)}
    assert shelves(world, "POT") == {(1, ""): (4, 2)}
    assert [figure(world, each) for each in (SET, 503, 504)] == before


def test_order_of_ready_and_made_up_bundles_ships_the_ready_ones_first() -> None:
    """Shipping sends what was drawn first, cancelling gives up what was drawn last."""
    world = kit([shelf(1, "SET"), *PARTS_FOR_TWO])
    buy(world, "1", ("SET", 3))

    with_order(world, "ship", "1", ("SET", 1))
    assert held(world, "1") == {("CUP", 1, ""): 4, ("POT", 1, ""): 2}
    with_order(world, "cancel", "1", ("SET", 1))
    assert held(world, "1") == {("CUP", 1, ""): 2, ("POT", 1, ""): 1}
    with_order(world, "ship", "1")
    assert (held(world, "1"), status(world, "1")) == ({}, "SHIPPED")
