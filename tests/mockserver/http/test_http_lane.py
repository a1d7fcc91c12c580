"""The lane, Flask's dispatch and the gateway itself give one and the same answer."""

from __future__ import annotations

import json

import pytest
from wsgi_mock import Mock, shipped

from mockserver.http.exchange import Request
from mockserver.http.lane import is_hot

OM = {"Authorization": "Bearer om-demo-token"}
MP = {"Authorization": "Bearer mp-owner-key", "Content-Type": "application/vnd.api+json"}
PUT = b'{"data":[{"attributes":{"seller_id":2,"count_on_hand":9,"price":27.38}}]}'
ACKNOWLEDGE = "/service/v1.2/inventory/acknowledge"
INVENTORIES = "/api/v2/client/variants/1/inventories"

# In this order on each server: some answers depend on what was asked before.
REQUESTS = [
    ("POST", f"{ACKNOWLEDGE}?salesChannelId=5394&limit=5", OM, b""),
    ("POST", f"{ACKNOWLEDGE}?salesChannelId=5394", OM, b"ignored"),
    ("POST", f"{ACKNOWLEDGE}?salesChannelId=5394", OM, b""),
    ("POST", "/v1.1/inventory/acknowledge", OM, b""),
    ("POST", ACKNOWLEDGE, OM, b""),
    ("POST", f"{ACKNOWLEDGE}?salesChannelId=\u00fc", OM, b""),
    ("POST", f"{ACKNOWLEDGE}?salesChannelId=%FF", OM, b""),
    ("POST", f"{ACKNOWLEDGE}?salesChannelId=5394", {}, b""),
    ("POST", f"{ACKNOWLEDGE}?salesChannelId=999", OM, b""),
    ("GET", ACKNOWLEDGE, OM, b""),
    ("HEAD", ACKNOWLEDGE, OM, b""),
    ("OPTIONS", INVENTORIES, MP, b""),
    ("GET", INVENTORIES, MP, b""),
    ("PUT", INVENTORIES, MP, PUT),
    ("PUT", INVENTORIES, MP, PUT[:-1]),
    ("PUT", INVENTORIES, {**MP, "Content-Type": "application/json"}, PUT),
    ("PUT", INVENTORIES, MP, b'{"data":[{"attributes":{"seller_id":99}}]}'),
    ("PUT", INVENTORIES, MP, b"x" * (8 * 1024 * 1024 + 1)),
    ("POST", INVENTORIES, MP, PUT),
    ("GET", "/api/v2/client/variants/%31/inventories/", MP, b""),
    ("GET", "/api/v2/client/variants/%2531/inventories", MP, b""),
    ("GET", "/api/v2//client/variants/999/inventories", MP, b""),
    ("GET", "/somewhere/inventories", MP, b""),
    ("GET", "/v1.3/inventory/acknowledge", OM, b""),
    ("GET", "/\u00fc/inventories", OM, b""),
]


def as_asked(mock, request, app):
    method, target, headers, body = request
    # As the bytes of UTF-8 that a client would put on the wire.
    raw = target.encode().decode("latin-1")
    path, _, query = raw.partition("?")
    reply = mock.ask(method, path, headers=headers, body=body, app=app, QUERY_STRING=query)
    return reply.status, reply.body, sorted(reply.pairs)


@pytest.fixture(scope="module")
def both():
    """Return the answers to all requests over the lane and over Flask's dispatch, and the request journals."""
    answers, journals = [], []
    for through_lane in (True, False):
        mock = Mock(shipped("demo"))
        app = mock.app if through_lane else mock.app.wsgi_app._inner
        answers.append([as_asked(mock, request, app) for request in REQUESTS])
        journals.append(mock.control("GET", "/worlds/demo/requests?limit=1000").json["requests"])
    return answers, journals


@pytest.mark.parametrize("number", range(len(REQUESTS)), ids=lambda n: f"{n} {REQUESTS[n][0]} {REQUESTS[n][1][:40]}")
def test_lane_and_dispatch_answer_alike(both, number):
    """Status, body and every header."""
    (lane, dispatch), _ = both

    assert lane[number] == dispatch[number]


def test_lane_and_dispatch_are_journalled_alike(both):
    """Same path, query, headers and bodies."""
    _, (lane, dispatch) = both

    assert len(lane) == len(REQUESTS)
    assert lane == dispatch


def test_the_requests_go_where_they_are_meant_to():
    """Otherwise the comparison compares one thing with itself."""
    hot = [is_hot(target.partition("?")[0]) for _, target, _, _ in REQUESTS]

    assert hot.count(True) > 15
    assert not is_hot("/_mock/worlds/demo/inventories")
    assert not is_hot("/api/v2/client/variants")


def test_the_gateway_alone_answers_alike(both):
    """For the in-process mock: no WSGI at all."""
    (lane, _), _ = both
    mock = Mock(shipped("demo"))

    for position in (0, 1, 2, 3, 4):
        method, target, headers, body = REQUESTS[position]
        path, _, query = target.partition("?")
        small = {name.lower(): value for name, value in headers.items()}
        answer = mock.gateway.answer(Request(method, path, query, small, body))
        assert (answer.status, answer.body) == lane[position][:2]


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/listings", 200), ("/v1/nothing", 404), ("/api/v2/client/variants", 401)]
)
def test_other_routes_have_one_content_type_and_length(demo, path, status):
    """No header twice, none left out."""
    reply = demo.om("GET", path)
    names = [name.lower() for name, _ in reply.pairs]

    assert reply.status == status
    assert names.count("content-type") == names.count("content-length") == 1
    assert int(reply.headers["Content-Length"]) == len(reply.body)


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("DELETE", f"{INVENTORIES}/2", None),
        ("POST", "/api/v2/client/variants/stock_on_hand", {"count_on_hand": {"12": 1}}),
    ],
)
def test_an_answer_without_a_body_has_no_content_type(demo, method, target, body):
    """204 and 201 bring nothing, and say nothing of what it would be."""
    reply = demo.ask(method, target, headers=MP, body=json.dumps(body).encode() if body else b"")

    assert reply.body == b""
    assert "Content-Type" not in reply.headers
