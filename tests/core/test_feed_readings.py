"""The acknowledge feed under the readings that are not default: ack.*, listing.* and alloc.zero-figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.test_feed import EVERYTHING, catalogue
from tests.core.worlds import OUTLET, SHOP, account, done, listing, receive, shelf, stock, told

if TYPE_CHECKING:
    from mockserver.core.world import World

NAMED = {"listing_sku": "MUG-L", "sales_channel": SHOP}


def confirm(world: World, *listings: int, limit: int = 1000) -> list[tuple[int, int]]:
    """One call that confirms listings read before."""
    return [(row.listing.id, row.figure) for row in world.acknowledge(0, "v1.2", [SHOP], limit, listings)]


# -- what is due -----------------------------------------------------------------------------------


def test_figure_that_came_back_is_due_where_any_change_counts() -> None:
    """ack.due=figure-changed: 10, 5 and 10 again is told; the same figure after that is not."""
    world = account({"ack.due": "figure-changed"}, stock=[shelf(10)])
    told(world)

    stock(world, 5)
    stock(world, 10)
    assert told(world) == [(501, 10)]
    stock(world, 10)
    assert told(world) == []


def test_any_stock_change_is_due_where_stock_counts() -> None:
    """ack.due=stock-changed: 10 locked up and 10 put on the shelf leave the figure, yet the row comes."""
    world = account({"ack.due": "stock-changed"}, stock=[shelf(10)])
    told(world)

    done(world, "stock.set", master_sku="MUG", warehouse=1, on_hand=20, locked=10)

    assert told(world) == [(501, 10)]
    assert told(world) == []


def test_stock_set_to_what_it_is_already_is_no_stock_change() -> None:
    """ack.due=stock-changed: no level changed, so nothing is due."""
    world = account({"ack.due": "stock-changed"}, stock=[shelf(10, locked=1)])
    told(world)

    done(world, "stock.set", master_sku="MUG", warehouse=1, on_hand=10, locked=1)

    assert told(world) == []


def test_one_change_is_due_once_where_stock_counts() -> None:
    """ack.due=stock-changed: a rule is edited and read; what happens to others later does not bring it up again."""
    world = catalogue(readings={"ack.due": "stock-changed"})
    told(world)
    done(world, "rule.set", master_sku="MUG", sales_channel=SHOP, rule_type="MAX_ALLOCATION", value=9)
    assert told(world) == [(501, 1)]

    receive(world, 10, "CUP")

    assert told(world) == [(502, 12)]


def test_first_call_may_answer_nothing() -> None:
    """ack.first-call=nothing: only what changes or is created after it is told."""
    world = catalogue(readings={"ack.first-call": "nothing"})
    assert told(world) == []

    receive(world, 10, "CUP")
    done(world, "listing.set", listing_sku="PAN-2", sales_channel=SHOP, master_sku="PAN")

    assert told(world) == [(502, 12), (505, 4)]


def test_listing_that_was_silent_at_a_first_call_without_answers_is_due_when_switched_on() -> None:
    """ack.first-call=nothing: switching on is an event of its own."""
    readings = {"ack.first-call": "nothing"}
    world = account(readings, stock=[shelf(10)], listings=[listing(push_inventory=False)])
    told(world)

    done(world, "listing.set", **NAMED, push_inventory=True)

    assert told(world) == [(501, 10)]


# -- silence and zero ------------------------------------------------------------------------------


@pytest.mark.parametrize(("reading", "flag"), [("listing.inactive", "active"), ("listing.push-off", "push_inventory")])
def test_listing_switched_off_says_a_final_zero_once(reading: str, flag: str) -> None:
    """listing.inactive, listing.push-off = final-zero: 0 once, then silence until it is switched on."""
    world = account({reading: "final-zero"}, stock=[shelf(10)])
    told(world)

    done(world, "listing.set", **NAMED, **{flag: False})
    assert told(world) == [(501, 0)]
    receive(world, 1)
    assert told(world) == []
    done(world, "listing.set", **NAMED, **{flag: True})
    assert told(world) == [(501, 11)]


@pytest.mark.parametrize(("reading", "flag"), [("listing.inactive", "push_inventory"), ("listing.push-off", "active")])
def test_final_zero_is_said_only_for_the_switch_of_its_reading(reading: str, flag: str) -> None:
    """The other switch is silent."""
    world = account({reading: "final-zero"}, stock=[shelf(10)])
    told(world)

    done(world, "listing.set", **NAMED, **{flag: False})

    assert told(world) == []


def test_final_zero_is_not_said_to_whom_it_tells_nothing() -> None:
    """listing.push-off=final-zero: neither after a 0 nor to a caller who never heard of the listing."""
    world = account({"listing.push-off": "final-zero"}, stock=[shelf(0)])
    told(world)

    done(world, "listing.set", **NAMED, push_inventory=False)

    assert told(world) == []
    receive(world, 5)
    assert told(world, token=1) == []


def test_final_zero_overtakes_a_figure_that_nobody_read() -> None:
    """The pending 11 is never answered, the 0 is, for 10 was the last word."""
    world = account({"listing.push-off": "final-zero"}, stock=[shelf(10)])
    told(world)
    receive(world, 1)

    done(world, "listing.set", **NAMED, push_inventory=False)

    assert told(world) == [(501, 0)]


def test_zero_may_be_left_out() -> None:
    """alloc.zero-figure=left-out: a listing that sells out is not answered, what follows is."""
    world = account({"alloc.zero-figure": "left-out"}, stock=[shelf(10)])
    told(world)

    stock(world, 0)
    assert told(world) == []
    stock(world, 4)
    assert told(world) == [(501, 4)]


def test_zero_is_left_out_of_the_first_call_too() -> None:
    """alloc.zero-figure=left-out: the listing comes as soon as it has units."""
    world = account({"alloc.zero-figure": "left-out"}, stock=[shelf(0)])
    assert told(world) == []

    stock(world, 4)

    assert told(world) == [(501, 4)]


# -- markers ---------------------------------------------------------------------------------------


def test_versions_may_share_a_marker() -> None:
    """ack.marker-scope=token-channel: what v1.1 reads is read for v1.2."""
    world = catalogue(readings={"ack.marker-scope": "token-channel"})

    assert told(world, version="v1.1") == EVERYTHING
    assert told(world) == []
    assert told(world, token=1) == EVERYTHING


def test_tokens_may_share_a_marker() -> None:
    """ack.marker-scope=channel-version: what one token reads is read for all."""
    world = catalogue(readings={"ack.marker-scope": "channel-version"})

    assert told(world) == EVERYTHING
    assert told(world, token=1) == []
    assert told(world, version="v1.1") == EVERYTHING


# -- order and paging ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "rows"),
    [
        ("oldest-change", [(504, 24), (502, 12), (501, 11)]),
        ("latest-change", [(502, 12), (501, 11), (504, 24)]),
        ("listing-id", [(501, 11), (502, 12), (504, 24)]),
    ],
)
def test_rows_come_in_the_order_of_the_reading(how: str, rows: list[tuple[int, int]]) -> None:
    """ack.row-order: PAN changed first and last, CUP and MUG in between."""
    world = catalogue(readings={"ack.row-order": how})
    assert told(world) == EVERYTHING

    for sku in ("PAN", "CUP", "MUG", "PAN"):
        receive(world, 10, sku)

    assert told(world, limit=2) == rows[:2]
    assert told(world) == rows[2:]
    assert told(world) == []


def test_rows_of_several_channels_come_in_the_order_of_the_reading() -> None:
    """ack.row-order=listing-id: over both channels."""
    world = catalogue(channels=(SHOP, OUTLET), readings={"ack.row-order": "listing-id"})
    told(world, channels=(SHOP, OUTLET))

    receive(world, 10, "CUP")
    receive(world, 10, "MUG")

    assert told(world, channels=(OUTLET, SHOP), limit=3) == [(501, 11), (502, 12), (601, 11)]


def test_first_call_in_the_order_of_the_latest_change_puts_a_changed_listing_last() -> None:
    """ack.row-order=latest-change: while the first call is paged, a change moves a row to the end."""
    world = catalogue(readings={"ack.row-order": "latest-change"})
    assert told(world, limit=1) == [(501, 1)]

    receive(world, 10, "CUP")

    assert told(world) == [(503, 3), (504, 4), (502, 12)]


@pytest.mark.parametrize("how", ["oldest-change", "latest-change", "listing-id"])
def test_whole_backlog_may_be_marked_by_one_page(how: str) -> None:
    """ack.partial-batch=whole-backlog: what does not fit the page is never answered; later changes are."""
    world = catalogue(readings={"ack.partial-batch": "whole-backlog", "ack.row-order": how})

    assert told(world, limit=2) == EVERYTHING[:2]
    assert told(world) == []
    receive(world, 10, "POT")
    receive(world, 10, "PAN")
    assert told(world, limit=1) == [(503, 13)]
    assert told(world) == []
    receive(world, 1, "PAN")
    assert told(world) == [(504, 15)]


def test_listing_silent_when_the_backlog_is_marked_is_due_when_switched_on() -> None:
    """ack.partial-batch=whole-backlog: silence is no answer."""
    listings = [listing(), listing(502, listing_sku="MUG-2", push_inventory=False)]
    world = account({"ack.partial-batch": "whole-backlog"}, stock=[shelf(10)], listings=listings)
    assert told(world, limit=1) == [(501, 10)]

    done(world, "listing.set", listing_sku="MUG-2", sales_channel=SHOP, push_inventory=True)

    assert told(world) == [(502, 10)]


# -- explicit acknowledgement ----------------------------------------------------------------------


def test_rows_come_again_until_they_are_confirmed() -> None:
    """ack.consumption=explicit: a lost response costs nothing."""
    world = catalogue(readings={"ack.consumption": "explicit"})

    assert told(world) == EVERYTHING
    assert told(world) == EVERYTHING
    assert confirm(world, 501, 503) == [(502, 2), (504, 4)]
    assert confirm(world, 502, 504) == []


def test_confirming_what_was_never_answered_does_nothing() -> None:
    """ack.consumption=explicit: only rows that were read can be confirmed."""
    world = catalogue(readings={"ack.consumption": "explicit"})

    assert confirm(world, 501, 999, limit=1) == [(501, 1)]
    assert confirm(world, 502) == EVERYTHING


def test_change_after_the_answer_stays_due_when_the_old_figure_is_confirmed() -> None:
    """ack.consumption=explicit: 10 is confirmed, 7 is what the caller has not heard."""
    world = account({"ack.consumption": "explicit"}, stock=[shelf(10)])
    told(world)

    stock(world, 7)

    assert confirm(world, 501) == [(501, 7)]
    assert confirm(world, 501) == []


def test_figure_that_came_back_after_another_was_answered_stays_due() -> None:
    """ack.consumption=explicit: 10 confirmed, 5 answered, 10 again; who confirms the 5 must hear of the 10."""
    world = account({"ack.consumption": "explicit"}, stock=[shelf(10)])
    told(world)
    confirm(world, 501)
    stock(world, 5)
    assert told(world) == [(501, 5)]

    stock(world, 10)

    assert confirm(world, 501) == [(501, 10)]
    assert confirm(world, 501) == []


def test_figure_that_came_back_before_it_was_answered_is_not_due() -> None:
    """ack.consumption=explicit: nobody heard of the 5."""
    world = account({"ack.consumption": "explicit"}, stock=[shelf(10)])
    told(world)
    confirm(world, 501)

    stock(world, 5)
    stock(world, 10)

    assert told(world) == []


def test_row_answered_before_its_listing_went_silent_may_be_confirmed() -> None:
    """ack.consumption=explicit: silent meanwhile, due again when switched on."""
    world = account({"ack.consumption": "explicit"}, stock=[shelf(10)])
    told(world)
    done(world, "listing.set", **NAMED, push_inventory=False)

    assert confirm(world, 501) == []
    done(world, "listing.set", **NAMED, push_inventory=True)
    assert told(world) == [(501, 10)]


def test_edit_after_the_answer_stays_due_when_the_row_is_confirmed() -> None:
    """ack.consumption=explicit: the listing sells another product since, though as many units of it."""
    products = [{"master_sku": "MUG"}, {"master_sku": "CUP"}]
    world = account({"ack.consumption": "explicit"}, products=products, stock=[shelf(5), shelf(5, "CUP")])
    told(world)

    done(world, "listing.set", **NAMED, master_sku="CUP")

    assert confirm(world, 501) == [(501, 5)]
    assert confirm(world, 501) == []
