"""Worlds over the control API: made, read, reset, dropped, each with credentials of its own."""

from __future__ import annotations

import pytest


def credentials(made):
    return {*made["order_manager"]["tokens"], *made["marketplacer"]["api_keys"].values()}


def without_credentials(world):
    """Return a world file without what differs between two worlds made from it."""
    world["order_manager"]["tokens"] = [
        {k: v for k, v in token.items() if k != "token"} for token in world["order_manager"]["tokens"]
    ]
    world["order_manager"]["apps"] = [{"scopes": app["scopes"]} for app in world["order_manager"]["apps"]]
    for seller in world["marketplacer"]["sellers"]:
        seller.pop("api_key")
    return world


def test_health_says_ready_and_names_the_default_world(demo, new_mock):
    """Design section 6; it answers whoever asks, also where a control token is set."""
    assert demo.control("GET", "/health").json["ready"] is True
    guarded = new_mock(control_token="let-me-in")
    assert guarded.control("GET", "/health", REMOTE_ADDR="10.0.0.1").json["default_world"] == "demo"


def test_a_fixture_becomes_a_world_with_urls_and_credentials(demo):
    """201 with id, tokens and keys by seller; urls carry neither /service nor /api/v2."""
    made = demo.make(fixture="demo")

    assert made["order_manager"]["url"] == made["marketplacer"]["url"] == "http://mock"
    assert len(made["order_manager"]["tokens"]) == 2
    assert set(made["marketplacer"]["api_keys"]) == {"1", "2", "3", "4"}
    assert len(demo.told(token=made["order_manager"]["tokens"][0])) == 12
    assert set(demo.held(1, key=made["marketplacer"]["api_keys"]["1"])) == {1, 2}


def test_two_worlds_of_one_file_share_no_credential(demo):
    """Nor with the default world, whose file they are made from."""
    first, second = demo.make(fixture="demo"), demo.make(fixture="demo")
    given = {"om-demo-token", "om-read-orders-token", "mp-owner-key", "mp-member-key"}

    assert first["id"] != second["id"]
    assert not credentials(first) & credentials(second)
    assert not (credentials(first) | credentials(second)) & given


def test_the_scopes_of_a_files_tokens_go_with_their_new_tokens(demo):
    """The second token of the demo world may not touch inventory."""
    first, second = demo.make(fixture="demo")["order_manager"]["tokens"]

    assert (demo.ack(token=first).status, demo.ack(token=second).status) == (200, 403)


def test_a_world_that_was_read_can_be_made_again_with_the_same_state(demo):
    """GET answers the bare world file, whatever has happened to the world."""
    demo.ack()
    demo.put(
        1,
        {"seller_id": 1, "price": 1e-18, "sale_price": None, "fulfilment_provider": "ü\n\t😀"},
        {"seller_id": 3, "infinite": True},
    )
    demo.mp("POST", "/variants/stock_on_hand", {"count_on_hand": {"12": "INFINITE"}})
    demo.done(
        {"type": "stock.set", "master_sku": "TEAPOT", "warehouse": 3, "on_hand": 1_000_000_000, "location": "neu ⌂"},
        {"type": "listing.set", "listing_sku": "NEU", "sales_channel": 5402, "master_sku": "LAMP-OAK"},
        {"type": "rule.set", "sales_channel": 5401, "rule_type": "PERCENT_OF_AVAILABLE", "value": 33.33},
        {"type": "exclusion.set", "sales_channel": 5401, "warehouses": [2]},
        {
            "type": "order.create",
            "sales_channel": 5401,
            "order_number": "X 1",
            "lines": [{"listing_sku": "tee-pack", "quantity": 2}],
        },
        {
            "type": "order.create",
            "sales_channel": 5401,
            "order_number": "X 2",
            "lines": [{"listing_sku": "nobody", "quantity": 2, "unmapped": True}],
        },
        {
            "type": "order.ship",
            "sales_channel": 5401,
            "order_number": "X 1",
            "lines": [{"listing_sku": "tee-pack", "quantity": 1}],
        },
        {"type": "order.hold", "sales_channel": 5401, "order_number": "WEB-1002"},
        {"type": "inventory.delete", "variant": 1, "seller": 2},
        {"type": "marketplace.sell", "variant": 2, "seller": 1, "quantity": 3},
    )
    demo.control("POST", "/worlds/demo/clock/advance", {"by": "PT0.250S"})
    world = demo.state()[0]

    again = demo.make(world=world)

    assert without_credentials(demo.state(again["id"])[0]) == without_credentials(world)
    figures = demo.told(version="v1.1")
    assert demo.told(token=again["order_manager"]["tokens"][0]) == figures


def test_reset_goes_back_to_the_start_and_keeps_the_credentials(demo):
    """State, clock, journal, markers and snapshots are as at the start."""
    made = demo.make(fixture="demo")
    token, world = made["order_manager"]["tokens"][0], made["id"]
    start = demo.state(world)
    first = demo.told(token=token)
    demo.done({"type": "stock.set", "master_sku": "MUG-BLACK", "warehouse": 1, "on_hand": 1}, world=world)
    demo.control("POST", f"/worlds/{world}/clock/advance", {"by": "P1D"})
    demo.control("POST", f"/worlds/{world}/snapshots", {"name": "later"})

    again = demo.control("POST", f"/worlds/{world}/reset")

    assert (again.status, again.json) == (200, made)
    assert demo.state(world) == start
    assert demo.control("GET", f"/worlds/{world}/snapshots").json == {"snapshots": []}
    assert demo.control("GET", f"/worlds/{world}/requests").json["requests"] == []
    assert demo.told(token=token) == first


def test_a_dropped_world_is_gone_with_its_credentials(demo):
    """204, then 404; its token and key open nothing any more."""
    made = demo.make(fixture="demo")
    path = f"/worlds/{made['id']}"

    assert demo.control("DELETE", path).status == 204
    assert [demo.control(method, path).status for method in ("GET", "DELETE")] == [404, 404]
    assert demo.ack(token=made["order_manager"]["tokens"][0]).status == 401
    assert demo.mp("GET", "/variants", key=made["marketplacer"]["api_keys"]["1"]).status == 401
    assert demo.ack().status == 200


def test_an_unknown_world_names_the_nearest(demo):
    """404 with a stable code."""
    reply = demo.control("GET", "/worlds/demoo")

    assert (reply.status, reply.json["error"]) == (404, "unknown_world")
    assert "'demo'" in reply.json["message"]


@pytest.mark.parametrize("name", ["demoo", "requirements.lock", "world.yaml", "pyproject.toml"])
def test_only_shipped_worlds_can_be_named(demo, name, tmp_path, monkeypatch):
    """Files of the server's working folder are nobody's business."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "world.yaml").write_text("format: stockproof/world/1\n", encoding="utf-8")

    reply = demo.control("POST", "/worlds", {"fixture": name})

    assert (reply.status, reply.json["error"]) == (404, "unknown_fixture")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "one of world, fixture must be given"),
        ({"fixture": "demo", "world": {}}, ""),
        ({"fixture": "../demo"}, "/fixture"),
        ({"fixture": 7}, "/fixture"),
        ({"wrold": {}}, "wrold"),
        ([], ""),
        ({"world": {}}, "format"),
        ({"world": {"format": "stockproof/world/2"}}, "stockproof/world/1"),
        ({"world": {"format": "stockproof/world/1", "order_manger": {}}}, "order_manager"),
        ({"world": {"format": "stockproof/world/1", "readings": {"ack.limits": "x"}}}, "ack.limits"),
        ({"world": {"format": "stockproof/world/1", "links": [{"sales_channel": 1, "seller": 1}]}}, "links[0]"),
        ({"world": {"format": "stockproof/world/1", "clock": "tomorrow"}}, "clock"),
        (
            {"world": {"format": "stockproof/world/1", "marketplacer": {"sellers": [{"id": 1, "name": "A"}] * 2}}},
            "sellers",
        ),
    ],
)
def test_a_world_that_cannot_be_made_says_where_it_is_wrong(demo, body, named):
    """422 with the place and the nearest valid name; no world is left behind."""
    before = set(demo.worlds._worlds)

    reply = demo.control("POST", "/worlds", body)

    assert reply.status == 422
    assert named in reply.body.decode()
    assert set(demo.worlds._worlds) == before


def test_registry_and_contracts_are_served(demo):
    """Design section 6."""
    registry = demo.control("GET", "/behaviours").json

    assert {"grades", "behaviours", "readings"} <= set(registry)
    for api in ("order-manager", "marketplacer", "control"):
        document = demo.control("GET", f"/openapi/{api}.json")
        assert document.json["openapi"].startswith("3.1")
        assert b"../models" not in document.body
    assert demo.control("GET", "/openapi/shop.json").json["error"] == "unknown_api"
