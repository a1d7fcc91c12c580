"""OAuth of Order Manager: authorize, come back with a code, exchange it, use the token."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

CALLBACK = "http://127.0.0.1:8099/callback"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def basic(key="demo-app", secret="demo-app-secret"):  # noqa: S107
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()}


def authorize(mock, **query):
    query = {"client_id": "demo-app", "response_type": "code", "redirect_uri": CALLBACK} | query
    return mock.ask("GET", "/oauth/authorize?" + urlencode({k: v for k, v in query.items() if v is not None}))


def granted(mock, **query):
    """Return what came back to the app's address."""
    reply = authorize(mock, **query)
    assert reply.status == 302, reply.body
    return {name: values[0] for name, values in parse_qs(urlsplit(reply.headers["Location"]).query).items()}


def exchange(mock, code, /, *, headers=None, **query):
    given = {"grant_type": "authorization_code", "code": code} | query
    return mock.ask("POST", "/oauth/token?" + urlencode(given), headers=basic() if headers is None else headers)


def test_authorize_sends_the_browser_back_with_code_and_cid(demo):
    """OM-API-01."""
    reply = authorize(demo)
    address = urlsplit(reply.headers["Location"])

    assert (reply.status, reply.body) == (302, b"")
    assert f"{address.scheme}://{address.netloc}{address.path}" == CALLBACK
    assert set(parse_qs(address.query)) == {"code", "cid"}


def test_the_token_that_the_code_buys_works_on_acknowledge(demo):
    """OM-API-02, with the parameters in the query, as most clients send them."""
    reply = exchange(demo, granted(demo)["code"], redirect_uri=CALLBACK)

    assert reply.status == 200
    assert set(reply.json) == {"access_token", "token_type", "scope"}
    assert len(demo.told(token=reply.json["access_token"])) == 12


@pytest.mark.parametrize("where", ["form", "both"])
def test_the_parameters_may_come_as_a_form_or_in_both_places(demo, where):
    """One client in the field sends query and form together."""
    given = urlencode({"grant_type": "authorization_code", "code": granted(demo)["code"], "redirect_uri": CALLBACK})
    target = f"/oauth/token?{given}" if where == "both" else "/oauth/token"

    assert demo.ask("POST", target, headers=basic() | FORM, body=given.encode()).status == 200


def test_key_and_secret_may_come_as_parameters(demo):
    """For clients that cannot send Basic credentials."""
    query = {"client_id": "demo-app", "client_secret": "demo-app-secret"}

    assert exchange(demo, granted(demo)["code"], headers={}, **query).status == 200


def test_the_service_prefix_works_here_too(demo):
    """One host serves both forms."""
    assert demo.ask("GET", "/service/oauth/authorize?client_id=demo-app").status == 302


def test_a_code_works_once(demo):
    """Documented: a failed exchange needs a new installation."""
    code = granted(demo)["code"]

    assert exchange(demo, code).status == 200
    assert (exchange(demo, code).status, exchange(demo, code).json["error"]) == (400, "invalid_grant")


def test_a_code_is_used_up_by_an_exchange_that_fails(demo):
    """Also then it works no second time."""
    code = granted(demo)["code"]

    assert exchange(demo, code, redirect_uri="http://127.0.0.1/other").json["error"] == "invalid_grant"
    assert exchange(demo, code, redirect_uri=CALLBACK).json["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic(secret="wrong"),
        basic(key="nobody"),
        {"Authorization": "Basic ???"},
        {"Authorization": "Basic /w=="},
        {"Authorization": "Bearer om-demo-token"},
        basic(secret="démo"),
    ],
)
def test_wrong_app_credentials_are_an_invalid_client_and_leave_the_code_alone(demo, headers):
    """RFC 6749, 5.2: 401 invalid_client."""
    code = granted(demo)["code"]

    refused = exchange(demo, code, headers=headers)

    assert (refused.status, refused.json["error"]) == (401, "invalid_client")
    assert exchange(demo, code).status == 200


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "unsupported_grant_type"),
        ({"code": ""}, "invalid_request"),
        ({"code": "made-up"}, "invalid_grant"),
    ],
)
def test_what_is_wrong_with_an_exchange_is_told_by_its_code(demo, query, error):
    """RFC 6749, 5.2."""
    reply = exchange(demo, granted(demo)["code"], **query)

    assert (reply.status, reply.json["error"]) == (400, error)


@pytest.mark.parametrize(
    "target",
    [
        "http://evil.example/callback",
        CALLBACK + "/..",
        CALLBACK + "?x=1",
        CALLBACK + "@evil.example",
        "javascript:alert(1)",
        "//evil.example",
        "http://[::1",
        "",
        "http://",
        "http://x/#frag",
        "http://x/\r\nSet-Cookie: a=b",
        "http://x/ü",
    ],
)
def test_nobody_is_sent_anywhere_but_to_the_apps_own_address(demo, target):
    """A foreign redirect address is refused to the caller's face, never by a redirect; an empty one is none."""
    reply = authorize(demo, redirect_uri=target)

    if target == "":
        assert reply.headers["Location"].startswith(CALLBACK)
    else:
        assert (reply.status, reply.json["error"]) == (400, "invalid_request")
        assert "Location" not in reply.headers


def test_an_app_without_an_address_of_its_own_still_gets_a_clean_one(new_mock):
    """Then any web address will do, but no broken one."""
    world = new_mock().state()[0]
    world["order_manager"]["apps"] = [{"app_key": "free-app", "app_secret": "free-app-secret"}]
    mock = new_mock(world)

    good = authorize(mock, client_id="free-app", redirect_uri="https://app.example/cb?keep=1")

    assert good.headers["Location"].startswith("https://app.example/cb?keep=1&code=")
    for bad in ("ftp://x/", "http://x/\nA: b", "http://x/ü", "http:///path", "http://x/#f", None):
        assert authorize(mock, client_id="free-app", redirect_uri=bad).status == 400, bad


@pytest.mark.parametrize("query", [{"client_id": "nobody"}, {"client_id": None}, {"response_type": "token"}])
def test_authorize_refuses_what_it_does_not_know(demo, query):
    """400 invalid_request."""
    reply = authorize(demo, **query)

    assert (reply.status, reply.json["error"]) == (400, "invalid_request")


def test_the_token_has_the_scopes_that_were_asked_for(demo):
    """Scopes are joined by plus or blank; write_inventory alone does not read."""
    code = granted(demo, scope="write_inventory")["code"]
    reply = exchange(demo, code).json

    assert reply["scope"] == "write_inventory"
    assert demo.ack(token=reply["access_token"]).status == 403
    both = exchange(demo, granted(demo, scope="read_inventory+write_inventory")["code"]).json
    assert both["scope"] == "read_inventory write_inventory"


def test_an_app_gets_no_scope_that_it_does_not_have(demo):
    """The demo app may touch inventory and nothing else."""
    assert authorize(demo, scope="read_inventory read_orders").status == 400


def test_a_code_of_one_app_is_nothing_to_another(demo):
    """Two worlds made from one file have apps of their own."""
    made = demo.make(fixture="demo")
    app = made["order_manager"]["apps"][0]
    code = granted(demo)["code"]

    refused = exchange(demo, code, headers=basic(app["app_key"], app["app_secret"]))

    assert (refused.status, refused.json["error"]) == (400, "invalid_grant")
    assert exchange(demo, code).status == 200


def test_a_token_survives_a_reset_and_dies_with_its_world(demo):
    """Reset keeps credentials; a dropped world has none."""
    made = demo.make(fixture="demo")
    app = made["order_manager"]["apps"][0]
    code = granted(demo, client_id=app["app_key"])["code"]
    token = exchange(demo, code, headers=basic(app["app_key"], app["app_secret"])).json["access_token"]

    demo.control("POST", f"/worlds/{made['id']}/reset")
    assert demo.ack(token=token).status == 200
    demo.control("DELETE", f"/worlds/{made['id']}")
    assert demo.ack(token=token).status == 401
    assert demo.ask("GET", f"/oauth/authorize?client_id={quote(app['app_key'])}").status == 400
