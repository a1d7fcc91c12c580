"""Invoices in the core: what a sale costs, what is left to send, and the way through a world file."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.core.shops import ALICE, ALICES, MULTI, SINGLE, STRANGER, market, marketplace
from tests.core.worlds import account, done, refused, reloaded

SALE = {"variant": MULTI, "seller": ALICE, "quantity": 4}


@pytest.mark.parametrize(
    ("own", "price"),
    [
        ({"price": "500", "sale_price": "450"}, "450"),
        ({"price": "480"}, "480"),
        ({}, "500"),
    ],
)
def test_the_price_is_the_sellers_own_else_the_variants(own: dict[str, Any], price: str) -> None:
    """A record without a price leaves the variant's in force; what is on sale costs the sale price."""
    world = market(None, {"variant": MULTI, "seller": ALICE, "count_on_hand": 9, **own})

    done(world, "marketplace.sell", **SALE)

    assert world.marketplace.invoices[1].lines[0].price == Decimal(price)
    assert world.marketplace.invoices[1].total == 4 * Decimal(price)


def test_the_adverts_price_is_the_last_resort() -> None:
    """A variant of a single seller without a price costs what its advert says; without any it is free."""
    parts = marketplace()
    parts["variants"] = [{"id": SINGLE, "advert_id": 20, "sku": "CUP-L", "seller": STRANGER, "count_on_hand": 7}]
    parts["adverts"] = [{"id": 20, "title": "Cup", "price": "12", "seller": STRANGER}]
    priced, free = account(marketplacer=parts), account(marketplacer={**parts, "adverts": []})

    for world in (priced, free):
        done(world, "marketplace.sell", variant=SINGLE, seller=STRANGER, quantity=1)

    assert [world.marketplace.invoices[1].total for world in (priced, free)] == [12, 0]


def test_a_refused_sale_makes_no_invoice() -> None:
    """Nor does it use up a number."""
    world = market(None, ALICES)

    refused(world, "marketplace.sell", **{**SALE, "quantity": 11})
    assert refused(world, "marketplace.sell", **SALE, delivery_type="pigeon").code == "unknown_delivery_type"

    assert world.marketplace.invoices == {}


def test_what_is_left_falls_with_every_shipment() -> None:
    """4 - 1 = 3 are left, then none; the last shipment of a line needs no quantity."""
    world = market(None, ALICES)
    done(world, "marketplace.sell", **SALE)
    invoice = world.marketplace.invoices[1]

    done(world, "invoice.ship", invoice=1, items=[{"line_item": 1, "quantity": 1}])
    assert (invoice.open_units(), invoice.status) == ({1: 3}, "partially_sent")
    done(world, "invoice.ship", invoice=1, items=[{"line_item": 1}])
    assert (invoice.open_units(), invoice.status) == ({}, "sent")
    assert refused(world, "invoice.ship", invoice=1, items=[{"line_item": 1}]).code == "unprocessable"


def test_an_invoice_goes_through_a_world_file_whole() -> None:
    """Ids, names, shipments and instants; new ones are numbered on from there."""
    world = market(None, ALICES)
    done(world, "marketplace.sell", **SALE)
    done(
        world,
        "invoice.ship",
        invoice=1,
        items=[{"line_item": 1, "quantity": 1}],
        tracking="T",
        dispatched_at="2026-01-01",
    )

    again = reloaded(world)
    done(again, "marketplace.sell", **SALE)

    assert again.to_document()["marketplacer"]["invoices"][0] == world.to_document()["marketplacer"]["invoices"][0]
    assert list(again.marketplace.invoices) == [1, 2]
    assert again.marketplace.invoices[2].lines[0].id == 2
