"""Two worlds made from one file never see each other, whatever runs at the same time."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

THREADS = 16
ROUNDS = 12
# Each has a product, a listing and a variant of its own, so that no order of events can matter.
LANES = [
    ("TEE-BLUE-M", "B-02", 2),
    ("TEE-RED-L", "A-03", 3),
    ("MUG-WHITE", "M-01", 4),
    ("MUG-BLACK", "M-02", 5),
    ("TEAPOT", "T-01", 6),
    ("LAMP-OAK", "L-01", 7),
    ("NOTEBOOK-A5", "N-01", 10),
    ("TEE-BLUE-S", "A-01", 1),
]


@pytest.fixture(autouse=True)
def _hurried_threads():
    """Let threads take turns a hundred times as often as usual, so that races show."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 100)
    yield
    sys.setswitchinterval(usual)


def work(mock, made, lane, offset):
    """Change one product and one variant again and again, and poll in between."""
    sku, location, variant = lane
    token, key = made["order_manager"]["tokens"][0], made["marketplacer"]["api_keys"]["1"]
    seen = []
    for turn in range(1, ROUNDS + 1):
        command = {
            "type": "stock.set",
            "master_sku": sku,
            "warehouse": 1,
            "location": location,
            "on_hand": offset + turn,
        }
        result = mock.run(command, {**command, "warehouse": 77}, world=made["id"])
        assert [each["status"] for each in result] == ["done", "refused"]
        seen.append(mock.ack(token=token, limit=3).json)
        reply = mock.put(
            variant, {"seller_id": 1, "count_on_hand": offset + turn}, {"seller_id": 2, "count_on_hand": turn}, key=key
        )
        assert reply.status == 200, reply.body
        held = {row["attributes"]["seller_id"]: row["attributes"] for row in reply.json["data"]}
        assert held[1]["count_on_hand"] == offset + turn, "a foreign write came in between"
    return seen


def drained(mock, made):
    """Return the last figure that each listing was told with."""
    rows = []
    while portion := mock.ack(token=made["order_manager"]["tokens"][0]).json:
        rows.extend(portion)
    return rows


def end_of(mock, made):
    """Return a world's state without what was handed out for it and without the ids that depend on who came first."""
    world = mock.control("GET", f"/worlds/{made['id']}").json
    for entry in (
        *world["order_manager"]["tokens"],
        *world["order_manager"]["apps"],
        *world["marketplacer"]["sellers"],
    ):
        for secret in ("token", "app_key", "app_secret", "api_key"):
            entry.pop(secret, None)
    inventories = world["marketplacer"].pop("inventories")
    held = sorted((row["variant"], row["seller"], row["count_on_hand"]) for row in inventories)
    return world, held


def test_sixteen_threads_on_two_worlds_end_as_they_would_have_alone(demo):
    """Commands, acknowledges and PUTs interleave; each world ends like one that was worked on in sequence."""
    first, second, alone_first, alone_second = (demo.make(fixture="demo") for _ in range(4))
    jobs = [(made, lane, offset) for made, offset in ((first, 100), (second, 500)) for lane in LANES]
    assert len(jobs) == THREADS
    start = threading.Barrier(THREADS)

    def run(job):
        start.wait()
        return work(demo, *job)

    with ThreadPoolExecutor(THREADS) as pool:
        polled = list(pool.map(run, jobs))
    for made, offset in ((alone_first, 100), (alone_second, 500)):
        for lane in LANES:
            work(demo, made, lane, offset)

    assert end_of(demo, first) == end_of(demo, alone_first)
    assert end_of(demo, second) == end_of(demo, alone_second)
    for made, alone, part in ((first, alone_first, polled[:8]), (second, alone_second, polled[8:])):
        rows = [row for seen in part for portion in seen for row in portion] + drained(demo, made)
        drained(demo, alone)
        told = {row["listingId"]: row["availableQuantity"] for row in drained_by_v1_1(demo, made)}
        assert told == {row["listingId"]: row["availableQuantity"] for row in drained_by_v1_1(demo, alone)}
        assert {row["listingId"] for row in rows} == {row for row in told if row < 600}


def drained_by_v1_1(mock, made):
    """Return what a caller is told that has not been told anything yet."""
    return mock.ack(None, version="v1.1", token=made["order_manager"]["tokens"][0], limit=1000).json


def test_no_request_is_lost_or_numbered_twice_in_the_request_journal(demo):
    """Recorded from sixteen threads."""
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _: demo.ack(limit=1), range(320)))

    ids = [each["id"] for each in demo.control("GET", "/worlds/demo/requests?limit=1000").json["requests"]]

    assert ids == list(range(1, 321))


def test_one_row_is_told_once_however_many_ask_at_once(demo):
    """Sixteen callers of one marker share the rows without loss or repetition (OM-ACK-05)."""
    with ThreadPoolExecutor(THREADS) as pool:
        replies = list(pool.map(lambda _: demo.ack(limit=1).json, range(40)))

    told = [row["listingId"] for reply in replies for row in reply]
    assert sorted(told) == list(range(501, 513))


def test_worlds_can_be_made_and_dropped_while_others_work(demo):
    """Making, forking, resetting and dropping worlds disturbs nobody."""
    stop = threading.Event()

    def churn(_):
        made = demo.make(fixture="demo")
        demo.control("POST", f"/worlds/{made['id']}/snapshots", {"name": "one"})
        fork = demo.control("POST", f"/worlds/{made['id']}/snapshots/one/fork").json
        demo.control("POST", f"/worlds/{made['id']}/reset")
        return [demo.control("DELETE", f"/worlds/{each['id']}").status for each in (made, fork)]

    def poll(_):
        while not stop.is_set():
            assert demo.ack().status == 200
            assert demo.mp("GET", "/variants/1/inventories").status == 200

    with ThreadPoolExecutor(THREADS) as pool:
        polls = [pool.submit(poll, n) for n in range(4)]
        gone = list(pool.map(churn, range(12)))
        stop.set()
        for each in polls:
            each.result()

    assert gone == [[204, 204]] * 12
    assert set(demo.worlds._worlds) == {"demo"}
    assert {world.id for world, _ in demo.worlds._by_token.values()} == {"demo"}
