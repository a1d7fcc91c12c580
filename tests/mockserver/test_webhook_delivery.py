"""Webhooks sent for real, to a receiver on this machine: headers, signature, retries, and what never is sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from mockserver.clock import RealClock
from mockserver.webhooks import Letter, post
from mockserver.worlds import Worlds

KEY = "a-key-to-sign-with"
SELL = {"type": "marketplace.sell", "variant": 1, "seller": 1, "quantity": 1}
HOUR = {"type": "clock.advance", "by": "PT1H"}


class Receiver(HTTPServer):
    """Keeps what it gets and answers what it was told to answer, 200 in the end."""

    def __init__(self, answers):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = list(answers)
        self.got = []
        self.while_answering = lambda: None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.server.while_answering()
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def receiving(*answers):
    receiver = Receiver(answers)
    thread = threading.Thread(target=receiver.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()
        thread.join()


def shop(url, **hook):
    """Return a world file with one seller, one variant and one hook."""
    return {
        "format": "stockproof/world/1",
        "clock": "2026-01-05T09:00:00Z",
        "marketplacer": {
            "sellers": [{"id": 1, "name": "Shop"}],
            "variants": [{"id": 1, "sku": "MUG", "price": "10", "seller": 1, "count_on_hand": 9}],
            "webhooks": [{"seller": 1, "url": url, "class": "VARIANT", **hook}],
        },
    }


def delivery(hosted):
    return hosted.world.webhooks.deliveries[1]


def test_a_delivery_has_the_documented_headers_and_signature():
    """Idempotency-Key is base64 of vertical:sequence; the signature is that of the body as sent."""
    with receiving() as receiver:
        hosted = Worlds().create(shop(receiver.url, hmac_key=KEY, fields=["sku", "countOnHand"]))
        hosted.run(SELL)
        assert receiver.got == []
        hosted.run(HOUR)
        ((headers, body),) = receiver.got

    assert headers["User-Agent"] == "Marketplacer Client/1.0.0"
    assert headers["Marketplacer-Sequence"] == "1"
    assert base64.b64decode(headers["Idempotency-Key"]).decode() == f"{headers['Marketplacer-Vertical']}:1"
    digest = hmac.new(KEY.encode(), body, hashlib.sha256).digest()
    assert headers["Marketplacer-Hmac-256"] == base64.b64encode(digest).decode()
    assert json.loads(body) == {
        "id": base64.b64encode(b"WebhookEvent-1").decode(),
        "event_name": "update",
        "payload": {"data": {"node": {"sku": "MUG", "countOnHand": 8}}},
    }


def test_a_hook_without_a_key_signs_nothing():
    """Only keyed hooks have the header."""
    with receiving() as receiver:
        hosted = Worlds().create(shop(receiver.url))
        hosted.run(SELL)
        hosted.run(HOUR)

    assert "Marketplacer-Hmac-256" not in receiver.got[0][0]


def test_moving_the_clock_settles_retries_at_their_own_instants():
    """Two failures, then success, all within one advance; every try has the same key and body."""
    with receiving(500, 429) as receiver:
        hosted = Worlds().create(shop(receiver.url))
        hosted.run(SELL)
        outcome = hosted.run(HOUR)

    assert outcome.result["now"] == "2026-01-05T10:00:00Z"
    assert [(each.at_ms - delivery(hosted).at_ms) // 1000 for each in delivery(hosted).tries] == [0, 15, 31]
    assert [each.code for each in delivery(hosted).tries] == [500, 429, 200]
    assert len({(headers["Idempotency-Key"], body) for headers, body in receiver.got}) == 1


@pytest.mark.parametrize("code", [404, 302])
def test_another_answer_disables_the_hook(code):
    """And a redirect is not followed."""
    with receiving(code) as receiver:
        hosted = Worlds().create(shop(receiver.url))
        hosted.run(SELL)
        hosted.run(HOUR)
        hosted.run(SELL)
        hosted.run(HOUR)

    assert len(receiver.got) == 1
    assert not delivery(hosted).hook.enabled


def test_a_replay_sends_nothing_and_ends_where_the_session_did():
    """What came back is in the journal: restore and fork know it without asking again."""
    with receiving(500, 404) as receiver:
        worlds = Worlds()
        hosted = worlds.create(shop(receiver.url))
        hosted.run(SELL)
        hosted.run(HOUR)
        hosted.run(SELL)
        before, tries = hosted.document(), delivery(hosted).tries
        hosted.save_snapshot("there")
        hosted.restore("there")
        fork = worlds.fork(hosted, "there")

        assert len(receiver.got) == 2
    assert hosted.document() == before
    assert delivery(hosted).tries == delivery(fork).tries == tries
    assert not fork.world.webhooks.hooks[1].enabled


def test_a_receiver_may_ask_the_world_while_it_answers():
    """The world is not locked while somebody else is spoken to."""
    with receiving() as receiver:
        hosted = Worlds().create(shop(receiver.url))
        counts = []
        receiver.while_answering = lambda: counts.append(
            hosted.document()["marketplacer"]["variants"][0]["count_on_hand"]
        )
        hosted.run(SELL)
        hosted.run(HOUR)

    assert counts == [8]
    assert delivery(hosted).state == "delivered"


def test_nobody_there_and_nobody_answering_are_told_apart():
    """Network and timeout; both are tried again."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        letter = Letter(1, f"http://127.0.0.1:{silent.getsockname()[1]}/", {}, b"{}")
        assert post(letter, timeout_seconds=0.1).error == "timeout"
    assert post(letter, timeout_seconds=0.5).error == "network"


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/", "http://[::1", "//127.0.0.1/"])
def test_only_http_addresses_are_written_to(url):
    """Whatever a command may have said."""
    assert post(Letter(1, url, {}, b"{}")).error == "network"


def test_with_a_real_clock_deliveries_are_made_by_themselves():
    """No caller waits for them, and no one need ask for them."""
    with receiving(500) as receiver:
        hosted = Worlds().create(shop(receiver.url), clock=RealClock(speed=600))
        hosted.run(SELL)
        deadline = time.monotonic() + 10
        while delivery(hosted).state == "waiting" and time.monotonic() < deadline:
            time.sleep(0.01)

    assert delivery(hosted).state == "delivered"
    assert [each.code for each in delivery(hosted).tries] == [500, 200]
