"""What the request journal says of a refused request, and how it counts."""

from __future__ import annotations

import pytest
from wsgi_mock import JSON_API


def journal(mock, query=""):
    return mock.control("GET", f"/worlds/demo/requests{query}").json


def told(mock):
    """Return the differences of the last request."""
    return journal(mock, "?order=newest&limit=1")["requests"][0]["differences"]


def put(mock, body, media_type=JSON_API):
    return mock.mp("PUT", "/variants/1/inventories", body, headers={"Content-Type": media_type})


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/v1.2/inventory/acknowledge", [("method", "GET", "POST", "OM-API-16")]),
        ("GET", "/v1/listing", [("path", "/v1/listing", "/v1/listings", "OM-API-16")]),
        ("GET", "/api/v2/client/variant", [("path", "/api/v2/client/variant", "/api/v2/client/variants", "MP-API-02")]),
        ("DELETE", "/api/v2/client/variants", [("method", "DELETE", "GET", "MP-API-02")]),
    ],
)
def test_a_wrong_route_is_held_against_the_nearest(demo, method, path, expected):
    """Method and path, each with what was expected."""
    demo.om(method, path)

    assert [tuple(each.values()) for each in told(demo)] == expected


@pytest.mark.parametrize(
    ("query", "field", "got", "expected", "behaviour"),
    [
        ("limit=5", "query salesChannelId", None, "salesChannelId", "ack.channel-required-v1.2"),
        ("salesChannelId=5394&limit=5000", "query limit", "5000", "1 to 1000", "ack.limit-out-of-range"),
        ("salesChannelId=5394&limit=ten", "query limit", "ten", "whole number", "ack.limit-out-of-range"),
        ("saleschannelid=5394", "query saleschannelid", "5394", "salesChannelId", "ack.channel-required-v1.2"),
        ("salesChannelId=abc", "query salesChannelId", "abc", "form", "ack.channel-required-v1.2"),
    ],
)
def test_a_wrong_parameter_is_named(demo, query, field, got, expected, behaviour):
    """Range, kind and spelling, with the reading that asks for it."""
    assert demo.om("POST", f"/v1.2/inventory/acknowledge?{query}").status == 400

    found = next(each for each in told(demo) if each["field"] == field)

    assert (found["got"], found["behaviour"]) == (got, behaviour)
    assert expected in found["expected"]


def test_a_wrong_body_is_told_by_its_pointers(demo):
    """What stood there, and the rule that it broke."""
    attributes = {"seller_id": 1, "count_on_hand": "seven"}
    put(demo, {"data": [{"type": "inventories", "attributes": attributes}]})

    found = told(demo)

    assert [(each["field"], each["got"]) for each in found] == [("body /data/0/attributes/count_on_hand", "seven")]


@pytest.mark.parametrize(
    ("ask", "field", "words"),
    [
        (lambda mock: put(mock, b'{"data": ['), "body", "no valid JSON"),
        (lambda mock: put(mock, {"data": []}, "application/json"), "header Content-Type", JSON_API),
        (lambda mock: mock.om("GET", "/v1/listings", token=None), "header Authorization", "bearer token is missing"),
        (lambda mock: mock.om("GET", "/v1/listings", token="unknown-token"), "header Authorization", "unknown"),
        (lambda mock: mock.mp("GET", "/variants", key="unknown-key"), "header Authorization", "API key"),
        (lambda mock: mock.mp("GET", "/variants/999"), "path variant_id", "no variant"),
        (lambda mock: mock.om("GET", "/v1/warehouse/99"), "path warehouseId", "99"),
        (lambda mock: mock.ack(999), "request", "999"),
        (lambda mock: mock.ack(token="om-read-orders-token"), "header Authorization", "read_inventory"),
    ],
)
def test_every_refusal_says_what_was_expected(demo, ask, field, words):
    """Header, path and body; what no contract knows comes from the refusal's own words."""
    assert 400 <= ask(demo).status < 500

    found = told(demo)[0]

    assert found["field"] == field
    assert words in found["expected"]


def test_too_many_calls_are_told_with_the_wait(demo):
    """OM-API-15."""
    world = {**demo.control("GET", "/worlds/demo").json, "limits": {"profile": "known"}}
    made = demo.make(world=world)
    token = made["order_manager"]["tokens"][0]
    demo.ack(token=token)
    demo.ack(token=token)

    entry = demo.control("GET", f"/worlds/{made['id']}/requests").json["requests"][1]

    assert entry["differences"] == [
        {"field": "rate", "got": "too many calls", "expected": "the same call 10000 ms later", "behaviour": "OM-API-15"}
    ]


def test_a_refusal_by_a_fault_blames_nobody(demo):
    """The request was right; the entry names the fault."""
    demo.control(
        "POST", "/worlds/demo/faults", {"action": {"type": "status", "status": 429, "body": {"message": "busy"}}}
    )
    demo.om("GET", "/v1/saleschannels")

    entry = journal(demo)["requests"][0]

    assert (entry["differences"], entry["fault"]["action"]) == ([], "status")


def test_what_was_answered_has_no_differences(demo):
    """Nothing to explain."""
    demo.ack()

    assert "differences" not in journal(demo)["requests"][0]


def test_no_credential_is_in_a_difference(demo):
    """Redacted like everything else that the journal tells."""
    demo.om("GET", "/v1/listings", token="secret-of-nobody-1")
    demo.om("GET", "/v1/listing/om-demo-token")
    demo.om("POST", "/v1.2/inventory/acknowledge?limit=om-demo-token&salesChannelId=1")

    text = str(journal(demo))

    assert "secret-of-nobody-1" not in text
    assert "om-demo-token" not in text


def test_the_journal_counts_what_the_filters_let_through(demo):
    """Counts are of all entries, whatever the limit; kinds come in the order of their first calls."""
    for _ in range(3):
        demo.ack()
    demo.ack(999)
    demo.mp("GET", "/variants")

    page = journal(demo, "?limit=1&api=order-manager")

    assert (page["count"], len(page["requests"])) == (4, 1)
    assert page["summary"] == [
        {"operation_id": "acknowledgeInventoryV12", "method": "POST", "status": 200, "count": 3, "first": 1, "last": 3},
        {"operation_id": "acknowledgeInventoryV12", "method": "POST", "status": 404, "count": 1, "first": 4, "last": 4},
    ]
    assert journal(demo, "?count_only=true")["requests"] == []
    assert journal(demo, "?count_only=true")["count"] == 5


def test_the_journal_can_be_read_from_its_end(demo):
    """The newest first."""
    demo.ack()
    demo.mp("GET", "/variants")

    assert [each["id"] for each in journal(demo, "?order=newest")["requests"]] == [2, 1]
    assert [each["id"] for each in journal(demo, "?order=newest&limit=1")["requests"]] == [2]
