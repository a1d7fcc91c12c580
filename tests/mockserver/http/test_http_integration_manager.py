"""Integration Manager over HTTP: reports and time go in, numbers come out, and the control API says why."""

from __future__ import annotations

import pytest
from wsgi_mock import Mock, shipped


@pytest.fixture
def sync():
    """A server with the world of inventory sync."""
    return Mock(shipped("demo-sync"))


def run(mock, *commands):
    """Run commands; every one must be done."""
    answers = mock.control("POST", "/worlds/demo/commands", list(commands)).json
    assert ["done"] * len(commands) == [answer["status"] for answer in answers]


def report(mug, teapot=0, lamp=0):
    levels = [{"sku": sku, "quantity": units} for sku, units in (("MUG", mug), ("TEAPOT", teapot), ("LAMP", lamp))]
    return {"type": "wms.report", "merchant": "Homeware", "warehouse": "3PL", "levels": levels}


def wait(by):
    return {"type": "clock.advance", "by": by}


def seen(mock):
    answer = mock.control("GET", "/worlds/demo/integration_manager")
    assert answer.status == 200
    return {cart["name"]: cart for cart in answer.json["merchants"][0]["carts"]}


def stock(mock):
    rows = mock.om("GET", "/v1/inventory").json
    return {row["product"]["masterSku"]: row["quantity"] for row in rows}


def test_before_any_report_it_is_said_that_there_is_nothing_new(sync):
    """Every cart with its next sync, and why it would be told nothing."""
    carts = seen(sync)

    assert "2026-01-05T10:00:00Z" == carts["Order Manager"]["next_sync"]
    assert "2026-01-05T09:30:00Z" == carts["Marketplacer"]["next_sync"]
    assert "no new record" in carts["Marketplacer"]["nothing_sent_because"]
    assert carts["Marketplacer"]["last_sync"] is None


def test_levels_reach_both_carts_and_what_became_of_them_is_seen(sync):
    """10 mugs keep Order Manager's 20; 4 teapots lie below the marketplace's 5; lamps have no starting inventory."""
    run(sync, report(10, 4, 7), wait("PT1H"))

    assert {"MUG": 20, "TEAPOT": 4} == stock(sync)
    told = {name: {line["sku"]: line for line in cart["levels"]} for name, cart in seen(sync).items()}
    assert ("failed", 7) == (told["Order Manager"]["LAMP"]["outcome"], told["Order Manager"]["LAMP"]["told"])
    assert "starting inventory" in told["Order Manager"]["LAMP"]["reason"]
    assert ("equal", 0) == (told["Marketplacer"]["TEAPOT"]["outcome"], told["Marketplacer"]["TEAPOT"]["told"])
    assert "passed_over" == told["Marketplacer"]["LAMP"]["outcome"]


def test_repeating_the_sync_keeps_twenty(sync):
    """IM-OM-06: 10 locked and 10 reported, twice."""
    run(sync, report(10), wait("PT1H"), report(10), wait("PT1H"))

    assert 20 == stock(sync)["MUG"]


def test_what_integration_manager_knows_survives_a_restart_of_the_world(sync):
    """The world file of the control API makes the same levels again."""
    run(sync, report(10), wait("PT10M"))
    document = sync.control("GET", "/worlds/demo").json
    made = sync.control("POST", "/worlds", {"world": document})

    assert 201 == made.status
    merchant = sync.control("GET", f"/worlds/{made.json['id']}/integration_manager").json["merchants"][0]
    assert {"sku": "MUG", "quantity": 10} == {
        key: merchant["warehouses"][0]["levels"][0][key] for key in ("sku", "quantity")
    }


def test_explain_tells_what_a_native_channel_shows(sync):
    """OM-PUSH-02: 10 mugs are free, then 5; Amazon shows 10 for another quarter of an hour."""
    run(sync, {"type": "stock.set", "master_sku": "MUG", "warehouse": 1, "on_hand": 15})
    explained = sync.control("GET", "/worlds/demo/explain?listing_id=3").json

    assert (5, 10) == (explained["figure"], explained["native_shown"])
    assert "2026-01-05T09:15:00Z" == explained["native_push_due"]


def test_the_integration_manager_of_an_unknown_world_is_not_found(sync):
    """404 with the nearest id."""
    answer = sync.control("GET", "/worlds/demmo/integration_manager")

    assert (404, True) == (answer.status, "'demo'" in answer.json["message"])


def test_the_demo_world_is_told_nothing_until_something_is_reported():
    """A month of hourly schedules leaves the demo's numbers alone."""
    demo = Mock(shipped("demo"))
    before = demo.control("GET", "/worlds/demo").json
    demo.control("POST", "/worlds/demo/clock/advance", {"by": "P30D"})
    after = demo.control("GET", "/worlds/demo").json

    assert before["order_manager"] == after["order_manager"]
    assert before["marketplacer"] == after["marketplacer"]
    assert 1 == len(demo.control("GET", "/worlds/demo/journal").json["entries"])
