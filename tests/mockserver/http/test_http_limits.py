"""Rate limits on the wire: 429, how long to wait, and the world's clock that makes it pass."""

from __future__ import annotations

import pytest

ONE = {"burst": 1, "every": "PT10S"}
WAIT = "x-skubana-quota-retryAfter"


def limited(new_mock, shipped, **limits):
    return new_mock({**shipped("demo"), "limits": limits})


@pytest.fixture
def shipped():
    """Read a shipped world."""
    from wsgi_mock import shipped

    return shipped


@pytest.fixture
def known(new_mock, shipped):
    """A server whose world follows the known figures."""
    return limited(new_mock, shipped, profile="known")


def test_there_are_no_limits_by_default(demo):
    """A hundred calls at one instant."""
    assert {demo.om("GET", "/v1/products").status for _ in range(100)} == {200}


def test_order_manager_says_in_milliseconds_how_long_to_wait(known):
    """OM-API-15: one acknowledge in ten seconds, then 429 with a small JSON body."""
    assert known.ack().status == 200

    refused = known.ack()

    assert (refused.status, refused.headers[WAIT]) == (429, "10000")
    assert refused.json["errorCode"] == "TOO_MANY_REQUESTS"
    assert "OM-API-15" in refused.headers["X-Mock-Behaviours"]


def test_the_wait_passes_with_the_worlds_clock(known):
    """A millisecond too early is too early; nothing was acknowledged by the refused calls."""
    known.ack(limit=1)
    known.done({"type": "clock.advance", "by": "PT9.999S"})
    assert known.ack().headers[WAIT] == "1"

    known.done({"type": "clock.advance", "by": "PT0.001S"})

    assert known.ack().json


def test_every_token_and_route_has_a_quota_of_its_own(known):
    """Version 1.1 is another route; another token another caller."""
    known.ack()

    assert known.ack(version="v1.1").status == 200
    assert known.om("GET", "/v1/products").status == 200
    assert known.ack(token="om-read-orders-token").status == 403


def test_a_call_that_is_wrong_costs_like_any_other(known):
    """The quota counts calls, not successes."""
    assert known.ack(999).status == 404
    assert known.ack().status == 429


def test_marketplacer_says_in_seconds_how_long_to_wait(new_mock, shipped):
    """OUR-27: Retry-After, rounded up, and the usual error body."""
    mock = limited(new_mock, shipped, routes={"listInventories": {"burst": 1, "every": "PT1.5S"}})
    mock.held(1)

    refused = mock.mp("GET", "/variants/1/inventories")

    assert (refused.status, refused.headers["Retry-After"]) == (429, "2")
    assert refused.headers["Content-Type"] == "application/vnd.api+json"
    error = refused.json["errors"][0]
    assert (error["code"], error["status"], error["source"]) == (429, "too_many_requests", None)
    assert mock.mp("GET", "/variants/1/inventories", key="mp-member-key").status == 200


def test_a_refused_write_changes_nothing(new_mock, shipped):
    """429 comes before the handler."""
    mock = limited(new_mock, shipped, routes={"putInventories": ONE})
    mock.put(1, {"seller_id": 1, "count_on_hand": 3})

    assert mock.put(1, {"seller_id": 1, "count_on_hand": 4}).status == 429
    assert mock.held(1)[1]["count_on_hand"] == 3


def test_the_control_api_has_no_limits(known):
    """It is no part of the imitated APIs."""
    assert {known.control("GET", "/worlds/demo/clock").status for _ in range(50)} == {200}


def test_a_reset_gives_the_whole_quota_again(known):
    """Time goes back, so what was used up is not."""
    known.ack()
    known.control("POST", "/worlds/demo/reset")

    assert known.ack().status == 200


def test_limits_stay_in_the_world_file(known):
    """The state is a world file that has them too."""
    assert known.control("GET", "/worlds/demo").json["limits"] == {"profile": "known"}


def test_an_unknown_route_in_a_world_file_is_told(demo, shipped):
    """With the nearest one."""
    world = {**shipped("demo"), "limits": {"routes": {"listProduct": ONE}}}

    reply = demo.control("POST", "/worlds", {"world": world})

    assert (reply.status, reply.json["problems"][0]["nearest"]) == (422, "listProducts")


def test_a_duplicated_delivery_costs_twice(new_mock, shipped):
    """Both reach the imitated system."""
    mock = limited(new_mock, shipped, routes={"acknowledgeInventoryV12": ONE})
    mock.control("POST", "/worlds/demo/faults", {"action": {"type": "duplicate", "answer": "second"}})

    assert mock.ack().status == 429


def test_the_same_calls_get_the_same_answers(new_mock, shipped):
    """Deterministic: quotas live on virtual time only."""

    def session():
        mock = limited(new_mock, shipped, profile="known")
        answers = []
        for _ in range(30):
            reply = mock.om("GET", "/v1/products")
            answers.append((reply.status, reply.headers.get(WAIT)))
            mock.done({"type": "clock.advance", "by": "PT1.7S"})
        return answers

    assert session() == session()
    assert {status for status, _ in session()} == {200, 429}
