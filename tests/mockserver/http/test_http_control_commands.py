"""Commands over the control API: in order, one result each, and what is refused changes nothing."""

from __future__ import annotations

import pytest

SET = {"type": "stock.set", "master_sku": "TEE-BLUE-M", "warehouse": 1, "location": "A-02"}


def test_every_command_has_a_result_in_order(demo):
    """200 with type, status and reason."""
    results = demo.run({**SET, "on_hand": 3}, {"type": "order.hold", "sales_channel": 5401, "order_number": "WEB-1001"})

    assert [(each["type"], each["status"], each["reason"]) for each in results] == [
        ("stock.set", "done", None),
        ("order.hold", "done", None),
    ]
    assert demo.run() == []


def test_a_refused_command_changes_nothing_and_stops_no_later_one(demo):
    """It says why, with the nearest valid name."""
    before, journal = demo.state()
    results = demo.run(
        {**SET, "master_sku": "TEE-BLUE-X", "on_hand": 1},
        {"type": "order.cancel", "sales_channel": 5401, "order_number": "WEB-1O01"},
    )

    assert [each["status"] for each in results] == ["refused", "refused"]
    assert "nearest valid: 'TEE-BLUE-" in results[0]["reason"]
    assert "nearest valid: 'WEB-1001'" in results[1]["reason"]
    assert demo.state() == (before, journal)
    assert [each["status"] for each in demo.run({**SET, "warehouse": 9}, {**SET, "on_hand": 7})] == ["refused", "done"]
    assert demo.state()[1] == journal + 1


def test_a_refused_order_takes_no_number(demo):
    """What is refused is not in the journal, so a replay would number differently."""
    order = {"type": "order.create", "sales_channel": 5401, "order_number": "N-1"}
    good = {**order, "lines": [{"listing_sku": "teapot", "quantity": 1}]}
    bad = {**order, "lines": [{"listing_sku": "nobody", "quantity": 1}]}
    first = demo.done({**good, "order_number": "N-0"})[0]["result"]["order_id"]

    refused, done = demo.run(bad, good)

    assert refused["status"] == "refused"
    assert done["result"]["order_id"] == first + 1


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ({"type": "stock.sett", "master_sku": "TEAPOT", "warehouse": 1}, "stock.set"),
        ({}, "type"),
        ({"type": 7}, "type"),
        ({**SET, "onhand": 5}, "onhand"),
        ({**SET, "on_hand": -1}, "on_hand"),
        ({**SET, "on_hand": 1.5}, "on_hand"),
        ({**SET, "on_hand": "5"}, "on_hand"),
        ({**SET, "on_hand": 1_000_000_001}, "on_hand"),
        ({**SET, "on_hand": 10**400}, ""),
        ({**SET, "on_hand": None}, "on_hand"),
        ({**SET, "on_hand": True}, "on_hand"),
        ({**SET, "warehouse": "1"}, "warehouse"),
        ({**SET, "warehouse": 0}, "warehouse"),
        ({**SET, "master_sku": ""}, "master_sku"),
        ({**SET, "master_sku": "A\0B"}, "master_sku"),
        ({**SET, "master_sku": "x" * 256}, "master_sku"),
        ({**SET, "location": "a\nb"}, "location"),
        ({"type": "exclusion.set", "warehouses": [1]}, ""),
        ({"type": "exclusion.set", "warehouses": [1, 1], "master_sku": "TEAPOT"}, "warehouses"),
        ({"type": "order.create", "sales_channel": 5401, "order_number": "A", "lines": []}, "lines"),
        (
            {"type": "rule.set", "sales_channel": 5394, "rule_type": "MAX_ALLOCATION", "value": 1, "min_value": 1},
            "min_rule_type",
        ),
        ({"type": "clock.advance"}, "one of by, to must be given"),
        ({"type": "clock.advance", "by": "15m"}, "by"),
    ],
)
def test_a_breach_of_the_schema_runs_nothing(demo, command, named):
    """422 names the place; the good commands before and after are not run either."""
    before = demo.state()
    good = {**SET, "on_hand": 1}

    reply = demo.control("POST", "/worlds/demo/commands", [good, command, good])

    # A number beyond what JSON readers hold is broken JSON or no whole number; both are refusals.
    assert reply.status in (400, 422)
    assert named in reply.body.decode()
    assert "/1" in reply.json["message"] or reply.status == 400
    assert demo.state() == before


@pytest.mark.parametrize(
    "command",
    [
        {**SET, "on_hand": 5.0},
        {"type": "feed.acknowledge", "token": 0, "version": "v1.2", "channels": [999], "limit": 5},
        {"type": "inventories.put", "variant": 999, "by": 1, "records": []},
        {"type": "inventories.put", "variant": 1, "by": 999, "records": [{}]},
        {"type": "inventories.put", "variant": 1, "by": 1, "records": [{"seller_id": 2, "count_on_hand": "x"}]},
        {"type": "inventory.delete", "variant": 1, "seller": 3},
        {"type": "inventory.delete", "variant": 1, "by": 1, "inventory_id": 77},
        {"type": "inventory.put", "variant": 12, "seller": 1, "count_on_hand": 3},
        {"type": "variants.set_counts", "by": 1, "counts": {"13": 5}},
        {"type": "marketplace.sell", "variant": 1, "seller": 2, "quantity": 4},
        {"type": "marketplace.sell", "variant": 1, "seller": 3, "quantity": 1},
        {"type": "wms.report", "merchant": "M", "warehouse": "W", "levels": []},
        {"type": "listing.set", "listing_sku": "TEE-MP", "sales_channel": 1, "active": False},
        {"type": "stock.set", "master_sku": "TEE", "warehouse": 1, "on_hand": 1},
        {"type": "stock.set", "master_sku": "LAMP-OAK", "warehouse": 1, "on_hand": 1},
        {"type": "rule.set", "sales_channel": 5394, "rule_type": "PERCENT_OF_AVAILABLE", "value": 101},
        {"type": "rule.set", "sales_channel": 5394, "rule_type": "PERCENT_OF_AVAILABLE", "value": 1.005},
        {"type": "order.ship", "sales_channel": 5401, "order_number": "WEB-1002"},
        {"type": "order.release", "sales_channel": 5401, "order_number": "WEB-1002"},
        {"type": "clock.advance", "to": "2026-01-05T08:59:59Z"},
        {"type": "clock.advance", "by": "P99999W"},
    ],
)
def test_what_makes_no_sense_in_this_world_is_refused_with_a_reason(demo, command):
    """200 with the refusal; the world and its journal are untouched."""
    if command.get("by") == "P99999W":
        demo.control("POST", "/worlds/demo/clock/advance", {"to": "9999-01-01T00:00:00Z"})
    before = demo.state()

    (result,) = demo.run(command)

    assert (result["status"], bool(result["reason"])) == ("refused", True)
    assert demo.state() == before


def test_the_journal_lists_what_was_done_with_its_instant(demo):
    """HTTP and control commands in one order."""
    demo.ack()
    demo.control("POST", "/worlds/demo/clock/advance", {"by": "PT15M"})
    demo.put(1, {"seller_id": 2, "count_on_hand": 1})
    demo.done({**SET, "on_hand": 7})

    entries = demo.control("GET", "/worlds/demo/journal").json["entries"]

    assert [(each["position"], each["at"], each["command"]["type"]) for each in entries] == [
        (0, "2026-01-05T09:00:00Z", "feed.acknowledge"),
        (1, "2026-01-05T09:00:00Z", "clock.advance"),
        (2, "2026-01-05T09:15:00Z", "inventories.put"),
        (3, "2026-01-05T09:15:00Z", "stock.set"),
    ]


def test_the_journal_can_be_run_on_another_world_with_the_same_result(demo):
    """A session is a list of commands, so it can be sent as one."""
    demo.ack(limit=4)
    demo.put(1, {"seller_id": 2, "count_on_hand": 1})
    demo.mp("DELETE", "/variants/1/inventories/1")
    demo.mp("POST", "/variants/stock_on_hand", {"count_on_hand": {"12": 9}})
    demo.done({**SET, "on_hand": 7}, {"type": "marketplace.sell", "variant": 2, "seller": 1, "quantity": 2})
    commands = [each["command"] for each in demo.control("GET", "/worlds/demo/journal").json["entries"]]

    made = demo.make(fixture="demo")
    results = demo.done(*commands, world=made["id"])

    assert len(results) == len(commands) == 6
    assert demo.control("GET", f"/worlds/{made['id']}/journal").json == demo.control("GET", "/worlds/demo/journal").json
    assert demo.told(token=made["order_manager"]["tokens"][0]) == demo.told()


def test_the_scenario_export_has_start_clock_and_timed_commands(demo):
    """The clock's own commands become times."""
    demo.done({**SET, "on_hand": 7})
    demo.control("POST", "/worlds/demo/clock/advance", {"by": "PT1H40M"})
    demo.done({**SET, "on_hand": 8})
    demo.control("POST", "/worlds/demo/clock/advance", {"by": "PT0.5S"})

    scenario = demo.control("GET", "/worlds/demo/journal?format=scenario").json

    assert scenario["format"] == "stockproof/scenario/1"
    assert scenario["clock"] == {"start": "2026-01-05T09:00:00Z", "until": "1h40m500ms"}
    assert [(each["at"], each["command"]["on_hand"]) for each in scenario["when"]] == [("0s", 7), ("1h40m", 8)]
    assert scenario["given"]["world"]["order_manager"]["stock"][1]["on_hand"] == 30


@pytest.mark.parametrize("query", ["format=yaml", "format=Scenario", "format=%FF"])
def test_a_journal_comes_in_two_forms_only(demo, query):
    """422 names them."""
    reply = demo.control("GET", f"/worlds/demo/journal?{query}")

    assert (reply.status, "journal, scenario" in reply.json["message"]) == (422, True)
