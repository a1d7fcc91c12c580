"""Virtual time: clock.advance, effects that fire on the way, and the import lag of a link."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.core.errors import Refused
from mockserver.core.instants import parse_instant
from tests.core.shops import ALICE, ALICES, BOB, MULTI, counts, marketplace
from tests.core.worlds import CLOCK, SHOP, account, buy, done, figure, refused, shelf, status, told

SALE = {"variant": MULTI, "seller": ALICE, "quantity": 4}
BOBS = {"id": 2, "variant": MULTI, "seller": BOB, "count_on_hand": 15}


def lagging(*lags: str, on_hand: int = 20) -> Any:
    """Alice's sales, and Bob's if two lags are given, come to the shop after a while."""
    sellers = zip((ALICE, BOB), lags, strict=False)
    links = [{"sales_channel": SHOP, "seller": seller, "import_lag": lag} for seller, lag in sellers]
    return account(marketplacer=marketplace(ALICES, BOBS), links=links, stock=[shelf(on_hand)])


def test_clock_runs_by_a_duration_or_to_an_instant() -> None:
    """9:00 and a quarter of an hour; then to half past nine; then nowhere."""
    world = account()

    assert done(world, "clock.advance", by="PT15M") == {"fired": 0, "now": "2026-01-05T09:15:00Z"}
    assert done(world, "clock.advance", to="2026-01-05T09:30:00Z") == {"fired": 0, "now": "2026-01-05T09:30:00Z"}
    assert done(world, "clock.advance", by="PT0S") == {"fired": 0, "now": "2026-01-05T09:30:00Z"}
    assert world.started_ms == parse_instant(CLOCK)


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({}, "bad_instant", "by"),
        ({"by": "PT1M", "to": "2026-01-05T09:30:00Z"}, "bad_instant", "by"),
        ({"by": "1 minute"}, "bad_instant", "by"),
        ({"by": "P999999999999D"}, "bad_instant", "by"),
        ({"by": "P9999999D"}, "bad_instant", "by"),
        ({"to": "tomorrow"}, "bad_instant", "to"),
        ({"to": 5}, "bad_instant", "to"),
        ({"to": "1969-12-31T23:59:59Z"}, "bad_instant", "to"),
        ({"to": "2026-01-05T08:59:59Z"}, "backwards", "to"),
    ],
)
def test_clock_is_not_moved_by_what_makes_no_sense(given: dict[str, str], code: str, field: str) -> None:
    """Neither backwards nor past the year 9999."""
    wrong = refused(account(), "clock.advance", **given)

    assert (wrong.code, wrong.field) == (code, field)


def test_time_of_a_world_does_not_run_backwards() -> None:
    """Whoever moves it from outside is refused as well."""
    world = account()

    with pytest.raises(Refused, match="backwards"):
        world.advance_to(world.now_ms - 1)


def test_sale_becomes_an_order_when_its_lag_is_over() -> None:
    """The marketplace shows 6 at once, Order Manager still 20; five minutes later it has the order."""
    world = lagging("PT5M")
    told(world)

    done(world, "marketplace.sell", **SALE)
    assert (counts(world)[ALICE], figure(world), world.orders) == (6, 20, {})
    assert done(world, "clock.advance", by="PT4M59S")["fired"] == 0
    assert told(world) == []

    assert done(world, "clock.advance", by="PT1S")["fired"] == 1
    assert told(world) == [(501, 16)]
    assert world.orders[SHOP, "MP-1"].created_ms == parse_instant("2026-01-05T09:05:00Z")


def test_effects_fire_in_order_of_their_due_times_at_their_own_instants() -> None:
    """Bob sells after Alice, but his sale is imported before hers: of 5 units his 4 are served."""
    world = lagging("PT1H", "PT1M", on_hand=5)

    done(world, "marketplace.sell", **SALE, order_number="alice")
    done(world, "marketplace.sell", **(SALE | {"seller": BOB}), order_number="bob")

    assert done(world, "clock.advance", by="P1D") == {"fired": 2, "now": "2026-01-06T09:00:00Z"}
    assert (status(world, "bob"), status(world, "alice")) == ("AWAITING_SHIPMENT", "OUT_OF_STOCK")
    assert world.orders[SHOP, "bob"].created_ms == parse_instant("2026-01-05T09:01:00Z")
    assert world.orders[SHOP, "alice"].created_ms == parse_instant("2026-01-05T10:00:00Z")


def test_effects_due_together_fire_in_the_order_of_the_sales() -> None:
    """Of 5 units the first sale's 4 are served."""
    world = lagging("PT1M", "PT1M", on_hand=5)

    done(world, "marketplace.sell", **(SALE | {"seller": BOB}), order_number="bob")
    done(world, "marketplace.sell", **SALE, order_number="alice")
    done(world, "clock.advance", by="PT1M")

    assert (status(world, "bob"), status(world, "alice")) == ("AWAITING_SHIPMENT", "OUT_OF_STOCK")


def test_order_number_of_a_sale_on_its_way_is_taken() -> None:
    """A second sale or order of that number would lose the first one at its import."""
    world = lagging("PT5M", "PT1M")
    done(world, "marketplace.sell", **SALE, order_number="W-1")

    assert refused(world, "marketplace.sell", **SALE, order_number="W-1").code == "duplicate_order"
    assert refused(world, "marketplace.sell", **(SALE | {"seller": BOB}), order_number="W-1").code == "duplicate_order"
    wrong = refused(
        world, "order.create", sales_channel=SHOP, order_number="W-1", lines=[{"listing_sku": "MUG-L", "quantity": 1}]
    )
    assert wrong.code == "duplicate_order"
    done(world, "clock.advance", by="PT5M")

    assert figure(world) == 16


def test_sales_on_their_way_number_themselves_one_after_the_other() -> None:
    """MP-1 and MP-2, though neither is an order yet; a number that somebody gave is passed over."""
    world = lagging("PT5M")
    buy(world, "MP-2", ("MUG", 1))

    numbers = [done(world, "marketplace.sell", **SALE)["order_number"] for _ in range(2)]
    done(world, "clock.advance", by="PT5M")

    assert numbers == ["MP-1", "MP-3"]
    assert set(world.orders) == {(SHOP, "MP-1"), (SHOP, "MP-2"), (SHOP, "MP-3")}
