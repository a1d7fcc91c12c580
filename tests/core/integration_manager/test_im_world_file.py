"""Integration Manager in a world file: what is written is read again, and what contradicts itself is told."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.core.errors import InvalidWorld
from mockserver.files.world_file import check_world
from tests.core.integration_manager.merchants import (
    at,
    both,
    merchant,
    order_manager_cart,
    report,
    sell,
    seller_cart,
    two_carts,
    written,
)
from tests.core.worlds import buy, loaded, reloaded, shelf


def test_a_world_without_merchants_has_an_empty_part():
    """Nothing is made up."""
    world = loaded({"format": "stockproof/world/1"})

    assert {} == world.to_document()["integration_manager"]


def test_what_is_written_gives_the_same_world_again():
    """Settings, levels with their instants and known orders; the file follows its schema."""
    world = merchant(
        [
            seller_cart("x", 1, "PT90M", order_download="PT5M", minimum_level=3, full_sync=True),
            seller_cart("y", 2, "automatic", automatic_delay="PT2M", sync_with_warehouse="B"),
            order_manager_cart("W1", schedule="P1D"),
        ],
        warehouses=("A", "B", {"name": "C", "active": False}, {"name": "Shop", "sales_channel": 10}),
        order_manager={"stock": [shelf(20)]},
        order_delivery="PT7M",
        inventory_download="PT2H",
    )
    report(world, 20.5)
    report(world, 3, warehouse="B", as_of="2026-01-05T08:00:00Z")
    sell(world, 2)
    buy(world, "1001", ("MUG", 3))
    at(world, "12:00")

    document = world.to_document()

    check_world(document, source="world")
    assert document == reloaded(world).to_document()
    assert 2 == len(document["integration_manager"]["merchants"][0]["orders"])


def test_numbers_are_the_same_after_writing_and_reading():
    """An order of the instant of a report stays after it, and one before stays before: 20 - 3."""
    world = two_carts()
    sell(world, 5)
    report(world, 20)
    sell(world, 3)
    again = reloaded(world)
    at(again, "10:00")

    assert (17, 17) == both(again)


def test_levels_of_a_file_are_new_to_every_cart():
    """The first sync sends them, one period after the start."""
    carts = [seller_cart("x", 1), seller_cart("y", 2, "automatic")]
    world = merchant(carts, warehouses=({"name": "A", "levels": [{"sku": "MUG", "quantity": 9}]},))
    at(world, "09:01")
    first = both(world)
    at(world, "10:00")

    assert ((50, 9), (9, 9)) == (first, both(world))


def cart_with(**change: Any) -> dict:
    return written([seller_cart() | change])


@pytest.mark.parametrize(
    ("document", "path", "near"),
    [
        (cart_with(seller=9), "carts[0].seller", "2"),
        (cart_with(warehouse_name="W1"), "carts[0].warehouse_name", None),
        (cart_with(sync_with_warehouse="AA"), "carts[0].sync_with_warehouse", "A"),
        (cart_with(schedule="PT30S"), "carts[0].schedule", "PT1M"),
        (cart_with(schedule="soon"), "carts[0].schedule", None),
        (cart_with(order_download="PT0S"), "carts[0].order_download", "PT1M"),
        (cart_with(automatic_delay="x"), "carts[0].automatic_delay", None),
        (written([order_manager_cart("W11")]), "carts[0].warehouse_name", "W1"),
        (written([order_manager_cart() | {"seller": 1}]), "carts[0].seller", None),
        (written([seller_cart(), seller_cart()]), "carts[1].name", None),
        (written([], warehouses=("A", "A")), "warehouses[1].name", None),
        (written([], warehouses=({"name": "A", "sales_channel": 11},)), "warehouses[0].sales_channel", "10"),
        (
            written(
                [], warehouses=({"name": "A", "levels": [{"sku": "M", "quantity": 1}, {"sku": "M", "quantity": 1}]},)
            ),
            "warehouses[0].levels[1].sku",
            None,
        ),
        (written([], orders=[{"cart": "x", "order_number": "1", "lines": []}]), "orders[0].cart", None),
        (
            written([seller_cart()], orders=[{"cart": "x", "order_number": "1", "loaded_at": "x", "lines": []}]),
            "orders[0].loaded_at",
            None,
        ),
    ],
)
def test_a_contradiction_is_told_with_its_place(document: dict, path: str, near: str | None):
    """Every problem has a path, and the nearest valid value where there is one."""
    with pytest.raises(InvalidWorld) as caught:
        loaded(document)

    problem = caught.value.problems[0]
    assert f"integration_manager.merchants[0].{path}" == problem.path
    assert near == problem.nearest


def test_two_merchants_of_one_name_are_refused():
    """A report names its merchant by name alone."""
    document = written([])
    document["integration_manager"]["merchants"] *= 2

    with pytest.raises(InvalidWorld, match="stands here twice"):
        loaded(document)


def test_two_warehouses_of_one_name_cannot_be_meant():
    """The connection knows the warehouse by its name."""
    houses = [{"id": 1, "name": "W1"}, {"id": 2, "name": "W1"}]

    with pytest.raises(InvalidWorld, match="several warehouses"):
        loaded(written([order_manager_cart("W1")], order_manager={"warehouses": houses}))
