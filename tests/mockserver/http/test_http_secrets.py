"""Credentials: handed out where they are asked for, and told nowhere else."""

from __future__ import annotations

import base64
import json
import logging
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

SECRETS = ("om-demo-token", "om-read-orders-token", "mp-owner-key", "mp-member-key", "demo-app-secret")


def everything_told(mock):
    """Return all that a reader of the request journal and of the command journal sees."""
    parts = [
        mock.control("GET", "/worlds/demo/requests?limit=1000"),
        mock.control("GET", "/worlds/demo/journal"),
        mock.control("GET", "/worlds/demo/journal?format=scenario"),
        mock.control("GET", "/worlds/demo/snapshots"),
    ]
    return "".join(part.body.decode() for part in parts)


def use_everything(mock):
    """Go through every route that takes or gives a credential; return those that were made on the way."""
    credentials = base64.b64encode(b"demo-app:demo-app-secret").decode()
    mock.ack()
    mock.ack(token="om-demo-token-with-a-slip")
    mock.mp("GET", "/variants/1/inventories")
    mock.mp("GET", "/variants/1/inventories", key=None, headers={"MARKETPLACER-API-KEY": "mp-member-key"})
    mock.put(1, {"count_on_hand": 3, "seller_id": 2})
    address = mock.ask("GET", "/oauth/authorize?client_id=demo-app&state=keep").headers["Location"]
    code = parse_qs(urlsplit(address).query)["code"][0]
    exchanged = mock.ask(
        "POST",
        f"/oauth/token?grant_type=authorization_code&code={code}",
        headers={"Authorization": f"Basic {credentials}"},
    )
    form = urlencode({"client_id": "demo-app", "client_secret": "demo-app-secret", "code": "old-code-12345"})
    mock.ask("POST", "/oauth/token", headers={"Content-Type": "application/x-www-form-urlencoded"}, body=form.encode())
    return [code, exchanged.json["access_token"], credentials, "old-code-12345"]


def test_no_credential_is_told_by_any_journal(demo):
    """Headers, queries, forms, Location and answers of the token route are redacted."""
    made = use_everything(demo)

    told = everything_told(demo)

    assert [secret for secret in (*SECRETS, *made) if secret in told] == []
    assert "[redacted]" in told


@pytest.mark.parametrize("secret", ["om-demo-token", "mp-owner-key"])
@pytest.mark.parametrize(
    "target",
    [
        "/v1/listings?key={}",
        "/v1/{}/listings",
        "/v1/listings?%74oken={}",
        "/v1/listings?apikey=Bearer%20{}",
        "/api/v2/client/variants/{}/inventories",
    ],
)
def test_a_credential_in_the_wrong_place_is_not_told_either(demo, secret, target):
    """People put keys into paths and parameters; the value gives them away."""
    demo.om("GET", target.format(secret))
    demo.om("GET", target.format(quote(secret, safe="").replace("-", "%2D")))

    assert secret not in everything_told(demo)


def test_a_credential_in_a_body_is_not_told(demo):
    """Nor in one that is cut off or broken."""
    wrapped = {"data": [{"attributes": {"seller_id": 2, "fulfilment_provider": "mp-owner-key"}}], "token": "a1b2c3"}
    demo.mp("PUT", "/variants/1/inventories", wrapped)
    demo.mp("PUT", "/variants/1/inventories", b'{"api_key": "never-seen-before", "x": ')
    demo.mp("PUT", "/variants/1/inventories", {"pad": "x" * 65_500, "secret": "cut-in-the-middle" * 50})

    told = demo.control("GET", "/worlds/demo/requests").body.decode()

    assert not any(secret in told for secret in ("mp-owner-key", "a1b2c3", "never-seen-before", "cut-in-the"))


def test_the_servers_own_proxy_password_is_not_taken_for_a_header(demo):
    """A web server may put its environment, HTTP_PROXY among it, into every request."""
    demo.ask("POST", "/v1.2/inventory/acknowledge", HTTP_PROXY="http://user:pass-word@proxy:3128")
    demo.ask("GET", "/v1/listings", HTTP_PROXY="http://user:pass-word@proxy:3128")

    assert "pass-word" not in demo.control("GET", "/worlds/demo/requests").body.decode()


def test_no_credential_is_logged(demo, caplog):
    """Also not when something breaks inside."""
    caplog.set_level(logging.DEBUG)
    demo.gateway._handlers = {**demo.gateway._handlers, "listListings": lambda call: 1 // 0}

    use_everything(demo)
    broken = demo.om("GET", "/v1/listings?token=om-demo-token")

    assert broken.status == 500
    assert "ZeroDivisionError" in caplog.text
    assert "ZeroDivisionError" not in broken.body.decode()
    assert [secret for secret in SECRETS if secret in caplog.text] == []


def test_a_broken_world_file_is_told_without_its_credentials(demo):
    """The problem names the place, not the secret."""
    world = {
        "format": "stockproof/world/1",
        "order_manager": {"tokens": [{"token": "very-secret-1"}, {"token": "very-secret-1"}]},
        "marketplacer": {"sellers": [{"id": 1, "name": "One", "api_key": 12345678}]},
    }

    reply = demo.control("POST", "/worlds", {"world": world})

    assert reply.status == 422
    assert "very-secret-1" not in reply.body.decode()
    assert "12345678" not in reply.body.decode()


def test_a_scenario_export_has_no_credentials(demo):
    """Scenario files are shared."""
    world = demo.control("GET", "/worlds/demo/journal?format=scenario").json["given"]["world"]

    assert "tokens" not in world["order_manager"]
    assert "apps" not in world["order_manager"]
    assert all("api_key" not in seller for seller in world["marketplacer"]["sellers"])
    assert not any(secret in json.dumps(world) for secret in SECRETS)
