"""A request that is delivered once more when virtual time has passed, after newer ones: the stale overwrite."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import httpx
import pytest
import requests

from mockserver import late
from mockserver.clock import RealClock
from mockserver.testing import mock_world

FAULTS = "/worlds/demo/faults"
INVENTORIES = "/api/v2/client/variants/1/inventories"
LATE = {"match": {"method": "PUT", "calls": [1]}, "action": {"type": "duplicate", "after": "PT30S"}}
JSON_API = "application/vnd.api+json"


def body(count):
    return {"data": [{"type": "inventories", "attributes": {"seller_id": 1, "count_on_hand": count}}]}


def count(mock):
    return mock.held(1)[1]["count_on_hand"]


def advance(mock, duration):
    return mock.control("POST", "/worlds/demo/clock/advance", {"by": duration})


def test_an_old_write_lands_after_a_newer_one_and_overwrites_it():
    """Seen from a real client of a real server: 7 was written, then 4; half a minute later 7 is back."""
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        base = json.loads(process.stdout.readline())["url"]
        worlds = f"{base}/_mock/worlds/demo"
        with httpx.Client(base_url=base, headers={"Authorization": "Bearer mp-owner-key"}) as client:

            def put(units):
                sent = json.dumps(body(units))
                return client.put(INVENTORIES, content=sent, headers={"Content-Type": JSON_API})

            def held():
                return client.get(INVENTORIES).json()["data"][0]["attributes"]["count_on_hand"]

            fault = requests.post(f"{worlds}/faults", json=LATE, timeout=10).json()["id"]
            assert put(7).headers["X-Mock-Fault"] == fault
            assert put(4).status_code == 200
            requests.post(f"{worlds}/clock/advance", json={"by": "PT29S"}, timeout=10)
            assert held() == 4
            assert requests.get(f"{worlds}/faults/{fault}", timeout=10).json()["pending"] == ["2026-01-05T09:00:30Z"]
            requests.post(f"{worlds}/clock/advance", json={"by": "PT1H"}, timeout=10)
            assert held() == 7

        told = requests.get(f"{worlds}/requests", timeout=10).json()["requests"]
        process.terminate()
        assert process.wait(10) == 0
    (first, second) = [each for each in told if each.get("fault")]
    assert (first["at"], second["at"]) == ("2026-01-05T09:00:00Z", "2026-01-05T09:00:30Z")
    assert [(each["fault"]["delivery"], each["fault"]["delivered"]) for each in (first, second)] == [
        (1, True),
        (2, False),
    ]
    assert second["request_body"] == first["request_body"] == body(7)


def test_what_has_become_of_it_names_the_first_delivery(demo):
    """`pending` is empty when it has arrived; `fired` points at the request that was answered."""
    made = demo.control("POST", FAULTS, LATE).json
    assert made["pending"] == []

    demo.put(1, {"seller_id": 1, "count_on_hand": 7})
    under_way = demo.control("GET", f"{FAULTS}/{made['id']}").json
    advance(demo, "PT1M")

    arrived = demo.control("GET", f"{FAULTS}/{made['id']}").json
    assert (under_way["state"], under_way["pending"]) == ("spent", ["2026-01-05T09:00:30Z"])
    assert (arrived["pending"], arrived["fired_times"], arrived["fired"]) == ([], 1, under_way["fired"])


def test_it_comes_at_its_own_instant_in_order_with_the_others(demo):
    """Two under way, and the journal replays the same: the clock stops at each of them."""
    for after in ("PT40S", "PT20S"):
        demo.control("POST", FAULTS, {"times": 1, "action": {"type": "duplicate", "after": after}})
    demo.put(1, {"seller_id": 1, "count_on_hand": 7})
    demo.put(1, {"seller_id": 1, "count_on_hand": 5})

    advance(demo, "PT30S")
    assert count(demo) == 5
    advance(demo, "PT30S")
    assert count(demo) == 7

    entries = demo.control("GET", "/worlds/demo/journal").json["entries"]
    puts = [each["at"][11:19] for each in entries if each["command"]["type"] == "inventories.put"]
    assert puts == ["09:00:00", "09:00:00", "09:00:20", "09:00:40"]
    before = demo.control("GET", "/worlds/demo").json
    demo.control("POST", "/worlds/demo/snapshots", {"name": "end"})
    demo.control("POST", "/worlds/demo/snapshots/end/restore")
    assert demo.control("GET", "/worlds/demo").json == before


def test_a_late_request_is_judged_by_what_is_then(demo):
    """What it wrote to is gone: 404 in the request journal, and nothing else happens."""
    demo.control("POST", FAULTS, LATE)
    demo.put(1, {"seller_id": 1, "count_on_hand": 7})
    demo.mp("DELETE", "/variants/1")

    advance(demo, "PT1M")

    last = demo.control("GET", "/worlds/demo/requests").json["requests"][-1]
    assert (last["status"], last["fault"]["delivery"]) == (404, 2)


@pytest.mark.parametrize("how", ["remove", "reset", "restore"])
def test_what_is_under_way_can_be_taken_back(demo, how):
    """By removing its fault, and by going back in time."""
    demo.control("POST", "/worlds/demo/snapshots", {"name": "here"})
    fault = demo.control("POST", FAULTS, LATE).json["id"]
    demo.put(1, {"seller_id": 1, "count_on_hand": 7})
    if how == "remove":
        demo.control("DELETE", f"{FAULTS}/{fault}")
    else:
        demo.control("POST", f"/worlds/demo/{'reset' if how == 'reset' else 'snapshots/here/restore'}")
    demo.put(1, {"seller_id": 1, "count_on_hand": 4})

    advance(demo, "PT1M")

    assert count(demo) == 4


def test_a_late_write_is_told_to_webhooks(demo):
    """It is a write like any other, made while the clock moves."""
    hook = {"type": "webhook.set", "seller": 1, "url": "http://127.0.0.1:9/", "class": "VARIANT", "max_retries": 0}
    demo.control("POST", FAULTS, LATE)
    demo.put(1, {"seller_id": 1, "count_on_hand": 7})
    demo.done(hook)

    advance(demo, "PT1M")

    (delivery,) = demo.control("GET", "/worlds/demo/webhooks").json["deliveries"]
    assert (delivery["event"], delivery["state"]) == ("update", "failed")


def test_under_a_real_clock_it_comes_by_itself(new_mock):
    """Whoever lets time catch up delivers it on the way."""
    mock = new_mock(clock=RealClock(speed=60_000))
    mock.control("POST", FAULTS, {"times": 1, "action": {"type": "duplicate", "after": "PT2M"}})
    mock.put(1, {"seller_id": 1, "count_on_hand": 7})
    mock.done({"type": "inventory.put", "variant": 1, "seller": 1, "count_on_hand": 4})
    deadline = time.monotonic() + 5
    while count(mock) == 4 and time.monotonic() < deadline:
        time.sleep(0.002)

    assert count(mock) == 7


def test_a_client_in_this_process_meets_it_too():
    """`requests` under the in-process mock."""
    with mock_world("demo") as world:
        world.add_fault(LATE)
        headers = {"Authorization": f"Bearer {world.api_keys[1]}", "Content-Type": JSON_API}
        url = f"{world.marketplacer_url}{INVENTORIES}"
        for units in (7, 4):
            requests.put(url, json.dumps(body(units)), headers=headers, timeout=5)
        world.advance("PT30S")
        held = requests.get(url, headers=headers, timeout=5).json()["data"][0]["attributes"]["count_on_hand"]

    assert held == 7


def test_no_more_is_kept_under_way_than_there_is_room_for(demo, monkeypatch):
    """The request is answered as if there were no fault, and the plan has not fired."""
    monkeypatch.setattr(late, "MOST_LATE", 1)
    made = demo.control("POST", FAULTS, {"action": {"type": "duplicate", "after": "PT30S"}}).json["id"]

    replies = [demo.put(1, {"seller_id": 1, "count_on_hand": units}) for units in (7, 4)]

    assert ["X-Mock-Fault" in each.headers for each in replies] == [True, False]
    assert demo.control("GET", f"{FAULTS}/{made}").json["fired_times"] == 1


def test_a_duplicate_that_comes_at_once_has_no_delay(demo):
    """422 with a hint; without `after` it is the other kind."""
    reply = demo.control("POST", FAULTS, {"action": {"type": "duplicate", "after": "PT0S"}})

    assert (reply.status, reply.json["problems"][0]["path"]) == (422, "/action/after")


def test_a_queue_counts_its_bytes():
    """What arrived or was dropped makes room again."""
    queue = late.LateDeliveries()
    half = late.MOST_LATE_BYTES // 2
    for fault in ("a", "b"):
        queue.put(5, fault, half, lambda: None)
    assert not queue.has_room(1)

    queue.drop("a")
    assert queue.has_room(half)
    assert (queue.due_of("a"), queue.due_of("b"), queue.next_ms) == ([], [5], 5)
    assert queue.pop_due(4) is None
    assert queue.pop_due(5).fault_id == "b"
    assert queue.has_room(late.MOST_LATE_BYTES)
