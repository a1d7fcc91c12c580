"""The acknowledge endpoint refuses what makes no sense, moves no marker by it, and says why in Order Manager's form."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "many", "1.5", "1e3", "%D9%A3", "9" * 400, "10,20"])
def test_a_limit_out_of_range_or_no_number_is_refused(demo, limit):
    """Reading ack.limit-out-of-range: 400 outside 1 to 1,000."""
    reply = demo.om("POST", f"/v1.2/inventory/acknowledge?salesChannelId=5394&limit={limit}")

    assert reply.status == 400
    assert reply.json["errorCode"] == "BAD_REQUEST"
    assert "limit" in reply.json["message"]


@pytest.mark.parametrize("limit", [1, 1000])
def test_the_ends_of_the_range_are_served(demo, limit):
    """1 and 1,000 are inside."""
    assert demo.ack(limit=limit).status == 200


def test_a_limit_out_of_range_is_clamped_under_the_other_reading(new_mock):
    """ack.limit-out-of-range=clamp: 0 means 1."""
    mock = new_mock(readings={"ack.limit-out-of-range": "clamp"})

    assert len(mock.ack(limit=0).json) == 1
    assert len(mock.ack(limit=5000).json) == 11


def test_an_unknown_channel_is_not_found(demo):
    """Reading ack.unknown-channel; the message names those there are."""
    reply = demo.ack(999)

    assert (reply.status, reply.json["errorCode"]) == (404, "NOT_FOUND")
    assert "5394" in reply.json["message"]


@pytest.mark.parametrize("channel", ["abc", "5394;5401", "5394,", "5394.0", "0x1512"])
def test_a_channel_that_is_no_number_is_a_bad_request(demo, channel):
    """An id is a whole number."""
    assert demo.ack(channel).status == 400


def test_one_unknown_channel_among_known_ones_refuses_the_whole_call(demo):
    """Nothing is marked as told by a call that was refused."""
    assert demo.ack("5394,999").status == 404
    assert len(demo.told()) == 12


def test_a_missing_channel_is_a_bad_request_on_v1_2(demo):
    """Reading ack.channel-required-v1.2."""
    reply = demo.ack(None)

    assert (reply.status, "salesChannelId" in reply.json["message"]) == (400, True)


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer ", "Bearer nobody", "Basic b20tZGVtby10b2tlbjo=", "junk"])
def test_a_wrong_or_absent_token_is_unauthorized(demo, header):
    """OM-API-04: 401 with error and error_description."""
    headers = {} if header is None else {"Authorization": header}

    reply = demo.ask("POST", "/service/v1.2/inventory/acknowledge?salesChannelId=5394", headers=headers)

    assert reply.status == 401
    assert set(reply.json) == {"error", "error_description"}
    assert reply.json["error"] == "invalid_token"
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_marketplace_key_is_no_access_token(demo):
    """The two systems have credentials of their own."""
    assert demo.ack(token="mp-owner-key").status == 401


def test_a_token_without_the_scope_is_forbidden(demo):
    """Reading ack.scope: read_inventory is needed."""
    reply = demo.ack(token="om-read-orders-token")

    assert (reply.status, reply.json["error"]) == (403, "insufficient_scope")


@pytest.mark.parametrize(
    ("scopes", "status"),
    [(["read_inventory"], 200), (["all"], 200), (["write_inventory"], 403), (["none"], 403), ([], 403)],
)
def test_the_scopes_of_a_token_decide(new_mock, scopes, status):
    """Any of the needed scope or all lets a caller in; no scope at all is none."""
    world = new_mock().state()[0]
    world["order_manager"]["tokens"] = [{"token": "scoped-token", "scopes": scopes}]

    assert new_mock(world).ack(token="scoped-token").status == status


def test_a_body_is_not_looked_at_unless_a_reading_asks_for_it(demo):
    """Reading ack.channel-given: query; some clients send an empty or odd body with every POST."""
    target = "/v1.2/inventory/acknowledge?salesChannelId=5394"

    assert demo.om("POST", target, body=b"not json").status == 200


def test_a_channel_in_the_body_counts_under_the_reading(new_mock):
    """ack.channel-given=either: U1's second form."""
    mock = new_mock(readings={"ack.channel-given": "either"})
    target = "/v1.2/inventory/acknowledge"

    assert len(mock.om("POST", target, body=b'{"salesChannelId": [5394]}').json) == 12
    assert mock.om("POST", target, body=b'{"salesChannelId": {}}').status == 400
    assert mock.om("POST", target, body=b'{"salesChannelId": ').status == 400


def test_the_other_error_form_is_a_reading(new_mock):
    """om.error-body=oauth-style."""
    mock = new_mock(readings={"om.error-body": "oauth-style"})

    assert set(mock.ack(999).json) == {"error", "error_description"}
    assert set(mock.om("GET", "/v1/nothing").json) == {"error", "error_description"}
