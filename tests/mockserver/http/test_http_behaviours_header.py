"""X-Mock-Behaviours: on every answer of the imitated APIs, whatever its status, and to be parsed."""

from __future__ import annotations

import re

import pytest

from mockserver.behaviours import find, readings
from mockserver.http.bodies import LARGEST_BODY

ITEM = re.compile(r"(?P<id>[A-Za-z][A-Za-z0-9.-]*);grade=(?P<grade>[DECIG])(;option=(?P<option>[a-z0-9_-]+))?")


def items(reply):
    return [ITEM.fullmatch(part) for part in reply.headers["X-Mock-Behaviours"].split(", ")]


def answers(mock):
    """Return one answer of every kind by what it is about."""
    too_large = {"Content-Type": "application/vnd.api+json"}
    huge = b" " * (LARGEST_BODY + 1)
    inventories = "/variants/1/inventories"
    return {
        "200 OM": mock.ack(),
        "200 OM nothing new": mock.ack(),
        "200 MP": mock.mp("GET", inventories),
        "201 MP": mock.mp("POST", "/variants/stock_on_hand", {"count_on_hand": {"12": 3}}),
        "204 MP": mock.mp("DELETE", "/variants/1/inventories/2"),
        "302 OM": mock.ask("GET", "/oauth/authorize?client_id=demo-app"),
        "400 OM": mock.ack(limit=0),
        "400 MP": mock.mp("PUT", inventories, b"{"),
        "401 OM": mock.ack(token=None),
        "401 MP": mock.mp("GET", inventories, key=None),
        "403 OM": mock.ack(token="om-read-orders-token"),
        "403 MP": mock.mp("PUT", inventories, {"data": []}, key="mp-read-key"),
        "404 OM": mock.ack(999),
        "404 OM route": mock.om("GET", "/v1/nothing"),
        "404 MP": mock.mp("GET", "/variants/999/inventories"),
        "404 MP route": mock.mp("POST", inventories, {}),
        "405 OM": mock.om("GET", "/v1.2/inventory/acknowledge"),
        "413 OM": mock.om("POST", "/v1.2/inventory/acknowledge?salesChannelId=5394", body=huge),
        "413 MP": mock.mp("PUT", inventories, huge, headers=too_large),
        "415 MP": mock.mp("PUT", inventories, {"data": []}, headers={"Content-Type": "application/json"}),
        "422 MP": mock.mp("PUT", inventories, {"data": 5}),
        "404 elsewhere": mock.ask("GET", "/favicon.ico"),
    }


@pytest.fixture(scope="module")
def replies():
    from wsgi_mock import Mock, shipped

    return answers(Mock(shipped("demo")))


def test_every_kind_of_answer_has_the_status_it_was_made_for(replies):
    """Otherwise the other tests look at the wrong answers."""
    assert {name: reply.status for name, reply in replies.items()} == {name: int(name[:3]) for name in replies}


def test_every_answer_carries_the_header_and_it_parses(replies):
    """Design section 6: ids with their grades; a reading with its option."""
    for name, reply in replies.items():
        assert all(items(reply)), name
        assert [key for key, _ in reply.pairs].count("X-Mock-Behaviours") == 1, name


def test_every_id_is_in_the_registry_with_that_grade_and_option(replies):
    """The header never says more than the registry."""
    for reply in replies.values():
        for item in items(reply):
            entry = find(item["id"])
            assert item["grade"] == entry.grade
            assert (item["option"] is not None) == (item["id"] in readings())


def test_a_server_without_any_world_still_tells(new_mock):
    """With nobody to ask, the registry's defaults are told."""
    mock = new_mock()
    mock.control("DELETE", "/worlds/demo")

    reply = mock.ack()

    assert reply.status == 401
    assert all(items(reply))


def test_the_option_is_the_worlds(new_mock):
    """A reading that was switched is told as switched."""
    mock = new_mock(readings={"ack.unknown-channel": "empty"})

    assert "ack.unknown-channel;grade=G;option=empty" in mock.ack(999).headers["X-Mock-Behaviours"]


def test_what_a_reset_took_away_is_not_named_any_more(demo):
    """The header is kept by what the world makes use of; going back makes it less, then something else."""
    plain = {
        "format": "stockproof/world/1",
        "order_manager": {
            "warehouses": [{"id": 1, "name": "East"}],
            "sales_channels": [{"id": 10, "name": "Shop"}],
            "products": [{"master_sku": "MUG", "name": "Mug"}],
            "stock": [{"master_sku": "MUG", "warehouse": 1, "on_hand": 8}],
            "listings": [{"listing_sku": "MUG-10", "master_sku": "MUG", "sales_channel": 10}],
        },
    }
    made = demo.make(world=plain)
    token, world = made["order_manager"]["tokens"][0], made["id"]
    rule = {"type": "rule.set", "master_sku": "MUG", "sales_channel": 10}

    demo.done({**rule, "rule_type": "MAX_ALLOCATION", "value": 3}, world=world)
    capped = demo.ack(10, token=token).headers["X-Mock-Behaviours"]
    demo.control("POST", f"/worlds/{world}/reset")
    demo.done({**rule, "rule_type": "PERCENT_OF_AVAILABLE", "value": 50}, world=world)
    shared = demo.ack(10, token=token).headers["X-Mock-Behaviours"]

    assert "OM-ALLOC-07" in capped
    assert "OM-ALLOC-05" not in capped
    assert "OM-ALLOC-05" in shared
    assert "OM-ALLOC-07" not in shared
