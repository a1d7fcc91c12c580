"""The acknowledge feed with the default readings: OM-ACK-02 to 05, OM-PUSH-01, markers, order and paging of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.core.worlds import (
    OUTLET,
    SHOP,
    account,
    bundle,
    buy,
    done,
    house,
    listing,
    percent,
    receive,
    refused,
    shelf,
    stock,
    told,
    with_order,
)

if TYPE_CHECKING:
    from mockserver.core.world import World

SKUS = ("MUG", "CUP", "POT", "PAN")


def catalogue(*, channels: tuple[int, ...] = (SHOP,), readings: dict[str, str] | None = None) -> World:
    """Four products with 1, 2, 3 and 4 units; the shop lists them as 501 to 504, the outlet as 601 to 604."""
    return account(
        readings,
        sales_channels=[{"id": channel, "name": f"C{channel}"} for channel in channels],
        products=[{"master_sku": sku} for sku in SKUS],
        stock=[shelf(units, sku) for units, sku in enumerate(SKUS, 1)],
        listings=[
            listing(base + place, sku, channel)
            for base, channel in ((500, SHOP), (600, OUTLET))
            if channel in channels
            for place, sku in enumerate(SKUS, 1)
        ],
    )


EVERYTHING = [(501, 1), (502, 2), (503, 3), (504, 4)]


# -- first call and later calls --------------------------------------------------------------------


def test_first_call_answers_every_active_listing_of_the_channel() -> None:
    """ack.first-call, default: in order of listing id, with the figure the caller may use as it is (OM-ACK-03)."""
    assert told(catalogue(channels=(SHOP, OUTLET))) == EVERYTHING


def test_reading_is_acknowledging() -> None:
    """OM-ACK-05: the second call answers nothing."""
    world = catalogue()
    told(world)

    assert told(world) == []


def test_only_listings_with_another_figure_are_answered() -> None:
    """OM-ACK-04: one change, one row."""
    world = catalogue()
    told(world)

    receive(world, 5, "POT")

    assert told(world) == [(503, 8)]


def test_listing_that_changed_twice_has_one_row_with_its_latest_figure() -> None:
    """One row per listing."""
    world = catalogue()
    told(world)

    stock(world, 50, "CUP")
    stock(world, 7, "CUP")

    assert told(world) == [(502, 7)]


def test_figure_that_came_back_is_not_due() -> None:
    """ack.due, default: 10, 5 and 10 again differs in nothing from what was answered."""
    world = account(stock=[shelf(10)])
    told(world)

    stock(world, 5)
    stock(world, 10)

    assert told(world) == []


def test_change_that_moves_no_figure_is_not_due() -> None:
    """ack.due, default: the cap of 3 hides what happens above it."""
    rule = percent(3) | {"rule_type": "MAX_ALLOCATION"}
    world = account(stock=[shelf(10)], rules=[rule])
    told(world)

    stock(world, 20)

    assert told(world) == []


def test_edited_rule_or_exclusion_that_moves_no_figure_is_not_due() -> None:
    """OM-ALLOC-11 with ack.due, default: an edit counts as a change of inventory, but the figure decides."""
    world = account(warehouses=[house(1), house(2)], stock=[shelf(10)])
    told(world)

    done(world, "rule.set", master_sku="MUG", sales_channel=SHOP, rule_type="MAX_ALLOCATION", value=10)
    done(world, "exclusion.set", sales_channel=SHOP, warehouses=[2])

    assert told(world) == []


def test_figure_of_zero_is_answered() -> None:
    """alloc.zero-figure, default: a listing that sells out says so."""
    world = account(stock=[shelf(10)])
    told(world)

    stock(world, 0)

    assert told(world) == [(501, 0)]


def test_order_that_is_allocated_is_told_and_one_that_waits_is_not() -> None:
    """OM-PUSH-01: created and allocated."""
    world = account(stock=[shelf(10)])
    told(world)

    buy(world, "1", ("MUG", 11))
    assert told(world) == []
    buy(world, "2", ("MUG", 4))
    assert told(world) == [(501, 6)]
    with_order(world, "cancel", "2")
    assert told(world) == [(501, 10)]


def test_bundle_is_due_when_a_component_changes() -> None:
    """OM-AVAIL-05: 40 mugs make 4 ten-packs; 9 more make no other number of them, 10 more do."""
    products = [{"master_sku": "MUG"}, bundle("TEN", MUG=10)]
    world = account(products=products, listings=[listing(), listing(502, "TEN")], stock=[shelf(40)])
    assert told(world) == [(501, 40), (502, 4)]

    receive(world, 9)
    assert told(world) == [(501, 49)]
    receive(world, 1)
    assert told(world) == [(501, 50), (502, 5)]


def test_refused_command_makes_nothing_due() -> None:
    """A refused command changes nothing."""
    world = account(stock=[shelf(10)])
    told(world)

    refused(world, "stock.set", master_sku="MUG", warehouse=1, on_hand=5, locked=-1)

    assert told(world) == []


# -- order and paging ------------------------------------------------------------------------------


def test_oldest_change_comes_first_then_the_lowest_listing_id() -> None:
    """ack.row-order, default: the row that waits longest keeps its place when it changes again."""
    world = catalogue()
    told(world)

    for sku in ("PAN", "CUP", "MUG", "PAN"):
        receive(world, 10, sku)

    assert told(world) == [(504, 24), (502, 12), (501, 11)]


def test_changes_of_one_command_come_by_listing_id() -> None:
    """One exclusion touches all four; their order is that of the ids, not of the stock."""
    world = catalogue()
    told(world)

    done(world, "exclusion.set", sales_channel=SHOP, warehouses=[1])

    assert told(world) == [(501, 0), (502, 0), (503, 0), (504, 0)]


def test_limit_leaves_the_rest_due() -> None:
    """ack.paging, ack.partial-batch, defaults: repeat until empty, in one order over the pages."""
    world = catalogue()

    assert [told(world, limit=3), told(world, limit=3), told(world, limit=3)] == [EVERYTHING[:3], EVERYTHING[3:], []]

    for sku in ("POT", "CUP", "MUG"):
        receive(world, 10, sku)
    assert [told(world, limit=2), told(world, limit=2)] == [[(503, 13), (502, 12)], [(501, 11)]]


def test_row_that_came_back_before_its_page_is_not_answered() -> None:
    """The second page is what is due then, not what was due when the first one was read."""
    world = catalogue()
    told(world)
    receive(world, 10, "MUG")
    receive(world, 10, "CUP")
    assert told(world, limit=1) == [(501, 11)]

    stock(world, 2, "CUP")

    assert told(world, limit=1) == []


def test_change_during_the_first_walk_is_not_lost() -> None:
    """What was answered on an earlier page comes again with its new figure, after what waits since the beginning."""
    world = catalogue()
    assert told(world, limit=2) == [(501, 1), (502, 2)]

    receive(world, 10, "MUG")
    receive(world, 10, "PAN")

    assert told(world, limit=1) == [(503, 3)]
    assert told(world) == [(504, 14), (501, 11)]
    assert told(world) == []


def test_listing_created_during_the_first_walk_comes_after_older_changes() -> None:
    """It is as old as its creation: after the change before it, before the change after it."""
    world = catalogue()
    assert told(world, limit=3) == EVERYTHING[:3]

    receive(world, 10, "CUP")
    done(world, "listing.set", listing_sku="PAN-2", sales_channel=SHOP, master_sku="PAN")
    receive(world, 10, "MUG")

    assert told(world) == [(504, 4), (502, 12), (505, 4), (501, 11)]
    assert told(world) == []


def test_listing_created_after_the_first_walk_comes_in_its_turn() -> None:
    """Between the change before it and the change after it; and only once."""
    world = catalogue()
    told(world)

    receive(world, 10, "CUP")
    done(world, "listing.set", listing_sku="PAN-2", sales_channel=SHOP, master_sku="PAN")
    receive(world, 10, "MUG")

    assert told(world, limit=2) == [(502, 12), (505, 4)]
    assert told(world, limit=2) == [(501, 11)]
    assert told(world) == []


def test_listing_created_switched_off_is_passed_over() -> None:
    """It waits in silence while the one created after it is answered."""
    world = catalogue()
    told(world)
    named = {"sales_channel": SHOP, "master_sku": "PAN"}

    done(world, "listing.set", listing_sku="PAN-2", push_inventory=False, **named)
    done(world, "listing.set", listing_sku="PAN-3", **named)
    receive(world, 10, "MUG")

    assert told(world) == [(506, 4), (501, 11)]
    done(world, "listing.set", listing_sku="PAN-2", sales_channel=SHOP, push_inventory=True)
    assert told(world) == [(505, 4)]
    receive(world, 10, "PAN")
    assert told(world) == [(504, 14), (505, 14), (506, 14)]


def test_listing_switched_off_during_the_first_walk_is_left_out() -> None:
    """It is not answered on the later page, and is due when it is switched on."""
    world = catalogue()
    told(world, limit=2)
    named = {"listing_sku": "POT-L", "sales_channel": SHOP}

    done(world, "listing.set", **named, active=False)
    assert told(world) == [(504, 4)]
    done(world, "listing.set", **named, active=True)
    assert told(world) == [(503, 3)]


# -- markers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", [{"token": 1}, {"version": "v1.1"}])
def test_marker_belongs_to_a_token_and_a_version(other: dict[str, Any]) -> None:
    """ack.marker-scope, default: what one caller reads is still due to the other."""
    world = catalogue()
    told(world)
    assert told(world, **other) == EVERYTHING

    receive(world, 10, "MUG")

    assert [told(world), told(world, **other), told(world), told(world, **other)] == [[(501, 11)], [(501, 11)], [], []]


def test_each_channel_has_a_marker_of_its_own() -> None:
    """Reading the shop leaves the outlet's rows due."""
    world = catalogue(channels=(SHOP, OUTLET))
    told(world)

    assert told(world, channels=(OUTLET,)) == [(601, 1), (602, 2), (603, 3), (604, 4)]


def test_rows_of_several_channels_are_merged() -> None:
    """Oldest change first, then listing id, whichever channel is named first."""
    world = catalogue(channels=(SHOP, OUTLET))
    told(world, channels=(OUTLET, SHOP))

    receive(world, 10, "CUP")
    receive(world, 10, "MUG")

    assert told(world, channels=(OUTLET, SHOP)) == [(502, 12), (602, 12), (501, 11), (601, 11)]


def test_page_of_several_channels_moves_only_the_markers_it_answered() -> None:
    """Three of four rows are read; the last one is due to a call for its channel alone."""
    world = catalogue(channels=(SHOP, OUTLET))
    told(world, channels=(SHOP, OUTLET))
    receive(world, 10, "CUP")
    receive(world, 10, "MUG")

    assert told(world, channels=(SHOP, OUTLET), limit=3) == [(502, 12), (602, 12), (501, 11)]

    assert (told(world), told(world, channels=(OUTLET,))) == ([], [(601, 11)])


def test_channel_read_for_the_first_time_is_merged_with_one_that_is_known() -> None:
    """What the new marker has never been told is older than every change."""
    world = catalogue(channels=(SHOP, OUTLET))
    told(world)
    receive(world, 10, "CUP")

    assert told(world, channels=(SHOP, OUTLET)) == [(601, 1), (602, 12), (603, 3), (604, 4), (502, 12)]


@pytest.mark.parametrize("readings", [{}, {"ack.row-order": "listing-id"}, {"ack.consumption": "explicit"}])
def test_channel_named_twice_is_read_once(readings: dict[str, str]) -> None:
    """One row per listing, whatever the caller repeats."""
    assert told(catalogue(readings=readings), channels=(SHOP, SHOP)) == EVERYTHING


def test_unknown_channel_is_an_error_of_the_program() -> None:
    """World.acknowledge is asked for channels that exist; the command checks them itself."""
    world = catalogue()

    with pytest.raises(KeyError):
        world.acknowledge(0, "v1.2", [99], 10)
    call = {"token": 0, "version": "v1.2", "channels": [99], "limit": 10}
    assert refused(world, "feed.acknowledge", **call).code == "unknown_sales_channel"


def test_acknowledge_as_a_command_moves_the_marker() -> None:
    """The journal replays reads as commands: same rows, same marker."""
    world = catalogue()
    call = {"token": 0, "version": "v1.2", "channels": [SHOP], "limit": 2}

    assert done(world, "feed.acknowledge", **call) == [
        {"listing_id": 501, "figure": 1},
        {"listing_id": 502, "figure": 2},
    ]
    assert told(world) == EVERYTHING[2:]


def test_markers_are_counted() -> None:
    """A first read makes one a channel; whoever keeps a journal asks for it."""
    world = catalogue(channels=(SHOP, OUTLET))
    assert world.feed.marker_count == 0

    told(world, channels=(SHOP, OUTLET))
    told(world)

    assert world.feed.marker_count == 2
