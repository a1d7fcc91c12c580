"""Marketplacer's refusals: body, status, symbol and source as documented (MP-API-03), and nothing changed by them."""

from __future__ import annotations

import pytest

KEYS = {"title", "detail", "id", "href", "code", "source", "links", "status"}
INVENTORIES = "/variants/1/inventories"


def error_of(reply):
    """Return the one error of an answer, whose form is the same for all."""
    assert reply.headers["Content-Type"] == "application/vnd.api+json"
    assert set(reply.json) == {"errors"}
    (error,) = reply.json["errors"]
    assert set(error) == KEYS
    assert (error["id"], error["href"], error["links"], error["code"]) == (None, None, None, reply.status)
    return error


@pytest.mark.parametrize(
    ("ask", "status", "title", "symbol"),
    [
        (lambda mock: mock.mp("GET", INVENTORIES, key=None), 401, "Unauthorized", "unauthorized"),
        (lambda mock: mock.mp("GET", INVENTORIES, key="om-demo-token"), 401, "Unauthorized", "unauthorized"),
        (lambda mock: mock.put(1, {"count_on_hand": 1}, key="mp-read-key"), 403, "Forbidden", "forbidden"),
        (lambda mock: mock.mp("GET", "/variants/99/inventories"), 404, "Not found", "not_found"),
        (lambda mock: mock.mp("GET", INVENTORIES, key="mp-stranger-key"), 404, "Not found", "not_found"),
        (lambda mock: mock.mp("DELETE", f"{INVENTORIES}/1", key="mp-member-key"), 404, "Not found", "not_found"),
        (lambda mock: mock.mp("DELETE", f"{INVENTORIES}/3"), 404, "Not found", "not_found"),
        (lambda mock: mock.mp("GET", "/adverts/11/variants/1"), 404, "Not found", "not_found"),
        (lambda mock: mock.mp("GET", "/adverts/14"), 404, "Not found", "not_found"),
        (lambda mock: mock.mp("POST", INVENTORIES, {}), 404, "Not found", "not_found"),
        (lambda mock: mock.mp("PUT", INVENTORIES, b"{"), 400, "Bad request", "bad_request"),
        (lambda mock: mock.mp("PUT", INVENTORIES, {"data": 1}), 422, "Validation error", "resource_invalid"),
        (lambda mock: mock.put(1, {"seller_id": 4}), 422, "Validation error", "resource_invalid"),
    ],
)
def test_an_error_has_the_documented_body(demo, ask, status, title, symbol):
    """MP-API-03: code is the number, status the word."""
    before = demo.state()

    error = error_of(ask(demo))

    assert (error["code"], error["title"], error["status"]) == (status, title, symbol)
    assert demo.state() == before


@pytest.mark.parametrize("media_type", ["application/json", "", "text/plain", "application/vnd.api+jsonx", "x" * 999])
@pytest.mark.parametrize("target", [("PUT", INVENTORIES), ("POST", "/variants/stock_on_hand")])
def test_another_media_type_is_415(demo, target, media_type):
    """MP-API-02."""
    error = error_of(demo.mp(*target, {"data": []}, headers={"Content-Type": media_type}))

    assert (error["title"], error["status"]) == ("Unsupported media type", "unsupported_media_type")
    assert error["source"] is None


def test_media_type_parameters_and_case_are_no_obstacle(demo):
    """A charset changes nothing."""
    headers = {"Content-Type": "Application/Vnd.API+json; charset=utf-8"}

    assert demo.mp("PUT", INVENTORIES, {"data": []}, headers=headers).status == 200


@pytest.mark.parametrize(
    ("attributes", "source"),
    [
        ({"seller_id": 2, "count_on_hand": -1}, "count_on_hand"),
        ({"seller_id": 2, "count_on_hand": 7.0}, "count_on_hand"),
        ({"seller_id": 2, "count_on_hand": 1.5}, "count_on_hand"),
        ({"seller_id": 2, "count_on_hand": "7"}, "count_on_hand"),
        ({"seller_id": 2, "count_on_hand": None}, "count_on_hand"),
        ({"seller_id": 2, "count_on_hand": True}, "count_on_hand"),
        ({"seller_id": 2, "count_on_hand": 1_000_000_001}, "count_on_hand"),
        ({"seller_id": 2, "count_on_hand": 10**30}, "count_on_hand"),
        ({"seller_id": 2, "price": -1}, "price"),
        ({"seller_id": 2, "price": "10"}, "price"),
        ({"seller_id": 2, "price": 1e300}, "price"),
        ({"seller_id": 2, "price": 1e-300}, "price"),
        ({"seller_id": 2, "price": []}, "price"),
        ({"seller_id": 2, "price": 10, "sale_price": 10}, "sale_price"),
        ({"seller_id": 1, "sale_price": 500.01}, "sale_price"),
        ({"seller_id": 2, "infinite": "true"}, "infinite"),
        ({"seller_id": 2, "fulfilment_provider": 5}, "fulfilment_provider"),
        ({"seller_id": 2, "fulfilment_provider": "a\0b"}, "fulfilment_provider"),
        ({"seller_id": 2, "fulfilment_provider": "x" * 10_001}, "fulfilment_provider"),
        ({"count_on_hand": 5}, "seller_id"),
        ({"seller_id": None, "count_on_hand": 5}, "seller_id"),
        ({"seller_id": 4, "count_on_hand": 5}, "seller_id"),
        ({"seller_id": 99, "count_on_hand": 5}, "seller_id"),
        ({"seller_id": 2.0, "count_on_hand": 5}, "seller_id"),
        ({"seller_id": "two", "count_on_hand": 5}, "seller_id"),
        ({"seller_id": True, "count_on_hand": 5}, "seller_id"),
    ],
)
def test_a_refused_value_is_named_and_the_whole_write_is_undone(demo, attributes, source):
    """422 resource_invalid with data/attributes/<name>; an owner's PUT is all or nothing."""
    before = demo.state()

    error = error_of(demo.put(1, {"seller_id": 1, "count_on_hand": 1}, attributes))

    assert (error["code"], error["source"]) == (422, f"data/attributes/{source}")
    assert demo.state() == before


@pytest.mark.parametrize("body", [{}, [], 1, None, "data", {"data": None}, {"data": {}}, {"data": {"0": {}}}])
def test_data_that_is_no_array_is_told_as_such(demo, body):
    """Reading mp.data-not-array."""
    raw = b"null" if body is None else None
    error = error_of(demo.mp("PUT", INVENTORIES, raw or body))

    assert (error["code"], error["source"]) == (422, "data")


@pytest.mark.parametrize(
    "entry", [1, None, {}, {"attributes": None}, {"attributes": []}, {"type": 5, "attributes": {}}]
)
def test_an_element_that_is_no_record_is_refused(demo, entry):
    """422; the detail says which."""
    error = error_of(demo.mp("PUT", INVENTORIES, {"data": [entry]}))

    assert error["code"] == 422
    assert "/data/0" in error["detail"]


@pytest.mark.parametrize(
    "counts",
    [
        {"12": -1},
        {"12": 1.5},
        {"12": "7"},
        {"12": "infinite"},
        {"12": None},
        {"12": 10**12},
        {"12": 1e30},
        {"١٢": 1},
        {"twelve": 1},
        {"1": 5},
        {"12": 1, "1": 5},
        [],
        5,
    ],
)
def test_a_bad_count_on_the_bulk_route_is_422_and_changes_nothing(demo, counts):
    """Documented: strings but INFINITE are refused with 422; a multi-store variant has no count of its own."""
    before = demo.state()

    error = error_of(demo.mp("POST", "/variants/stock_on_hand", {"count_on_hand": counts}))

    assert (error["code"], error["source"]) == (422, "data/attributes/count_on_hand")
    assert demo.state() == before


def test_a_foreign_variant_on_the_bulk_route_is_404_and_changes_nothing(demo):
    """All or nothing."""
    before = demo.state()

    assert error_of(demo.mp("POST", "/variants/stock_on_hand", {"count_on_hand": {"12": 9, "13": 9}}))["code"] == 404
    assert demo.state() == before


def test_bad_counts_are_bent_under_the_other_reading(new_mock):
    """mp.bad-count=coerced: negative becomes 0, fractions are rounded down."""
    mock = new_mock(readings={"mp.bad-count": "coerced"})
    mock.put(1, {"seller_id": 1, "count_on_hand": -3}, {"seller_id": 2, "count_on_hand": 2.9})

    assert {seller: held["count_on_hand"] for seller, held in mock.held(1).items()} == {1: 0, 2: 2}
    assert mock.mp("POST", "/variants/stock_on_hand", {"count_on_hand": {"12": 3.7}}).status == 201
    assert mock.mp("GET", "/variants/12").json["data"]["attributes"]["count_on_hand"] == 3
    assert mock.mp("POST", "/variants/stock_on_hand", {"count_on_hand": {"12": 1e30}}).status == 422


def test_either_header_and_both_with_one_key_let_a_caller_in(demo):
    """MP-API-01."""
    own = {"MARKETPLACER-API-KEY": "mp-owner-key"}

    assert demo.mp("GET", INVENTORIES, key=None, headers=own).status == 200
    assert demo.mp("GET", INVENTORIES, key="mp-owner-key", headers=own).status == 200
    assert demo.mp("GET", INVENTORIES, key=None, headers=own | {"Authorization": "Basic dXNlcjpwYXNz"}).status == 200


@pytest.mark.parametrize("other", ["mp-member-key", "nobody"])
def test_two_different_keys_let_nobody_in(demo, other):
    """Whichever header has which."""
    for own, bearer in (("mp-owner-key", other), (other, "mp-owner-key")):
        reply = demo.mp("GET", INVENTORIES, key=bearer, headers={"MARKETPLACER-API-KEY": own})
        assert error_of(reply)["code"] == 401


def test_both_headers_are_refused_under_the_other_reading(new_mock):
    """mp.two-auth-headers=refused."""
    mock = new_mock(readings={"mp.two-auth-headers": "refused"})

    assert mock.mp("GET", INVENTORIES, headers={"MARKETPLACER-API-KEY": "mp-owner-key"}).status == 401


def test_the_media_type_of_answers_is_a_reading(new_mock):
    """mp.media-type=json, on errors and unknown routes too."""
    mock = new_mock(readings={"mp.media-type": "json"})

    for path in (INVENTORIES, "/variants/99", "/nothing"):
        assert mock.mp("GET", path).headers["Content-Type"] == "application/json"
