"""Who may use the control API: this machine, or whoever has the control token."""

from __future__ import annotations

import pytest

ROUTES = [
    ("GET", "/behaviours"),
    ("GET", "/openapi/control.json"),
    ("POST", "/worlds"),
    ("GET", "/worlds/demo"),
    ("DELETE", "/worlds/demo"),
    ("POST", "/worlds/demo/reset"),
    ("POST", "/worlds/demo/commands"),
    ("GET", "/worlds/demo/journal"),
    ("GET", "/worlds/demo/requests"),
    ("POST", "/worlds/demo/clock/advance"),
]


@pytest.mark.parametrize(
    "address", ["10.0.0.7", "192.168.1.1", "::ffff:10.0.0.7", "2001:db8::1", "0.0.0.0", "", "nonsense"]
)
@pytest.mark.parametrize("route", ROUTES)
def test_other_machines_are_turned_away(demo, route, address):
    """Without a control token only the loopback addresses are let in."""
    before = demo.state()

    reply = demo.control(*route, REMOTE_ADDR=address)

    assert (reply.status, reply.json["error"]) == (403, "forbidden")
    assert demo.state() == before


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_let_in(demo, address):
    """By any of its loopback addresses."""
    assert demo.control("GET", "/worlds/demo", REMOTE_ADDR=address).status == 200


def test_a_forwarded_address_changes_nothing(demo):
    """Anybody can write such a header."""
    headers = {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1"}

    assert demo.control("GET", "/worlds/demo", headers=headers, REMOTE_ADDR="10.0.0.7").status == 403


def test_the_imitated_apis_answer_every_machine(demo):
    """They have credentials of their own."""
    reply = demo.ask(
        "POST",
        "/v1.2/inventory/acknowledge?salesChannelId=5394",
        headers={"Authorization": "Bearer om-demo-token"},
        REMOTE_ADDR="10.0.0.7",
    )

    assert reply.status == 200


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer wrong", "Bearer let-me-in2", "Basic let-me-in", "let-me-in", "Bearer létmein"],
)
def test_a_set_control_token_is_asked_of_everybody(new_mock, header):
    """Of this machine too."""
    mock = new_mock(control_token="let-me-in")
    headers = {} if header is None else {"Authorization": header.encode().decode("latin-1")}

    for route in ROUTES:
        reply = mock.control(*route, headers=headers)
        assert (reply.status, reply.json["error"]) == (401, "unauthorized")


def test_the_control_token_opens_from_anywhere(new_mock):
    """The scheme's case does not matter."""
    mock = new_mock(control_token="let-me-in")

    for scheme in ("Bearer", "bearer"):
        headers = {"Authorization": f"{scheme} let-me-in"}
        assert mock.control("GET", "/worlds/demo", headers=headers, REMOTE_ADDR="10.0.0.7").status == 200


def test_access_tokens_and_keys_are_no_control_tokens(new_mock):
    """An integration under test has no business here."""
    mock = new_mock(control_token="let-me-in")

    for credential in ("om-demo-token", "mp-owner-key"):
        assert mock.control("GET", "/worlds/demo", headers={"Authorization": f"Bearer {credential}"}).status == 401
