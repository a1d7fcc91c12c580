"""Routes that do not exist, wrong methods and odd addresses, each answered as the vendor would."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("/service/v1.2/inventory/acknowlege", "/service/v1.2/inventory/acknowledge"),
        ("/v1/listing", "/v1/listings"),
        ("/v1.1/product", "/v1.1/products"),
        ("/oauth/tokn", "/oauth/token"),
    ],
)
def test_an_unknown_order_manager_route_names_the_nearest(demo, path, nearest):
    """A slip in a path costs one look, in Order Manager's error form."""
    method = "POST" if "acknow" in path or "oauth" in path else "GET"

    reply = demo.om(method, path)

    assert (reply.status, reply.json["errorCode"]) == (404, "NOT_FOUND")
    assert reply.json["message"] == f"no such route; the nearest is {method} {nearest}"


def test_an_unknown_marketplacer_route_names_the_nearest(demo):
    """In Marketplacer's error form."""
    reply = demo.mp("GET", "/variants/1/inventory")

    assert reply.status == 404
    assert reply.json["errors"][0]["detail"].endswith("the nearest is GET /api/v2/client/variants/1/inventories")
    assert reply.headers["Content-Type"] == "application/vnd.api+json"


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_a_wrong_order_manager_method_is_405_and_names_the_right_one(demo, method):
    """With an Allow header, as HTTP asks of a 405."""
    reply = demo.om(method, "/service/v1.2/inventory/acknowledge")

    assert (reply.status, reply.headers["Allow"]) == (405, "POST")
    assert "POST /service/v1.2/inventory/acknowledge" in reply.json["message"]


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "OPTIONS"])
def test_a_wrong_marketplacer_method_is_404(demo, method):
    """MP-API-02; the detail names what is there."""
    reply = demo.mp(method, "/variants/1/inventories", {"data": []})

    assert (reply.status, reply.json["errors"][0]["status"]) == (404, "not_found")
    assert "GET /api/v2/client/variants/1/inventories" in reply.json["errors"][0]["detail"]


@pytest.mark.parametrize(
    "target", ["/v1/listings", "/v1.2/inventory/acknowledge", "/api/v2/client/variants/1/inventories"]
)
def test_head_has_a_status_and_no_body(demo, target):
    """HEAD is not among the documented methods; its answers never have a body."""
    reply = demo.om("HEAD", target)

    assert (reply.status, reply.body) == (404 if "api" in target else 405, b"")


@pytest.mark.parametrize("path", ["/v1/listings/", "//v1/listings", "/v1//listings", "/service//v1/listings//"])
def test_doubled_and_trailing_slashes_are_forgiven(demo, path):
    """Clients join addresses carelessly."""
    assert demo.om("GET", path).status == 200


@pytest.mark.parametrize(
    "path", ["/", "/v2/listings", "/v1.3/inventory/acknowledge", "/x/inventories", "/%0A", "/_mocked"]
)
def test_what_belongs_to_nobody_is_told_in_order_managers_form(demo, path):
    """And says where the mock's own API is."""
    reply = demo.om("GET", path)

    assert (reply.status, reply.json["errorCode"]) == (404, "NOT_FOUND")
    assert reply.json["message"].endswith("the control API is under /_mock")


@pytest.mark.parametrize("path", ["/nothing", "/worlds/demo/inventories", "/worlds/demo/inventory/acknowledge", ""])
def test_an_unknown_control_route_is_told_in_its_own_form(demo, path):
    """Also where the end of the path looks like a hot route."""
    reply = demo.control("GET", path)

    assert reply.status == 404
    assert reply.json["error"] == "not_found"
    assert "/_mock/openapi/control.json" in reply.json["message"]


@pytest.mark.parametrize("identifier", ["%31", "1", "01"])
def test_a_percent_encoded_digit_is_that_digit(demo, identifier):
    """RFC 3986: %31 and 1 are one address."""
    assert demo.mp("GET", f"/variants/{identifier}/inventories").json == demo.mp("GET", "/variants/1/inventories").json


@pytest.mark.parametrize(
    "identifier", ["%2531", "%D9%A1", "-1", "+1", "1.0", "1e0", "%201", "0x1", "1%00", "9" * 30, "%FF", "1;"]
)
def test_nothing_else_is_taken_for_a_number(demo, identifier):
    """Neither decoded twice, nor other scripts' digits, nor signs, blanks, fractions."""
    assert demo.mp("GET", f"/variants/{identifier}/inventories").status == 404
    assert demo.om("GET", f"/v1/warehouse/{identifier}").status == 404


def test_a_very_long_address_is_answered_shortly(demo):
    """The answer does not carry the address back."""
    long = "x" * 100_000

    for reply in (
        demo.om("GET", f"/v1/{long}"),
        demo.om("POST", f"/v1/warehouse/{long}"),
        demo.mp("GET", f"/variants/{long}/inventories"),
        demo.om("GET", f"/v1/listings?listingSku={long}"),
        demo.om("GET", f"/v1/listings?limit={long}"),
    ):
        assert reply.status in (200, 400, 404, 405)
        assert len(reply.body) < 1_000


def test_the_service_prefix_is_required_under_the_reading(new_mock):
    """om.service-prefix=required; the answer names the address that works."""
    mock = new_mock(readings={"om.service-prefix": "required"})

    refused = mock.om("GET", "/v1/listings")

    assert (refused.status, mock.om("GET", "/service/v1/listings").status) == (404, 200)
    assert "GET /service/v1/listings" in refused.json["message"]
