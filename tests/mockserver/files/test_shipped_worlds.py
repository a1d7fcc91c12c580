"""The worlds that are shipped: valid, with the figures that their comments promise."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver import resources
from mockserver.files import yaml_tree
from mockserver.files.world_file import build_world, check_world, load_world

SHIPPED = sorted(path.stem for path in (resources.fixtures_dir() / "worlds").iterdir())


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_world_is_valid_and_can_be_built(name: str) -> None:
    """Every fixture world fits its schema and its parts agree."""
    document = load_world(name)

    built = build_world(document, source=name)

    check_world(built.to_document(), source=f"{name}, written out again")


EXAMPLE = """
warehouses: {id: 1, name: East, type: DIRECT_FULFILLMENT, strict_fifo: false, use_component_inventory: true}
sales_channels: {id: 5394, name: Marketplacer AU, excluded_warehouses: [3]}
products: {id: 681563, master_sku: TEE-BLUE-S, type: CORE_PRODUCT, excluded_warehouses: []}
stock:
  {master_sku: TEE-BLUE-S, warehouse: 1, location: A-01, on_hand: 20, locked: 2, minimum: 5,
   pickable: true, active: true, draw_rank: 1}
listings:
  {id: 501, listing_sku: TEE-BLUE-S-MP, master_sku: TEE-BLUE-S, sales_channel: 5394, active: true, push_inventory: true}
rules:
  {master_sku: TEE-BLUE-S, sales_channel: 5394, rule_type: PERCENT_OF_AVAILABLE, value: 50,
   min_rule_type: MAX_ALLOCATION, min_value: 2}
tokens: {token: om-demo-token}
apps: {app_key: demo-app, app_secret: demo-app-secret}
sellers: {id: 2, name: Member, api_key: mp-member-key}
variants: {id: 1, advert_id: 10, sku: TEE-BLUE-S-MP, label: Blue / Small, price: "500", multi_store_owner: 1}
inventories:
  {id: 1, variant: 1, seller: 1, count_on_hand: 10, price: "500", sale_price: "450", infinite: false,
   fulfilment_provider: ""}
"""


def test_demo_world_holds_the_items_of_the_documented_example() -> None:
    """The documentation shows these items; the demo world has each of them, with these values at least."""
    example = yaml_tree.parse(EXAMPLE)
    document = load_world("demo")
    sections = {**document["order_manager"], **document["marketplacer"]}

    for section, item in example.items():
        assert any(item.items() <= row.items() for row in sections[section]), section
    bundle = next(row for row in sections["products"] if row["master_sku"] == "TEE-PACK")
    assert bundle["components"] == [{"master_sku": "TEE-BLUE-S", "quantity": 3}]
    assert document["links"] == [{"sales_channel": 5394, "seller": 1}]


# Worked out by hand from requirements OM-ALLOC, OM-AVAIL and OM-EXCL; the comments in the file say how.
DEMO_FIGURES = {
    "TEE-BLUE-S-MP": 9,
    "TEE-BLUE-M-MP": 35,
    "TEE-RED-L-MP": 4,
    "MUG-WHITE-MP": 4,
    "MUG-BLACK-MP": 25,
    "TEAPOT-MP": 50,
    "LAMP-OAK-MP": 8,
    "TEE-PACK-MP": 6,
    "GIFT-SET-MP": 23,
    "POSTER-A2-MP": 0,
    "NOTEBOOK-A5-MP": 2,
    "CHAIR-ASH-MP": 0,
    "tee-blue-s": 18,
    "teapot": 100,
    "chair-ash": 15,
    "AMZ-TEE-BLUE-S": 14,
    "AMZ-TEE-BLUE-S-OLD": 14,
}


def test_demo_listings_show_the_figures_that_the_comments_promise() -> None:
    """The numbers in the file's comments are what the engine computes."""
    built = build_world(load_world("demo"), source="demo")

    figures = {listing.listing_sku: built.figure(listing) for listing in built.listings.values()}

    assert {sku: figures[sku] for sku in DEMO_FIGURES} == DEMO_FIGURES


def test_demo_variants_join_the_listings_of_the_linked_channel() -> None:
    """Marketplacer SKUs and listing SKUs of the linked channel join exactly, but for the stranger's."""
    document = load_world("demo")
    listings = {row["listing_sku"] for row in document["order_manager"]["listings"] if row["sales_channel"] == 5394}
    variants = {row["sku"] for row in document["marketplacer"]["variants"] if 4 not in (row.get("seller"), None)}

    assert variants - {"ELSEWHERE-1"} <= listings


def test_demo_orders_keep_their_state_when_the_world_is_built() -> None:
    """One order holds its units, one waits and holds nothing, one waits in a strict warehouse and keeps two units."""
    orders = build_world(load_world("demo"), source="demo").to_document()["order_manager"]["orders"]

    held = {order["order_number"]: sum(each["units"] for each in order["allocations"]) for order in orders}
    assert held == {"WEB-1001": 4, "WEB-1002": 0, "AMZ-7001": 2}


def test_seed_world_gives_the_three_examples_of_the_inventory_page() -> None:
    """MP-INV-01 to 09: the read, the owner's write and the member's write hold one after the other in one world."""
    built = build_world(load_world("seed-004"), source="seed-004")
    variant = built.marketplace.variants[1]
    first = {"price": "500", "sale_price": "450", "infinite": False, "fulfilment_provider": "fulfilment_provider"}
    second = {"price": None, "sale_price": None, "infinite": False, "fulfilment_provider": ""}

    def inventories() -> list[dict[str, Any]]:
        rows = built.to_document()["marketplacer"]["inventories"]
        return [{key: value for key, value in row.items() if key != "variant"} for row in rows]

    assert inventories() == [{"id": 1, "seller": 1, "count_on_hand": 10, **first}]

    built.marketplace.put(
        variant,
        4,
        [
            {"count_on_hand": 10, "price": 500, "sale_price": 450, "seller_id": 1, "fulfilment_provider": "fulfilio"},
            {"count_on_hand": 15, "seller_id": 2},
            {"infinite": True, "seller_id": 3},
        ],
    )
    others = [
        {"id": 2, "seller": 2, "count_on_hand": 15, **second},
        {"id": 3, "seller": 3, "count_on_hand": 0, **second, "infinite": True},
    ]
    assert inventories() == [
        {"id": 1, "seller": 1, "count_on_hand": 10, **first, "fulfilment_provider": "fulfilio"},
        *others,
    ]

    member = {"count_on_hand": 22, "price": 27.38, "sale_price": 21.99, "infinite": False}
    built.marketplace.put(variant, 1, [{**member, "fulfilment_provider": "fulfilment_provider"}])
    own = {"id": 1, "seller": 1, "count_on_hand": 22, **first, "price": "27.38", "sale_price": "21.99"}
    assert inventories() == [own, *others]
