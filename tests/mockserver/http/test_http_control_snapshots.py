"""Snapshots: saved, listed, restored, forked into worlds of their own."""

from __future__ import annotations

import pytest

SET = {"type": "stock.set", "master_sku": "MUG-BLACK", "warehouse": 1}


def save(mock, name, world="demo"):
    return mock.control("POST", f"/worlds/{world}/snapshots", {"name": name})


def go(mock, name, what="restore", world="demo"):
    return mock.control("POST", f"/worlds/{world}/snapshots/{name}/{what}")


def test_a_snapshot_is_a_name_for_a_place_in_the_journal(demo):
    """Listed oldest first."""
    demo.done({**SET, "on_hand": 30})
    saved = save(demo, "one")
    demo.control("POST", "/worlds/demo/clock/advance", {"by": "PT1H"})
    save(demo, "a.two")

    assert (saved.status, saved.json) == (201, {"name": "one", "position": 1, "at": "2026-01-05T09:00:00Z"})
    assert [each["name"] for each in demo.control("GET", "/worlds/demo/snapshots").json["snapshots"]] == [
        "one",
        "a.two",
    ]


def test_restoring_brings_back_state_clock_journal_and_markers(demo):
    """What was told before the snapshot stays told, what was told after it is due again."""
    demo.ack()
    demo.done({**SET, "on_hand": 20})
    save(demo, "due")
    then = demo.state()
    first = demo.told()
    demo.control("POST", "/worlds/demo/clock/advance", {"by": "P1D"})
    demo.done({"type": "stock.set", "master_sku": "LAMP-OAK", "warehouse": 1, "location": "L-01", "on_hand": 0})
    save(demo, "later")

    restored = go(demo, "due")

    assert (restored.status, restored.json["name"]) == (200, "due")
    assert demo.state() == then
    assert demo.told() == first == {"MUG-BLACK-MP": 16, "GIFT-SET-MP": 13}
    assert [each["name"] for each in demo.control("GET", "/worlds/demo/snapshots").json["snapshots"]] == ["due"]


def test_a_snapshot_can_be_restored_again_and_again(demo):
    """Restoring uses nothing up."""
    save(demo, "start")
    start = demo.state()
    for on_hand in (1, 2, 3):
        demo.done({**SET, "on_hand": on_hand})
        go(demo, "start")
        assert demo.state() == start


def test_a_pending_import_is_part_of_a_snapshot(new_mock):
    """Effects that are due later come back with the journal that set them."""
    world = new_mock().state()[0]
    world["links"] = [{"sales_channel": 5394, "seller": 1, "import_lag": "PT15M"}]
    mock = new_mock(world)
    mock.ack()
    mock.done({"type": "marketplace.sell", "variant": 2, "seller": 1, "quantity": 5})
    save(mock, "sold")
    for _ in range(2):
        go(mock, "sold")
        mock.control("POST", "/worlds/demo/clock/advance", {"by": "PT15M"})
        assert mock.told() == {"TEE-BLUE-M-MP": 30}


def test_a_fork_has_credentials_of_its_own_and_goes_its_own_way(demo):
    """Its markers come along: what the original was told, the fork was told."""
    demo.ack()
    demo.done({**SET, "on_hand": 20})
    save(demo, "due")

    reply = go(demo, "due", "fork")
    made, token = reply.json, reply.json["order_manager"]["tokens"][0]

    assert reply.status == 201
    assert not set(made["order_manager"]["tokens"]) & {"om-demo-token", "om-read-orders-token"}
    assert demo.told(token=token) == {"MUG-BLACK-MP": 16, "GIFT-SET-MP": 13}
    demo.done({**SET, "on_hand": 8}, world=made["id"])
    assert demo.told() == {"MUG-BLACK-MP": 16, "GIFT-SET-MP": 13}
    assert demo.told(token=token) == {"MUG-BLACK-MP": 4, "GIFT-SET-MP": 7}
    assert demo.told() == {}
    demo.control("DELETE", f"/worlds/{made['id']}")
    assert demo.ack().status == 200


def test_a_fork_of_a_world_whose_token_came_by_oauth_has_that_token_too(demo):
    """The journal speaks of tokens by number, so a fork has as many."""
    headers = {"Authorization": "Basic ZGVtby1hcHA6ZGVtby1hcHAtc2VjcmV0"}
    location = demo.ask("GET", "/oauth/authorize?client_id=demo-app").headers["Location"]
    code = location.partition("code=")[2].partition("&")[0]
    target = f"/oauth/token?grant_type=authorization_code&code={code}"
    token = demo.ask("POST", target, headers=headers).json["access_token"]
    demo.told(token=token)
    save(demo, "told")

    tokens = go(demo, "told", "fork").json["order_manager"]["tokens"]

    assert len(tokens) == 3
    assert token not in tokens
    assert demo.told(token=tokens[2]) == {}
    assert len(demo.told(token=tokens[0])) == 12


@pytest.mark.parametrize("name", ["", "a b", "../x", "-x", "x" * 65, 7, None, "ü"])
def test_a_snapshots_name_is_a_plain_word(demo, name):
    """It becomes part of an address."""
    assert save(demo, name).status == 422


def test_a_name_is_taken_once(demo):
    """409; the first stays."""
    save(demo, "one")
    demo.done({**SET, "on_hand": 1})

    reply = save(demo, "one")

    assert (reply.status, reply.json["error"]) == (409, "duplicate_snapshot")
    assert demo.control("GET", "/worlds/demo/snapshots").json["snapshots"][0]["position"] == 0


@pytest.mark.parametrize("what", ["restore", "fork"])
def test_an_unknown_snapshot_names_the_nearest(demo, what):
    """404, and nothing has changed."""
    save(demo, "before-sale")
    before = demo.state()

    reply = go(demo, "before-sail", what)

    assert (reply.status, reply.json["error"]) == (404, "unknown_snapshot")
    assert "'before-sale'" in reply.json["message"]
    assert demo.state() == before
