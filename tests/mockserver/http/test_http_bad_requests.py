"""Odd headers, methods and addresses: never an error of the server, never a change."""

from __future__ import annotations

import pytest

# Every address that changes something when it is asked properly, and some that only look.
TARGETS = [
    "/service/v1.2/inventory/acknowledge?salesChannelId=5394",
    "/v1/listings",
    "/v1/inventory?sku=%00",
    "/oauth/token",
    "/oauth/authorize?client_id=%FF%FE",
    "/api/v2/client/variants/1/inventories",
    "/api/v2/client/variants/1/inventories/1",
    "/api/v2/client/variants/stock_on_hand",
    "/_mock/worlds/demo/journal?format=%FF",
    "/_mock/worlds/demo/explain?listing_id=%00",
    "/_mock/worlds/demo/requests?path=%ED%A0%80",
    "/_mock/worlds/%00",
    "/_mock/worlds/demo/snapshots/%2e%2e/restore",
    "/%",
    "/%00%01",
    "/\u00ff\u00fe",
    "/_mock/../v1/listings",
    "/v1/../_mock/worlds/demo/reset",
    "/v1/listings?" + "&".join(f"a{n}=1" for n in range(2_000)),
    "/v1/listings?%00=%00&;;&==&?&listingSku=%u0041",
]
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "BREW", "X" * 500]


@pytest.mark.parametrize("method", METHODS)
def test_no_method_breaks_or_changes_anything_without_a_credential(demo, method):
    """Every method on every address: an answer below 500, a header on every imitated one, and the world as before."""
    before = demo.state()
    for target in TARGETS:
        reply = demo.ask(method, target, **({"REMOTE_ADDR": "10.0.0.7"} if "_mock" in target else {}))
        assert reply.status < 500, (method, target)
        assert reply.body == b"" or method != "HEAD"
    assert demo.state() == before


@pytest.mark.parametrize("method", ["PATCH", "HEAD", "OPTIONS", "TRACE", "get", "post", "BREW"])
def test_no_undocumented_method_changes_anything_with_a_credential(demo, method):
    """A method is exactly what it is spelled."""
    before = demo.state()
    for target in TARGETS:
        credential = "mp-owner-key" if "/api/" in target else "om-demo-token"
        reply = demo.om(
            method, target, token=credential, body=b'{"data":[{"attributes":{"seller_id":2,"count_on_hand":9}}]}'
        )
        assert reply.status < 500, (method, target)
    assert demo.state() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer \x00\x01"},
        {"Authorization": "Bearer \xff\xfe"},
        {"Authorization": "Bearer " + "x" * 100_000},
        {"Authorization": "Bearer om-demo-token, Bearer om-demo-token"},
        {"Authorization": "Bearer om-demo-token om-demo-token"},
        {"Authorization": "\tBearer"},
        {"MARKETPLACER-API-KEY": "\xff"},
        {"Content-Type": "\xff/\xff; charset=\x00"},
        {"Host": "evil.example/../x\x00"},
        {"Host": ""},
        {"Transfer-Encoding": "chunked, chunked"},
        {"X-HTTP-Method-Override": "DELETE"},
        {"Expect": "100-continue"},
        {"Range": "bytes=0-1"},
        {"Cookie": "a=" + "b" * 10_000},
    ],
)
def test_junk_in_headers_breaks_nothing(demo, headers):
    """Below 500 on the lane, in Flask's dispatch and in the control API; the request journal can still be read."""
    before = demo.state()
    for target in (
        "/v1.2/inventory/acknowledge",
        "/api/v2/client/variants/1/inventories",
        "/v1/listings",
        "/_mock/health",
    ):
        reply = demo.ask("GET", target, headers=headers)
        assert reply.status < 500, target
    assert demo.state() == before
    assert demo.control("GET", "/worlds/demo/requests").status == 200


def test_a_method_override_overrides_nothing(demo):
    """The method is that of the request line."""
    demo.mp("GET", "/variants/1/inventories/1", headers={"X-HTTP-Method-Override": "DELETE"})

    assert set(demo.held(1)) == {1, 2}


@pytest.mark.parametrize("target", ["/_mock/worlds/demo", "/_mock/worlds/demo/commands", "/_mock/health"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "BREW"])
def test_a_wrong_method_of_the_control_api_is_405_in_its_own_form(demo, method, target):
    """With what is allowed."""
    reply = demo.ask(method, target)

    assert (reply.status, reply.json["error"]) == (405, "method_not_allowed")


def test_an_unexpected_error_of_the_control_api_is_told_in_its_own_form(demo):
    """500 without the inside of the server."""
    demo.world.entries = None

    reply = demo.app.test_client().get("/_mock/worlds/demo/journal")

    assert (reply.status_code, reply.json["error"]) == (500, "internal_server_error")
    assert "Traceback" not in reply.text
    assert "NoneType" not in reply.text
