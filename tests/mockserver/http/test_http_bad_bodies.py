"""Broken, huge and hostile bodies: a clear refusal, quickly, and nothing changed."""

from __future__ import annotations

import io
import json
import time

import pytest

from mockserver.http.bodies import DEEPEST_NESTING, LARGEST_BODY

GOOD = b'{"data":[{"attributes":{"seller_id":2,"count_on_hand":1}}]}'
BROKEN = {
    "empty": b"",
    "blank": b" \n",
    "truncated": GOOD[:-3],
    "single quotes": GOOD.replace(b'"', b"'"),
    "trailing comma": b'{"data":[],}',
    "two values": GOOD + GOOD,
    "comment": b"/* hi */" + GOOD,
    "NaN": b'{"data":[{"attributes":{"seller_id":2,"count_on_hand":NaN}}]}',
    "Infinity": b'{"data":[{"attributes":{"seller_id":2,"price":-Infinity}}]}',
    "1e999": b'{"data":[{"attributes":{"seller_id":2,"price":1e999}}]}',
    "leading zero": b'{"data":[{"attributes":{"seller_id":2,"count_on_hand":01}}]}',
    "not UTF-8": b'{"data":[{"attributes":{"seller_id":2,"fulfilment_provider":"\xff\xfe"}}]}',
    "Latin-1": '{"data":"ü"}'.encode("latin-1"),
    "UTF-16": '{"data":[]}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf" + GOOD,
    "lone surrogate": b'{"data":[{"attributes":{"seller_id":2,"fulfilment_provider":"\\ud800"}}]}',
    "lone surrogate, raw": b'{"data":["\xed\xa0\x80"]}',
    "bare control character": b'{"data":["a\nb"]}',
    "NUL": b'{"data":[]}\x00',
    "form": b"data=1",
    "XML": b"<data/>",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    "too deep": b"[" * (DEEPEST_NESTING + 1) + b"]" * (DEEPEST_NESTING + 1),
    "bomb of arrays": b"[" * 1_000_000,
    "bomb of objects": b'{"a":' * 1_000_000,
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("route", [("PUT", "/variants/1/inventories"), ("POST", "/variants/stock_on_hand")])
def test_a_broken_body_is_a_bad_request_of_marketplacer(demo, route, name):
    """Reading mp.malformed-json=bad-request; the detail says where."""
    before = demo.state()
    began = time.perf_counter()

    reply = demo.mp(*route, BROKEN[name])

    error = reply.json["errors"][0]
    assert (reply.status, error["status"]) == (400, "bad_request")
    assert "valid JSON" in error["detail"] or "nested deeper" in error["detail"]
    assert len(reply.body) < 1_000
    assert time.perf_counter() - began < 1
    assert demo.state() == before


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize(
    "path", ["/worlds", "/worlds/demo/commands", "/worlds/demo/clock/advance", "/worlds/demo/snapshots"]
)
def test_a_broken_body_is_a_bad_request_of_the_control_api(demo, path, name):
    """400 bad_request, in its own form."""
    before, worlds = demo.state(), set(demo.worlds._worlds)

    reply = demo.control("POST", path, BROKEN[name])

    assert (reply.status, reply.json["error"]) == (400, "bad_request")
    assert demo.state() == before
    assert set(demo.worlds._worlds) == worlds


def test_malformed_json_is_422_under_the_other_reading(new_mock):
    """mp.malformed-json=unprocessable."""
    mock = new_mock(readings={"mp.malformed-json": "unprocessable"})

    assert mock.mp("PUT", "/variants/1/inventories", b"{").status == 422


def test_nesting_up_to_the_bound_and_brackets_in_strings_are_fine(demo):
    """Only real nesting counts."""
    deep: object = 1
    for _ in range(DEEPEST_NESTING - 1):
        deep = [deep]
    body = {"data": [], "extra": "[{" * 500 + '\\"[' * 50, "more": deep}

    assert demo.mp("PUT", "/variants/1/inventories", body).status == 200


@pytest.mark.parametrize("size", [LARGEST_BODY, LARGEST_BODY + 1])
@pytest.mark.parametrize("declared", [True, False])
def test_a_body_above_eight_mebibytes_is_413_declared_or_chunked(demo, size, declared):
    """Design section 6; the last allowed byte is allowed."""
    before = demo.state()
    body = b'{"data":[]}'.ljust(size)
    target = "/variants/1/inventories"
    environ = (
        {} if declared else {"CONTENT_LENGTH": "", "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    )

    reply = demo.mp("PUT", target, body, **environ)

    assert reply.status == (200 if size == LARGEST_BODY else 413)
    if reply.status == 413:
        assert reply.json["errors"][0]["status"] == "payload_too_large"
        assert demo.state() == before


class Spy(io.BytesIO):
    """A body that counts how much of it was asked for."""

    asked = 0

    def read(self, size=-1):
        assert size is not None
        assert size >= 0, "read to the end of the connection"
        Spy.asked += size
        return super().read(size)


@pytest.mark.parametrize("length", ["99999999999", "9" * 5_000])
@pytest.mark.parametrize("target", ["/v1.2/inventory/acknowledge?salesChannelId=5394", "/oauth/token"])
def test_no_more_is_read_than_is_allowed(demo, length, target):
    """A length of gigabytes costs nobody memory, on the lane and off it."""
    Spy.asked = 0
    environ = {"CONTENT_LENGTH": length, "wsgi.input": Spy(b"x" * 100)}

    demo.om("POST", target, **environ)

    assert Spy.asked <= LARGEST_BODY + 1


@pytest.mark.parametrize("length", ["abc", "-5", "-1", "1.5", "0x10", "١", " ", "+5"])
@pytest.mark.parametrize("target", ["/v1.2/inventory/acknowledge?salesChannelId=5394", "/v1/listings"])
def test_a_length_that_is_no_number_is_no_body(demo, length, target):
    """And nothing is read, which could block for ever."""
    method = "POST" if "ack" in target else "GET"

    reply = demo.om(method, target, CONTENT_LENGTH=length, **{"wsgi.input": None})

    assert reply.status == 200


def test_a_body_that_ends_early_is_broken(demo):
    """The sender went away; what came is no JSON."""
    reply = demo.mp("PUT", "/variants/1/inventories", GOOD[:20], CONTENT_LENGTH="500")

    assert reply.status == 400


def test_a_body_that_is_wrong_in_many_places_is_answered_quickly_and_shortly(demo):
    """A hundred thousand wrong records."""
    body = json.dumps({"data": [{"attributes": {"seller_id": "x" * 20, "count_on_hand": "y"}}] * 50_000}).encode()
    began = time.perf_counter()

    reply = demo.mp("PUT", "/variants/1/inventories", body)

    assert (reply.status, time.perf_counter() - began < 3) == (422, True)
    assert len(reply.body) < 1_000


def test_commands_that_are_wrong_in_many_places_are_answered_quickly(demo):
    """The first hundred are told."""
    before = demo.state()
    began = time.perf_counter()

    reply = demo.control(
        "POST", "/worlds/demo/commands", [{"type": "stock.set", "master_sku": 5, "warehouse": "x"}] * 20_000
    )

    assert (reply.status, time.perf_counter() - began < 3) == (422, True)
    assert len(reply.json["problems"]) <= 100
    assert demo.state() == before


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "application/vnd.api+json"])
def test_the_control_api_takes_json_only(demo, media_type):
    """415; no media type at all is taken for JSON."""
    before = demo.state()
    body = [{"type": "stock.set", "master_sku": "TEAPOT", "warehouse": 1, "on_hand": 1}]

    reply = demo.control("POST", "/worlds/demo/commands", body, headers={"Content-Type": media_type})

    assert (reply.status, reply.json["error"]) == (415, "unsupported_media_type")
    assert demo.state() == before
    assert demo.ask("POST", "/_mock/worlds/demo/commands", body=json.dumps(body).encode()).status == 200
