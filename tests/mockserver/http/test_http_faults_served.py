"""Every kind of fault, fired and seen from real HTTP clients against a real `mockserver serve`."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from http.client import RemoteDisconnected

import httpx
import pytest
import requests

ACKNOWLEDGE = "/v1.2/inventory/acknowledge"
INVENTORIES = "/api/v2/client/variants/1/inventories"
ROUTE = "/client/variants/{variant_id}/inventories"
JSON_API = "application/vnd.api+json"


@pytest.fixture(scope="module")
def url():
    """A server with four threads, for as long as this module runs."""
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--threads", "4"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield json.loads(process.stdout.readline())["url"]
        process.terminate()
        assert process.wait(10) == 0


class World:
    """A world of its own on the server, and what a client asks of it."""

    def __init__(self, url):
        self.url = url
        made = requests.post(f"{url}/_mock/worlds", json={"fixture": "demo"}, timeout=10).json()
        self.id, self.token = made["id"], made["order_manager"]["tokens"][0]
        self.key = made["marketplacer"]["api_keys"]["1"]
        self.session = requests.Session()

    def control(self, method, path, body=None):
        answer = requests.request(method, f"{self.url}/_mock/worlds/{self.id}{path}", json=body, timeout=10)
        assert answer.status_code < 400, answer.text
        return answer.json() if answer.content else None

    def fault(self, action, times=1, **match):
        return self.control("POST", "/faults", {"match": match, "times": times, "action": action})["id"]

    def read(self, fault_id):
        return self.control("GET", f"/faults/{fault_id}")

    def acknowledge(self, client=None, **options):
        headers = {"Authorization": f"Bearer {self.token}"}
        return (client or self.session).post(
            f"{self.url}{ACKNOWLEDGE}", params={"salesChannelId": 5394}, headers=headers, **{"timeout": 10, **options}
        )

    def put(self, count, **options):
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": JSON_API}
        entry = {"type": "inventories", "attributes": {"seller_id": 1, "count_on_hand": count}}
        body = json.dumps({"data": [entry]})
        return self.session.put(f"{self.url}{INVENTORIES}", body, headers=headers, **{"timeout": 10, **options})

    def get(self, client=None, **options):
        headers = {"Authorization": f"Bearer {self.key}"}
        return (client or self.session).get(f"{self.url}{INVENTORIES}", headers=headers, **{"timeout": 10, **options})

    def shown(self):
        rows = self.control("GET", "")["marketplacer"]["inventories"]
        return next(row["count_on_hand"] for row in rows if (row["variant"], row["seller"]) == (1, 1))

    def requests(self):
        return self.control("GET", "/requests")["requests"]


@pytest.fixture
def world(url):
    """A fresh demo world."""
    return World(url)


def was_fired_by_the_last_request(world, fault_id):
    fault = world.read(fault_id)
    assert (fault["state"], fault["left"]) == ("spent", 0)
    entry = world.requests()[fault["fired"][-1]["request"] - 1]
    assert (entry["fault"]["id"], entry["id"]) == (fault_id, fault["fired"][-1]["request"])
    return entry


def test_a_status_comes_with_its_body_and_headers_and_without_effect(world):
    """The handler never runs; the next call is answered as ever."""
    action = {"type": "status", "status": 503, "headers": {"Retry-After": "7"}, "body": {"message": "away"}}
    fault = world.fault(action, route=ACKNOWLEDGE)

    answer = world.acknowledge()

    assert (answer.status_code, answer.json(), answer.headers["Retry-After"]) == (503, {"message": "away"}, "7")
    assert answer.headers["X-Mock-Fault"] == fault
    assert answer.headers["X-Mock-Behaviours"].startswith("OUR-26")
    assert world.acknowledge().json()
    assert was_fired_by_the_last_request(world, fault)["status"] == 503


def test_a_status_can_hide_an_effect(world):
    """Applied, and told that it was not."""
    world.fault({"type": "status", "status": 500, "body": "oops", "effect": "applied"}, method="PUT")

    answer = world.put(3)

    assert (answer.status_code, answer.text) == (500, "oops")
    assert world.shown() == 3


def test_a_status_without_a_body_keeps_the_connection_usable(world):
    """204 and 304 have none, whatever the plan says."""
    world.fault({"type": "status", "status": 204, "body": "dropped"}, method="GET")

    assert (world.get().status_code, world.get().status_code) == (204, 200)


def test_a_reset_before_the_effect_changes_nothing(world):
    """No byte arrives on a fresh or a kept connection; the units stay."""
    world.get()
    fault = world.fault({"type": "reset", "when": "before"}, method="PUT")

    with pytest.raises(requests.ConnectionError) as broken:
        world.put(3)

    assert isinstance(broken.value.args[0].args[1], RemoteDisconnected)
    assert world.shown() == 10
    entry = was_fired_by_the_last_request(world, fault)
    assert (entry["status"], entry["fault"]["delivered"]) == (0, False)
    assert world.put(4).status_code == 200


def test_a_reset_after_the_effect_looks_the_same_and_changes_everything(world):
    """The client cannot tell the two apart; the world can."""
    fault = world.fault({"type": "reset", "when": "after"}, method="PUT")

    with pytest.raises(requests.ConnectionError):
        world.put(3)

    assert world.shown() == 3
    assert was_fired_by_the_last_request(world, fault)["status"] == 200


def test_httpx_hears_a_reset_as_a_protocol_error(world):
    """Remote end closed without an answer."""
    world.fault({"type": "reset", "when": "before"}, route=ACKNOWLEDGE)

    with httpx.Client() as client, pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        world.acknowledge(client)


def test_a_truncated_body_breaks_off_at_the_byte(world):
    """Length promised, less sent, connection closed: IncompleteRead."""
    fault = world.fault({"type": "truncate", "bytes": 20}, times=2, method="GET")

    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead\\(20 bytes read"):
        world.get()
    with httpx.Client() as client, pytest.raises(httpx.RemoteProtocolError, match="received 20 bytes"):
        world.get(client)

    assert world.get().status_code == 200
    assert was_fired_by_the_last_request(world, fault)["response_body"]["data"]


def test_a_truncated_acknowledge_is_a_lost_update(world):
    """The marker has moved, the rows are gone: nothing is due any more."""
    world.fault({"type": "truncate"}, route=ACKNOWLEDGE)

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        world.acknowledge()

    assert world.acknowledge().json() == []


def test_a_lost_reply_is_silence_after_the_effect(world):
    """The client gives up; what it asked for has happened."""
    world.fault({"type": "lose_reply", "seconds": 1}, method="PUT")

    with pytest.raises(requests.ReadTimeout):
        world.put(3, timeout=0.2)

    assert world.shown() == 3


def test_a_patient_client_hears_nothing_in_the_end(world):
    """The connection closes without a byte when the time is over."""
    world.fault({"type": "lose_reply", "seconds": 0.2}, route=ACKNOWLEDGE)

    with pytest.raises(requests.ConnectionError) as broken:
        world.acknowledge()

    assert isinstance(broken.value.args[0].args[1], RemoteDisconnected)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_delay_takes_real_time_and_gives_the_real_answer(world, when):
    """Late, whole, and held against nobody else."""
    fault = world.fault({"type": "delay", "seconds": 0.3, "when": when}, route=ACKNOWLEDGE)
    began = time.monotonic()

    answer = world.acknowledge()

    assert time.monotonic() - began >= 0.3
    assert answer.json()
    assert was_fired_by_the_last_request(world, fault)["fault"]["delivered"] is True


def test_a_held_request_lets_the_others_and_the_control_api_pass(world):
    """With threads to spare, waiting blocks nobody; a late request takes effect late."""
    world.fault({"type": "delay", "seconds": 1.5, "when": "before"}, method="PUT")
    late = threading.Thread(target=world.put, args=(3,))
    began = time.monotonic()
    late.start()
    time.sleep(0.2)

    assert world.shown() == 10
    assert world.get(requests).status_code == 200
    assert time.monotonic() - began < 1.5
    late.join()
    assert world.shown() == 3


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_virtual_delay_moves_the_clock_and_not_the_test(world, when):
    """The journal has the step, so that a replay takes it too."""
    before = world.control("GET", "/clock")["now"]
    world.fault({"type": "delay", "virtual": "PT5M", "when": when}, route=ACKNOWLEDGE)

    world.acknowledge()

    assert (before, world.control("GET", "/clock")["now"]) == ("2026-01-05T09:00:00Z", "2026-01-05T09:05:00Z")
    kinds = [each["command"]["type"] for each in world.control("GET", "/journal")["entries"]]
    assert kinds == (
        ["clock.advance", "feed.acknowledge"] if when == "before" else ["feed.acknowledge", "clock.advance"]
    )


@pytest.mark.parametrize("which", ["first", "second"])
def test_a_duplicate_is_handled_twice(world, which):
    """An acknowledge delivered twice: who gets the second answer has lost the first."""
    world.fault({"type": "duplicate", "answer": which}, route=ACKNOWLEDGE)

    answer = world.acknowledge()

    assert bool(answer.json()) is (which == "first")
    told = [(each["fault"]["delivery"], each["fault"]["delivered"]) for each in world.requests()]
    assert told == [(1, which == "first"), (2, which == "second")]


def test_a_stale_answer_is_the_previous_one_again(world):
    """What the caller read before, although the world has moved on."""
    first = world.get().json()
    fault = world.fault({"type": "stale"}, method="GET", route=ROUTE)
    world.put(3)

    stale = world.get()

    assert (stale.json(), stale.headers["X-Mock-Fault"]) == (first, fault)
    assert world.get().json() != first


def test_a_stale_answer_that_there_is_none_of_waits(world):
    """Matched, not fired: the fault is still there for the next call."""
    fault = world.fault({"type": "stale"}, method="GET", route=ROUTE)

    assert world.get().json()["data"]
    assert (world.read(fault)["matched"], world.read(fault)["fired_times"], world.read(fault)["left"]) == (1, 0, 1)
    assert world.get().headers["X-Mock-Fault"] == fault


def test_faults_hit_their_own_world_route_caller_and_call_only(url, world):
    """Nothing is lost but what the plan says; the control API never is."""
    other = World(url)
    fault = world.fault({"type": "status", "status": 500}, times=5, operation_id="acknowledgeInventoryV12", calls=[2])

    statuses = [world.acknowledge().status_code for _ in range(3)]

    assert (statuses, world.get().status_code, other.acknowledge().status_code) == ([200, 500, 200], 200, 200)
    assert [each["id"] for each in world.control("GET", "/faults")["faults"]] == [fault]
    assert other.control("GET", "/faults") == {"faults": []}
    world.control("DELETE", f"/faults/{fault}")
    assert world.control("GET", "/faults") == {"faults": []}


def test_an_everlasting_fault_on_everything_leaves_the_control_api_alone(world):
    """So that it can be taken away again."""
    made = world.control("POST", "/faults", {"action": {"type": "reset", "when": "before"}})

    with pytest.raises(requests.ConnectionError):
        world.get()
    with pytest.raises(requests.ConnectionError):
        world.acknowledge()

    assert (made["left"], world.read(made["id"])["fired_times"]) == (None, 2)
    world.control("DELETE", f"/faults/{made['id']}")
    assert world.get().status_code == 200


def test_a_window_opens_and_closes_with_the_clock(world):
    """Waiting, active, expired: all of it can be read."""
    window = {"from": "2026-01-05T09:10:00Z", "to": "2026-01-05T09:20:00Z"}
    fault = world.fault({"type": "status", "status": 500}, times=9, route=ACKNOWLEDGE, window=window)
    seen = []

    for _ in range(3):
        seen.append((world.acknowledge().status_code, world.read(fault)["state"]))
        world.control("POST", "/clock/advance", {"by": "PT10M"})

    assert seen == [(200, "waiting"), (500, "active"), (200, "expired")]


def test_a_chance_comes_out_the_same_in_an_equal_world(url, world):
    """The seed and the plan's id decide, nothing else."""
    plan = {"id": "flaky", "match": {"method": "GET", "probability": 0.5}, "action": {"type": "status", "status": 500}}
    worlds = (world, World(url))
    for each in worlds:
        each.control("POST", "/faults", plan)

    first, second = ([each.get().status_code for _ in range(12)] for each in worlds)

    assert first == second
    assert set(first) == {200, 500}
