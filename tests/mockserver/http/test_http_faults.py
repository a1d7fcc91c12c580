"""Faults in the control API and in this process: what a plan may say, and what a WSGI or `requests` client sees."""

from __future__ import annotations

import time

import pytest
import requests

from mockserver import faults
from mockserver.http.app import create_app
from mockserver.settings import Settings
from mockserver.testing import mock_world

FAULTS = "/worlds/demo/faults"
STALE = {"type": "stale"}
RESET = {"type": "reset", "when": "after"}


def acknowledge():
    headers = {"Authorization": "Bearer om-demo-token"}
    url = "https://api.skubana.com/v1.2/inventory/acknowledge?salesChannelId=5394"
    return requests.post(url, headers=headers, timeout=5)


def test_a_fault_is_a_resource(demo):
    """Made, listed, read, removed."""
    made = demo.control("POST", FAULTS, {"id": "one", "action": STALE})

    assert (made.status, made.json["state"], made.json["matched"], made.json["fired"]) == (201, "active", 0, [])
    assert demo.control("GET", FAULTS).json == {"faults": [made.json]}
    assert demo.control("GET", f"{FAULTS}/one").json == made.json
    assert demo.control("DELETE", f"{FAULTS}/one").status == 204
    assert demo.control("GET", FAULTS).json == {"faults": []}


@pytest.mark.parametrize(
    ("plan", "status", "words"),
    [
        ({"match": {"operation_id": "listListing"}, "action": STALE}, 422, "listListing"),
        ({"match": {"route": "/v1/listing"}, "action": STALE}, 422, "/match/route"),
        ({"match": {"seller": 99}, "action": STALE}, 422, "no seller 99"),
        ({"match": {"seller": 1, "token": 0}, "action": STALE}, 422, "/match"),
        ({"match": {"calls": {"from": 2, "to": 1}}, "action": STALE}, 422, "/match/calls"),
        ({"action": {"type": "status", "status": 500, "headers": {"Connection": "close"}}}, 422, "transport"),
        ({"action": {"type": "explode"}}, 422, "explode"),
        ({"id": "taken", "action": STALE}, 409, "taken"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(demo, plan, status, words):
    """A fault that could never fire would be silence."""
    demo.control("POST", FAULTS, {"id": "taken", "action": STALE})

    reply = demo.control("POST", FAULTS, plan)

    assert reply.status == status
    assert words in reply.json["message"]
    assert len(demo.control("GET", FAULTS).json["faults"]) == 1


def test_more_faults_than_a_world_may_have_are_refused(demo, monkeypatch):
    """409 with the number; the handle of a test says the same."""
    monkeypatch.setattr(faults, "MOST_FAULTS", 2)
    for _ in range(2):
        demo.control("POST", FAULTS, {"action": STALE})

    reply = demo.control("POST", FAULTS, {"action": STALE})

    assert (reply.status, reply.json["error"]) == (409, "too_many_faults")
    assert "at most 2 faults" in reply.json["message"]
    with mock_world("demo") as world:
        for _ in range(2):
            world.add_fault({"action": STALE})
        with pytest.raises(ValueError, match="at most 2 faults"):
            world.add_fault({"action": STALE})


def test_an_unknown_fault_is_not_found_with_the_nearest(demo):
    """404 on reading and on removing."""
    demo.control("POST", FAULTS, {"id": "busy-hour", "action": STALE})

    for method in ("GET", "DELETE"):
        reply = demo.control(method, f"{FAULTS}/busy-hours")
        assert (reply.status, reply.json["error"]) == (404, "unknown_fault")
        assert "'busy-hour'" in reply.json["message"]


def test_a_reset_of_the_world_takes_its_faults_away_and_a_restore_does_not(demo):
    """A world's start has none; a snapshot is a place in the journal, and faults are not in it."""
    demo.control("POST", "/worlds/demo/snapshots", {"name": "here"})
    demo.control("POST", FAULTS, {"action": STALE})

    demo.control("POST", "/worlds/demo/snapshots/here/restore")
    assert len(demo.control("GET", FAULTS).json["faults"]) == 1

    demo.control("POST", "/worlds/demo/reset")
    assert demo.control("GET", FAULTS).json == {"faults": []}


def test_a_wsgi_client_gets_connection_reset_for_a_broken_connection(demo):
    """Without a socket there is nothing to break; the application raises instead."""
    demo.control("POST", FAULTS, {"match": {"calls": [1]}, "action": RESET})

    with pytest.raises(ConnectionResetError):
        demo.ack()

    assert demo.ack().json == []


def test_a_wsgi_client_gets_a_short_body_under_the_full_length(demo):
    """The header promises what does not come."""
    demo.control("POST", FAULTS, {"action": {"type": "truncate", "bytes": 5}})
    app = demo.app
    reply = demo._call(app, {"REQUEST_METHOD": "GET", "PATH_INFO": "/v1/saleschannels", "SERVER_NAME": "mock",
                             "SERVER_PORT": "80", "wsgi.url_scheme": "http",
                             "HTTP_AUTHORIZATION": "Bearer om-demo-token"})  # fmt: skip

    assert len(reply.body) == 5
    assert int(reply.headers["Content-Length"]) > 5


def test_oauth_routes_are_matched_in_the_world_of_their_app(demo):
    """An open route leads to the world of the app that it names."""
    made = demo.make(fixture="demo")
    app_key = made["order_manager"]["apps"][0]["app_key"]
    plan = {
        "match": {"operation_id": "authorize"},
        "action": {"type": "status", "status": 500, "body": {"message": "x"}},
    }
    demo.control("POST", f"/worlds/{made['id']}/faults", plan)

    assert demo.ask("GET", f"/oauth/authorize?client_id={app_key}").status == 500
    assert demo.ask("GET", "/oauth/authorize?client_id=demo-app").status == 302


# -- in this process -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "error"),
    [
        ({"type": "reset", "when": "before"}, requests.ConnectionError),
        (RESET, requests.ConnectionError),
        ({"type": "truncate"}, requests.exceptions.ChunkedEncodingError),
        ({"type": "lose_reply"}, requests.ReadTimeout),
        ({"type": "delay", "seconds": 20}, requests.ReadTimeout),
        ({"type": "lose_reply", "seconds": 0}, requests.ConnectionError),
    ],
)
def test_requests_raises_in_process_what_it_raises_over_a_socket(action, error):
    """The same exceptions; a client that would give up first does not wait for it."""
    began = time.monotonic()
    with mock_world("demo") as world:
        fault = world.add_fault({"times": 1, "action": action})

        with pytest.raises(error):
            acknowledge()

        assert bool(acknowledge().json()) is (action.get("when") == "before")
        assert [each["fired_times"] for each in world.faults()] == [1]
        world.remove_fault(fault)
        assert world.faults() == []
    assert time.monotonic() - began < 5


def test_the_handle_refuses_a_plan_that_makes_no_sense():
    """The same schema and the same rules as over HTTP."""
    with mock_world("demo") as world:
        for plan in ({}, {"match": {"route": "/v1/nothing"}, "action": STALE}):
            with pytest.raises(ValueError, match=r"action|route"):
                world.add_fault(plan)


# -- the clock -----------------------------------------------------------------------------------------


def test_a_real_clock_runs_as_fast_as_it_is_told():
    """`--speed`: a hundredth of a second is ten minutes at 60,000."""
    app = create_app(Settings(clock="real", speed=60_000))
    client = app.test_client()
    before = client.get("/_mock/worlds/demo/clock").json["now"]
    time.sleep(0.02)

    assert client.get("/_mock/worlds/demo/clock").json["now"] >= "2026-01-05T09:20:00Z"
    assert before < "2026-01-06"
