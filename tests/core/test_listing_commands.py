"""Creating and editing listings: OM-PUSH-01, 03, 04, and orders that waited for a listing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.worlds import (
    LISTING,
    OUTLET,
    SHOP,
    account,
    buy,
    done,
    figure,
    held,
    listing,
    receive,
    refused,
    shelf,
    status,
    told,
    with_order,
)

NAMED = {"listing_sku": "MUG-L", "sales_channel": SHOP}
TWO: dict[str, Any] = {
    "products": [{"master_sku": "MUG"}, {"master_sku": "CUP"}],
    "stock": [shelf(5), shelf(8, "CUP")],
}


def test_listing_with_a_master_sku_is_created() -> None:
    """OM-PUSH-01: it is due at once, that one only; its id is the next free one."""
    world = account(**TWO)
    told(world)

    assert done(world, "listing.set", listing_sku="CUP-L", sales_channel=SHOP, master_sku="CUP") == {"listing_id": 502}

    assert told(world) == [(502, 8)]


def test_listing_may_be_created_switched_off() -> None:
    """OM-PUSH-04: silence until it is switched on, then its figure."""
    for flag in ("active", "push_inventory"):
        world = account(**TWO)
        named = {"listing_sku": "CUP-L", "sales_channel": SHOP}
        done(world, "listing.set", **named, master_sku="CUP", **{flag: False})
        assert told(world) == [(LISTING, 5)]

        done(world, "listing.set", **named, **{flag: True})
        assert told(world) == [(502, 8)]


def test_listing_skus_are_compared_exactly() -> None:
    """OM-PUSH-03: capital letters included, so this is another listing of the same product."""
    world = account(**TWO)

    done(world, "listing.set", listing_sku="mug-l", sales_channel=SHOP, master_sku="MUG")

    assert {each.listing_sku for each in world.products["MUG"].listings} == {"MUG-L", "mug-l"}


def test_one_listing_sku_may_stand_on_two_channels() -> None:
    """They are two listings."""
    world = account(sales_channels=[{"id": SHOP, "name": "Shop"}, {"id": OUTLET, "name": "Outlet"}], stock=[shelf(5)])

    done(world, "listing.set", listing_sku="MUG-L", sales_channel=OUTLET, master_sku="MUG")

    assert told(world, channels=(SHOP, OUTLET)) == [(501, 5), (502, 5)]


@pytest.mark.parametrize("flag", ["active", "push_inventory"])
def test_listing_switched_off_is_silent_and_due_when_switched_on(flag: str) -> None:
    """OM-PUSH-01, 04: no final 0; switched on it is due though its figure is what was answered last."""
    world = account(**TWO)
    told(world)

    done(world, "listing.set", **NAMED, **{flag: False})
    assert told(world) == []
    done(world, "listing.set", **NAMED, **{flag: True})
    assert told(world) == [(LISTING, 5)]
    assert told(world) == []


@pytest.mark.parametrize("flag", ["active", "push_inventory"])
def test_pending_row_of_a_listing_that_is_switched_off_is_not_answered(flag: str) -> None:
    """Silence holds for what was due already; switched on, the latest figure is answered."""
    world = account(**TWO)
    told(world)
    receive(world, 1)

    done(world, "listing.set", **NAMED, **{flag: False})
    receive(world, 1)
    assert told(world) == []
    done(world, "listing.set", **NAMED, **{flag: True})
    assert told(world) == [(LISTING, 7)]


def test_listing_set_to_what_it_is_already_is_not_due() -> None:
    """An edit that changes nothing is no edit, and leaves the time of the last change alone."""
    world = account(**TWO)
    told(world)
    done(world, "clock.advance", by="PT1H")

    done(world, "listing.set", **NAMED, active=True, push_inventory=True, master_sku="MUG")

    assert told(world) == []
    assert world.listings[LISTING].modified_ms == world.started_ms


def test_listing_pointed_at_another_product_shows_that_one() -> None:
    """It follows the stock of the new master SKU and no longer that of the old one."""
    world = account(**TWO)
    told(world)

    done(world, "listing.set", **NAMED, master_sku="CUP")
    assert told(world) == [(LISTING, 8)]
    receive(world, 1, "MUG")
    assert told(world) == []
    receive(world, 1, "CUP")
    assert told(world) == [(LISTING, 9)]


def test_listing_pointed_at_a_product_with_equal_stock_is_due() -> None:
    """A row is due when its master SKU differs from what was answered, though the figure is the same."""
    world = account(products=TWO["products"], stock=[shelf(5), shelf(5, "CUP")])
    told(world)

    done(world, "listing.set", **NAMED, master_sku="CUP")

    assert told(world) == [(LISTING, 5)]


def test_order_keeps_the_product_that_it_was_sold_from() -> None:
    """A listing that points elsewhere later moves nothing that was ordered, not even what still waits."""
    world = account(products=TWO["products"], stock=[shelf(5), shelf(8, "CUP")])
    buy(world, "1", ("MUG", 4))
    buy(world, "2", ("MUG", 4))

    done(world, "listing.set", **NAMED, master_sku="CUP")
    assert (held(world, "1"), status(world, "2"), figure(world)) == ({("MUG", 1, ""): 4}, "OUT_OF_STOCK", 8)
    receive(world, 3, "MUG")
    assert held(world, "2") == {("MUG", 1, ""): 4}


def test_order_resolves_when_a_listing_with_its_sku_appears() -> None:
    """The unknown line gets its product, and the whole order its units; an older one first."""
    world = account(**TWO)
    line = {"listing_sku": "CUP-L", "quantity": 5, "unmapped": True}
    for number in ("1", "2"):
        done(world, "order.create", sales_channel=SHOP, order_number=number, lines=[line])
    assert status(world, "1") == "MISSING_PRODUCT_INFO"

    done(world, "listing.set", listing_sku="CUP-L", sales_channel=SHOP, master_sku="CUP")

    assert (held(world, "1"), status(world, "2")) == ({("CUP", 1, ""): 5}, "OUT_OF_STOCK")
    assert told(world) == [(501, 5), (502, 3)]


def test_listing_resolves_only_orders_of_its_channel_and_sku() -> None:
    """Another channel's order and another SKU stay unresolved."""
    world = account(sales_channels=[{"id": SHOP, "name": "Shop"}, {"id": OUTLET, "name": "Outlet"}], **TWO)
    for channel, sku in ((SHOP, "cup-l"), (OUTLET, "CUP-L")):
        line = {"listing_sku": sku, "quantity": 1, "unmapped": True}
        done(world, "order.create", sales_channel=channel, order_number="1", lines=[line])

    done(world, "listing.set", listing_sku="CUP-L", sales_channel=SHOP, master_sku="CUP")

    assert (status(world, "1"), status(world, "1", OUTLET)) == ("MISSING_PRODUCT_INFO", "MISSING_PRODUCT_INFO")


def test_cancelled_order_is_not_resolved() -> None:
    """It wants nothing any more."""
    world = account(**TWO)
    line = {"listing_sku": "CUP-L", "quantity": 5, "unmapped": True}
    done(world, "order.create", sales_channel=SHOP, order_number="1", lines=[line])
    with_order(world, "cancel", "1")

    done(world, "listing.set", listing_sku="CUP-L", sales_channel=SHOP, master_sku="CUP")

    assert (held(world, "1"), figure(world, 502)) == ({}, 8)


def test_new_listing_takes_its_share_of_a_divided_figure() -> None:
    """alloc.listings-share=divided: 5 alone, then 3 and 2, and 5 again when the second is switched off."""
    world = account({"alloc.listings-share": "divided"}, **TWO)
    assert told(world) == [(501, 5)]

    second = {"listing_sku": "MUG-2", "sales_channel": SHOP}
    done(world, "listing.set", **second, master_sku="MUG")
    assert sorted(told(world)) == [(501, 3), (502, 2)]
    done(world, "listing.set", **second, active=False)
    assert told(world) == [(501, 5)]


def test_listing_that_moves_away_leaves_its_share_to_the_others() -> None:
    """alloc.listings-share=divided: the twin that stays shows all 5 again."""
    twins = [listing(501), listing(502, listing_sku="MUG-2")]
    world = account({"alloc.listings-share": "divided"}, listings=twins, **TWO)
    assert told(world) == [(501, 3), (502, 2)]

    done(world, "listing.set", listing_sku="MUG-2", sales_channel=SHOP, master_sku="CUP")

    assert sorted(told(world)) == [(501, 5), (502, 8)]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"sales_channel": 11}, "unknown_sales_channel", "sales_channel"),
        ({"listing_sku": None}, "missing", "listing_sku"),
        ({"listing_sku": 5}, "bad_listing_sku", "listing_sku"),
        ({"listing_sku": "MUG-M"}, "unknown_listing_sku", "listing_sku"),
        ({"master_sku": "MGU"}, "unknown_master_sku", "master_sku"),
        ({"active": 1}, "bad_flag", "active"),
        ({"push_inventory": "on"}, "bad_flag", "push_inventory"),
        ({"listing_sku": "NEW", "master_sku": "MUG", "active": 1}, "bad_flag", "active"),
        ({"listing_sku": "NEW", "master_sku": "MUG", "push_inventory": 1}, "bad_flag", "push_inventory"),
    ],
)
def test_listing_command_that_makes_no_sense_is_refused(change: dict[str, Any], code: str, field: str) -> None:
    """No listing is made or edited on the way, and no listing id is used up."""
    wrong = refused(account(**TWO), "listing.set", **(NAMED | change))

    assert (wrong.code, wrong.field) == (code, field)
    assert code != "unknown_listing_sku" or wrong.nearest == "MUG-L"
