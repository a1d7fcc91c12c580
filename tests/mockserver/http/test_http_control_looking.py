"""Looking into a world: explain, and the request journal with its filters."""

from __future__ import annotations

import pytest

from mockserver.behaviours import find


def requests(mock, query=""):
    reply = mock.control("GET", f"/worlds/demo/requests{query}")
    assert reply.status == 200, reply.body
    return reply.json["requests"]


@pytest.mark.parametrize(
    ("listing_id", "figure"), [(501, 9), (503, 4), (504, 4), (506, 50), (509, 23), (510, 0), (701, 14)]
)
def test_explain_ends_with_the_number_that_the_feed_tells(demo, listing_id, figure):
    """The comments of the demo world derive these by hand."""
    told = demo.control("GET", f"/worlds/demo/explain?listing_id={listing_id}").json

    assert (told["listing_id"], told["figure"]) == (listing_id, figure)
    assert all(find(each) for each in told["behaviours"])


def test_explain_names_the_warehouses_in_and_out(demo):
    """The teapot is excluded from West by its product and from the vendor by the channel."""
    told = str(demo.control("GET", "/worlds/demo/explain?listing_id=506").json["warehouses"])

    assert "product" in told
    assert "channel" in told


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?listing_id=999", 404),
        ("", 422),
        ("?listing_id=", 422),
        ("?listing_id=x", 422),
        ("?listing_id=0", 422),
        ("?listing_id=%D9%A1", 422),
    ],
)
def test_explain_refuses_what_is_no_listing(demo, query, status):
    """404 for an unknown one, 422 for no id at all."""
    assert demo.control("GET", f"/worlds/demo/explain{query}").status == status


def test_the_request_journal_tells_request_and_answer(demo):
    """Method, path, query, headers, bodies, status, instant, behaviours; oldest first."""
    demo.ack(limit=1)
    demo.put(1, {"seller_id": 2, "count_on_hand": 1})

    first, second = requests(demo)

    assert (first["id"], first["api"], first["operation_id"], first["method"], first["status"]) == (
        1, "order-manager", "acknowledgeInventoryV12", "POST", 200,
    )  # fmt: skip
    assert (first["path"], first["query"]) == ("/service/v1.2/inventory/acknowledge", "salesChannelId=5394&limit=1")
    assert first["at"] == "2026-01-05T09:00:00Z"
    assert first["response_body"][0]["listingId"] == 501
    assert "OM-ACK-01" in first["behaviours"]
    assert second["request_body"]["data"][0]["attributes"] == {"seller_id": 2, "count_on_hand": 1}
    assert second["request_headers"]["authorization"] == "[redacted]"


def test_the_control_api_itself_is_not_journalled(demo):
    """Only what integrations ask."""
    demo.control("GET", "/worlds/demo")
    demo.control("GET", "/health")

    assert requests(demo) == []


def test_a_request_is_journalled_in_the_world_of_its_credential(demo):
    """Unknown callers are the default world's."""
    made = demo.make(fixture="demo")
    demo.ack(token=made["order_manager"]["tokens"][0])
    demo.om("GET", "/v1/nothing", token=made["order_manager"]["tokens"][0])
    demo.ack(token="nobody")

    own = demo.control("GET", f"/worlds/{made['id']}/requests").json["requests"]
    assert [each["status"] for each in own] == [200, 404]
    assert [each["status"] for each in requests(demo)] == [401]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("?api=marketplacer", [2, 4]),
        ("?operation_id=listInventories", [2]),
        ("?method=POST", [1, 3]),
        ("?status=404", [5]),
        ("?path=inventories", [2, 4]),
        ("?path=v1.2/inv", [1, 3]),
        ("?after=3", [4, 5]),
        ("?limit=2", [1, 2]),
        ("?after=1&limit=1&api=order-manager", [3]),
        ("?path=", [1, 2, 3, 4, 5]),
    ],
)
def test_requests_are_found_by_every_filter(demo, query, ids):
    """Filters combine; the limit counts what is found."""
    demo.ack()
    demo.mp("GET", "/variants/1/inventories")
    demo.ack(limit=0)
    demo.put(1, {"seller_id": 9})
    demo.om("GET", "/v1/warehouse/77")

    assert [each["id"] for each in requests(demo, query)] == ids


@pytest.mark.parametrize(
    "query", ["?api=shop", "?method=BREW", "?status=99", "?status=abc", "?limit=0", "?limit=1001", "?after=-1"]
)
def test_a_filter_that_can_find_nothing_is_422(demo, query):
    """A slip would look like silence."""
    reply = demo.control("GET", f"/worlds/demo/requests{query}")

    assert (reply.status, query[1:].partition("=")[0] in reply.json["message"]) == (422, True)
