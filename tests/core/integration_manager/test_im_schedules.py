"""When Integration Manager does what: schedules, order at one instant, long runs, and the same bytes every time."""

from __future__ import annotations

import json
import time

import pytest

from mockserver.core.integration_manager.view import view_of
from mockserver.worlds import Worlds
from tests.core.integration_manager.merchants import (
    at,
    both,
    cart_view,
    merchant,
    order_manager_cart,
    report,
    sell,
    seller_cart,
    shown,
    two_carts,
    written,
)
from tests.core.worlds import buy, done, refused, shelf


def test_at_one_instant_orders_are_downloaded_before_carts_are_synced():
    """Both fall due at 10:00, the sync having been set first: it knows the order of 9:50 all the same."""
    world = merchant(
        [seller_cart("x", 1), order_manager_cart("W1", "PT3H", order_download="PT20M")],
        order_manager={"stock": [shelf(20)]},
    )
    report(world, 20)
    at(world, "09:50")
    buy(world, "1001", ("MUG", 3))
    at(world, "10:00")

    assert 17 == shown(world)


def test_one_entry_of_the_agenda_stands_for_all_schedules():
    """However many carts wait for a sync; where nothing is to be done there is none."""
    world = two_carts()
    assert 0 == len(world.agenda)

    report(world, 20)
    assert 1 == len(world.agenda)
    done(world, "clock.advance", by="P30D")

    assert 0 == len(world.agenda)


def test_a_leap_to_the_end_of_the_calendar_costs_nothing():
    """Runs that would find nothing to do are not run, and the schedules are where they would be."""
    world = two_carts()
    done(world, "clock.advance", to="9999-12-31T23:30:00Z")

    assert "2026-01-05T09:00:00Z" < cart_view(world)["last_sync"]["at"] == "9999-12-31T23:00:00Z"
    assert cart_view(world)["next_sync"] is None


def test_a_report_at_the_very_instant_of_a_sync_waits_for_the_next_one():
    """What fell due at 10:00 had nothing to send; the report of 10:00 is sent at 11:00."""
    world = merchant([seller_cart()])
    at(world, "10:00")
    report(world, 20)
    at(world, "10:59")
    before = shown(world)
    at(world, "11:00")

    assert (50, 20) == (before, shown(world))


def test_schedules_keep_their_pace_when_time_leaps():
    """A leap of a day fires each sync at its own instant; the next one is on the hour."""
    world = two_carts()
    report(world, 20)
    at(world, "09:17", day="2026-01-06")

    assert (20, 20) == both(world)
    assert "2026-01-06T09:00:00Z" == cart_view(world)["last_sync"]["at"]
    assert "2026-01-06T10:00:00Z" == cart_view(world)["next_sync"]


def test_a_sync_by_hand_leaves_the_schedule_alone():
    """At 9:20 by hand, at 10:00 by itself."""
    world = merchant([seller_cart()])
    report(world, 20)
    at(world, "09:20")
    result = done(world, "cart.sync", merchant="M", cart="x")

    assert {"sent": 1, "failed": 0, "reason": None} == result
    assert 20 == shown(world)
    assert "2026-01-05T10:00:00Z" == cart_view(world)["next_sync"]


def test_running_what_is_due_twice_does_it_once():
    """The command for it is harmless: nothing is due between two instants of a schedule."""
    world = merchant([seller_cart()])
    report(world, 20)
    done(world, "integration.run")
    done(world, "native.push")

    assert 50 == shown(world)
    at(world, "10:00")
    assert (20, "2026-01-05T11:00:00Z") == (shown(world), cart_view(world)["next_sync"])


def test_orders_can_be_downloaded_by_hand():
    """The answer says how many were new."""
    world = merchant([order_manager_cart()], order_manager={"stock": [shelf(20)]})
    buy(world, "1001", ("MUG", 3))

    assert {"loaded": 1} == done(world, "cart.download", merchant="M", cart="om")
    assert {"loaded": 0} == done(world, "cart.download", merchant="M", cart="om")


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        ("cart.sync", {"cart": "z"}, "unknown_cart"),
        ("cart.sync", {"merchant": "z"}, "unknown_merchant"),
        ("cart.download", {}, "no_order_download"),
        ("wms.ship", {"order_number": "1"}, "unknown_order"),
    ],
)
def test_commands_by_hand_are_refused_where_they_make_no_sense(kind: str, change: dict, code: str):
    """A refused command changes nothing."""
    assert code == refused(merchant([seller_cart()]), kind, **({"merchant": "M", "cart": "x"} | change)).code


def busy_world() -> dict:
    return written(
        [
            seller_cart("x", 1, "PT1H"),
            seller_cart("y", 2, "automatic", minimum_level=5),
            order_manager_cart("W1", "PT1H", order_download="PT1H"),
        ],
        order_manager={"stock": [shelf(20)]},
    )


def commands() -> list[dict]:
    level = {"merchant": "M", "warehouse": "A", "levels": [{"sku": "MUG", "quantity": 9}]}
    return [
        {"type": "wms.report", **level},
        {"type": "marketplace.sell", "variant": 1, "seller": 1, "quantity": 2},
        {
            "type": "order.create",
            "sales_channel": 10,
            "order_number": "1",
            "lines": [{"listing_sku": "MUG-L", "quantity": 1}],
        },
        {"type": "clock.advance", "by": "PT1H"},
        {"type": "wms.report", **level, "as_of": "2026-01-05T09:30:00Z"},
        {"type": "clock.advance", "by": "PT5H"},
    ]


def test_the_same_commands_give_the_same_bytes():
    """Journal, world file and view of two runs are equal byte for byte, and a replay gives the same state."""
    runs = []
    for name in ("a", "b"):
        hosted = Worlds().create(busy_world(), world_id=name)
        for command in commands():
            assert "done" == hosted.run(command).status
        hosted.save_snapshot("here")
        seen = (repr(hosted.entries()), json.dumps(hosted.world.to_document()), json.dumps(view_of(hosted.world)))
        hosted.restore("here")
        assert seen[1:] == (json.dumps(hosted.world.to_document()), json.dumps(view_of(hosted.world)))
        runs.append(seen)

    assert runs[0] == runs[1]


def test_thirty_days_of_hourly_schedules_leave_no_trace_and_take_no_time():
    """Only what was asked for is in the journal; 720 hours of three carts are fast enough to try in a test."""
    hosted = Worlds().create(busy_world(), world_id="w")
    started = time.perf_counter()
    hosted.run({"type": "clock.advance", "by": "P30D"})
    took = time.perf_counter() - started

    assert 1 == len(hosted.entries())
    assert took < 1


def test_sales_of_a_seller_that_is_no_cart_are_nothing_to_it():
    """Only orders of its carts are known."""
    world = merchant([seller_cart("x", 1)])
    report(world, 20)
    sell(world, 3, seller=2)
    at(world, "10:00")

    assert 20 == shown(world)
