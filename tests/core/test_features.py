"""What a world makes use of: found in its file, and added by commands."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.shops import ALICE, ALICES, MULTI, marketplace
from tests.core.worlds import (
    SHOP,
    Document,
    account,
    at_minimum,
    bundle,
    cap,
    done,
    house,
    listing,
    order,
    percent,
    refused,
    shelf,
)

PLAIN = {"direct_fulfillment-warehouses"}
IN_FILES: list[tuple[Document, set[str]]] = [
    ({"stock": [shelf(5)]}, set()),
    ({"stock": [shelf(5, locked=1)]}, {"locked"}),
    ({"stock": [shelf(5, allocated=1)]}, {"orders"}),
    ({"stock": [shelf(5, locked=6)]}, {"locked", "debts"}),
    ({"stock": [shelf(-1)]}, {"debts"}),
    ({"stock": [shelf(5, pickable=False)]}, {"closed-locations"}),
    ({"warehouses": [house(1), house(2, type="FBA", sales_channel=SHOP)]}, {"fba-warehouses"}),
    ({"products": [{"master_sku": "MUG", "active": False}]}, {"inactive-products"}),
    ({"products": [{"master_sku": "MUG", "allow_backorders": True}]}, {"backorders"}),
    ({"products": [{"master_sku": "MUG", "excluded_warehouses": [1]}]}, {"product-exclusions"}),
    ({"products": [{"master_sku": "MUG"}, bundle(MUG=2)]}, {"bundles"}),
    ({"products": [{"master_sku": "MUG"}, {"master_sku": "P", "type": "VIRTUAL_PRODUCT"}]}, {"variation-parents"}),
    ({"sales_channels": [{"id": SHOP, "name": "S", "excluded_warehouses": [1]}]}, {"channel-exclusions"}),
    ({"sales_channels": [{"id": SHOP, "name": "S", "active": False}]}, {"inactive-channels"}),
    ({"listings": [listing(), listing(502, listing_sku="MUG-2")]}, {"shared-channels"}),
    ({"listings": [listing(active=False)]}, {"inactive-listings"}),
    ({"listings": [listing(push_inventory=False)]}, {"push-off"}),
    ({"listings": [listing(fn_sku="X001")]}, {"fba-listings"}),
    ({"rules": [percent(10)]}, {"rules", "percentages", "lone-rules"}),
    ({"rules": [cap(3, **at_minimum("PERCENT_OF_AVAILABLE", 1))]}, {"rules", "caps", "percentages", "minimum-pairs"}),
    (
        {"rules": [{"sales_channel": SHOP, "rule_type": "MAX_ALLOCATION", "value": 1}]},
        {"channel-rules", "rules", "caps", "lone-rules"},
    ),
    ({"stock": [shelf(5)], "orders": [order("1", ("MUG", 1))]}, {"orders"}),
]


@pytest.mark.parametrize(("parts", "features"), IN_FILES, ids=[" ".join(sorted(row[1])) for row in IN_FILES])
def test_features_are_found_in_the_world_file(parts: Document, features: set[str]) -> None:
    """What is not there need not be claimed."""
    assert account(**parts).features - PLAIN == features - PLAIN


COMMANDS: list[tuple[str, dict[str, Any], set[str]]] = [
    ("stock.receive", {"units": 3}, set()),
    ("stock.set", {"on_hand": 3}, {"debts"}),
    ("stock.set", {"locked": 3}, {"locked", "debts"}),
    ("stock.set", {"minimum": 3}, set()),
    ("stock.set", {"pickable": False}, {"closed-locations"}),
    ("stock.set", {"active": True}, {"closed-locations"}),
]


@pytest.mark.parametrize(("kind", "given", "features"), COMMANDS)
def test_stock_command_adds_what_it_may_bring(kind: str, given: dict[str, Any], features: set[str]) -> None:
    """On hand set below what is promised is a debt."""
    world = account(stock=[shelf(5)])

    done(world, kind, master_sku="MUG", warehouse=1, **given)

    assert world.features == PLAIN | features


@pytest.mark.parametrize(
    ("kind", "given", "features"),
    [
        ("rule.set", percent(10), {"rules", "percentages", "lone-rules"}),
        ("rule.set", cap(1, **at_minimum("MAX_ALLOCATION", 1)), {"rules", "caps", "minimum-pairs"}),
        (
            "rule.set",
            {"sales_channel": SHOP, "rule_type": "MAX_ALLOCATION", "value": 1},
            {"rules", "caps", "lone-rules", "channel-rules"},
        ),
        ("rule.clear", {"sales_channel": SHOP}, set()),
        ("exclusion.set", {"sales_channel": SHOP, "warehouses": [1]}, {"channel-exclusions"}),
        ("exclusion.set", {"master_sku": "MUG", "warehouses": [1]}, {"product-exclusions"}),
        ("listing.set", {"listing_sku": "MUG-L", "sales_channel": SHOP, "active": False}, {"inactive-listings"}),
        ("listing.set", {"listing_sku": "MUG-L", "sales_channel": SHOP, "push_inventory": False}, {"push-off"}),
        ("listing.set", {"listing_sku": "B", "sales_channel": SHOP, "master_sku": "MUG"}, {"shared-channels"}),
        ("order.create", order("1", ("MUG", 1)), {"orders"}),
        ("clock.advance", {"by": "PT1S"}, set()),
    ],
)
def test_command_adds_what_it_may_bring(kind: str, given: dict[str, Any], features: set[str]) -> None:
    """Found by looking at the command, not at the world."""
    world = account(stock=[shelf(5)])

    done(world, kind, **given)

    assert world.features == PLAIN | features


def test_sale_brings_orders() -> None:
    """Through a link it becomes one."""
    links = [{"sales_channel": SHOP, "seller": ALICE}]
    world = account(marketplacer=marketplace(ALICES), links=links)

    done(world, "marketplace.sell", variant=MULTI, seller=ALICE, quantity=1)

    assert "orders" in world.features


def test_refused_command_adds_nothing() -> None:
    """It changed nothing."""
    world = account(stock=[shelf(5)])

    refused(world, "rule.set", **percent(101))

    assert world.features == PLAIN
