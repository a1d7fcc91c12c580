"""The control API's view of webhooks: hooks, deliveries, and no keys."""

from __future__ import annotations

KEY = "a-key-to-sign-with"
HOOK = {"type": "webhook.set", "seller": 1, "url": "http://127.0.0.1:9/hook?token=tell-nobody", "class": "INVOICE"}
SELL = {"type": "marketplace.sell", "variant": 1, "seller": 1, "quantity": 3}


def test_a_hook_is_registered_by_a_command_and_told_without_its_key(demo):
    """Nor does the journal or a scenario tell the key; the world file does, to the world's owner."""
    demo.done({**HOOK, "hmac_key": KEY})

    reply = demo.control("GET", "/worlds/demo/webhooks")

    (hook,) = reply.json["webhooks"]
    assert (hook["class"], hook["hmac_key"], hook["enabled"]) == ("INVOICE", "[redacted]", True)
    assert "tell-nobody" not in hook["url"]
    for place in ("/webhooks", "/journal", "/journal?format=scenario", "/requests"):
        assert KEY.encode() not in demo.control("GET", f"/worlds/demo{place}").body
    assert demo.control("GET", "/worlds/demo").json["marketplacer"]["webhooks"][0]["hmac_key"] == KEY


def test_deliveries_wait_until_the_clock_is_moved(demo):
    """They are never made inside the request that caused them; nobody listens here, so they wait for a retry."""
    demo.done(HOOK, SELL)
    waiting = demo.control("GET", "/worlds/demo/webhooks").json["deliveries"]

    demo.control("POST", "/worlds/demo/clock/advance", {"by": "PT0S"})

    assert [(each["state"], each["tries"], each["due_at"]) for each in waiting] == [
        ("waiting", [], "2026-01-05T09:00:00Z")
    ]
    (tried,) = demo.control("GET", "/worlds/demo/webhooks?state=waiting&webhook=1").json["deliveries"]
    assert tried["tries"] == [{"at": "2026-01-05T09:00:00Z", "code": None, "error": "network"}]
    assert tried["due_at"] == "2026-01-05T09:00:15Z"
    assert demo.control("GET", "/worlds/demo/webhooks?state=failed").json["deliveries"] == []
    assert demo.control("GET", "/worlds/demo/webhooks?state=lost").status == 422


def test_an_address_that_is_not_http_is_refused(demo):
    """422, before anything runs."""
    reply = demo.control("POST", "/worlds/demo/commands", [{**HOOK, "url": "file:///etc/hostname"}])

    assert reply.status == 422
