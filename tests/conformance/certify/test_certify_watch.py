"""What is always watched: counts, credentials and contracts, on exchanges made by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.certify.contracts import broken, operation_of
from conformance.certify.history import Exchange, History
from conformance.certify.watch import _misplaced, counts_of, is_count

PUT = "/api/v2/client/variants/1/inventories"
ACKNOWLEDGE = "/service/v1.2/inventory/acknowledge"
JSON_API = {"Content-Type": "application/vnd.api+json"}


def exchange(method: str = "PUT", path: str = PUT, **more: Any) -> Exchange:
    body = more.pop("body", b"")
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    api = "marketplacer" if path.startswith("/api/v2") else "order_manager"
    known = {"api": api, "query": (), "headers": dict(JSON_API), "credentials": (("authorization", api),)}
    return History().open(method=method, path=path, body=content, **{**known, **more})


def put(**attributes: Any) -> Exchange:
    return exchange(body={"data": [{"type": "inventories", "attributes": {"seller_id": 1, **attributes}}]})


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("0", True),
        ("7", True),
        ("7.0", False),
        ("7.5", False),
        ("-1", False),
        ('"7"', False),
        ("true", False),
        ("null", False),
    ],
)
def test_a_count_is_a_whole_json_number_from_0(text: str, fits: bool):
    """7.0 is a number with a point, however whole."""
    body = f'{{"data": [{{"attributes": {{"count_on_hand": {text}}}}}]}}'.encode()

    assert [fits] == [is_count(value) for _, value in counts_of(exchange(body=body))]


def test_counts_are_found_in_every_kind_of_write():
    """Records, stock on hand by variant, and Order Manager's stock rows."""
    many = exchange("POST", "/api/v2/client/variants/stock_on_hand", body={"count_on_hand": {"1": 2, "3": "INFINITE"}})
    stock = exchange("POST", "/service/v1.1/inventory/adjust", body=[{"masterSku": "A", "onHandQuantity": 4}])

    assert [3] == [value for _, value in counts_of(put(count_on_hand=3))]
    assert [2] == [value for _, value in counts_of(many)]
    assert [4] == [value for _, value in counts_of(stock)]
    assert [] == list(counts_of(put(price=5)))


@pytest.mark.parametrize(
    ("seen", "wrong"),
    [
        ([("authorization", "marketplacer")], 0),
        ([("marketplacer-api-key", "marketplacer")], 0),
        ([("authorization", "marketplacer"), ("marketplacer-api-key", "marketplacer")], 0),
        ([], 1),
        ([("authorization", "order_manager")], 2),
        ([("authorization", "marketplacer"), ("address", "marketplacer")], 1),
        ([("authorization", "marketplacer"), ("body", "order_manager")], 1),
    ],
)
def test_a_credential_belongs_into_its_own_header_and_nowhere_else(seen: list[tuple[str, str]], wrong: int):
    """Missing, foreign and given away are three things."""
    assert wrong == len(list(_misplaced(exchange(credentials=tuple(seen)))))


def test_order_manager_takes_no_other_header():
    """Its token goes into Authorization."""
    asked = exchange("POST", ACKNOWLEDGE, credentials=(("marketplacer-api-key", "order_manager"),))

    assert list(_misplaced(asked))


def test_a_credential_without_the_word_bearer_is_not_as_documented():
    """The scheme is part of it."""
    assert list(_misplaced(exchange(headers={"Authorization": "mp-key"})))


@pytest.mark.parametrize(
    "sound",
    [
        put(count_on_hand=3),
        exchange("POST", ACKNOWLEDGE, query=(("salesChannelId", "1"), ("limit", "100"))),
        exchange("POST", "/v1.1/inventory/acknowledge"),
        exchange("GET", "/api/v2/client/variants", query=(("sku", "A"), ("page[size]", "50"))),
    ],
)
def test_a_sound_request_breaks_nothing(sound: Exchange):
    """With and without /service, with and without parameters that may be left out."""
    assert [] == list(broken(sound))


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (exchange("POST", "/oauth/token", headers={"Content-Type": "text/plain"}, body=b"x"), "Content-Type"),
        (exchange("POST", ACKNOWLEDGE, query=(("salesChannelId", "1"), ("size", "9"))), "query"),
        (exchange("POST", "/v9/inventory/acknowledge"), "/v9/inventory/acknowledge"),
        (exchange("GET", "/client/variants"), "/client/variants"),
        (exchange("PATCH", PUT), PUT),
        (exchange(headers={"Content-Type": "application/json"}, body={"data": []}), "Content-Type"),
        (exchange(body=b"{"), "body"),
        (exchange(), "body"),
        (put(count_on_hand="3"), "count_on_hand"),
        (put(infinite="no"), "infinite"),
    ],
)
def test_a_request_that_breaks_its_contract_is_told_with_the_place(wrong: Exchange, place: str):
    """Route, parameter, media type or part of the body."""
    assert any(place in each.path for each in broken(wrong))


def test_a_refusal_of_the_server_counts_unless_the_harness_made_it():
    """A 422 that we sent ourselves is nobody's fault."""
    refused, spoiled = put(count_on_hand=1), put(count_on_hand=1)
    refused.status = spoiled.status = 422
    spoiled.spoiled = "the harness refused it"

    assert (1, 0) == (len(list(broken(refused))), len(list(broken(spoiled))))


def test_stock_on_hand_is_no_variant():
    """The route with a fixed name comes before the one with an id."""
    operation = operation_of(exchange("POST", "/api/v2/client/variants/stock_on_hand"))

    assert operation is not None
    assert operation.route == "/client/variants/stock_on_hand"
