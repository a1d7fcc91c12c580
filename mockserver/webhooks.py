"""
Making the deliveries of webhooks that are due: the only part that talks to somebody else's server.

The core says what is due and takes note of how it went by a command, which is journaled; so a replay sends nothing.
Under a manual clock deliveries are made while the clock is moved, under a real one by a thread of their own, so that
no caller of the imitated APIs waits for a receiver.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from mockserver.core.commands import target_of
from mockserver.core.errors import Refused
from mockserver.core.instants import instant_text
from mockserver.core.world import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Protocol

    from mockserver.core.webhooks import Delivery
    from mockserver.core.world import World

    class Host(Protocol):
        """What a courier needs of a hosted world."""

        lock: threading.RLock
        world: World

        def run(self, command: Mapping[str, Any]) -> Outcome:
            """Execute a command and journal it."""

        def tick(self) -> None:
            """Let virtual time catch up."""

        def advance_until_delivery(self, target_ms: int) -> int:
            """Move time on until something is to be sent, and journal that."""

        def deliver_late(self) -> bool:
            """Deliver requests that have come late."""

    Send = Callable[["Letter"], "Reply"]

# The vendor waits 30 seconds; who moves a clock in a test should not.
TIMEOUT_SECONDS: Final = 5.0
VERTICAL: Final = "stockproof"
_SCHEMES: Final = ("http://", "https://")
_POLL_SECONDS: Final = 0.05


class Letter(NamedTuple):
    """One delivery, ready to be sent."""

    sequence: int
    url: str
    headers: Mapping[str, str]
    body: bytes


class Reply(NamedTuple):
    """What came back: the answer's status, or why there is none."""

    code: int | None
    error: str | None = None


def letter_of(delivery: Delivery) -> Letter:
    """Return a delivery with the documented headers; every try of it has the same body and Idempotency-Key."""
    body = orjson.dumps(delivery.body)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Marketplacer Client/1.0.0",
        "Marketplacer-Sequence": str(delivery.sequence),
        "Marketplacer-Vertical": VERTICAL,
        "Idempotency-Key": base64.b64encode(f"{VERTICAL}:{delivery.sequence}".encode()).decode(),
    }
    if delivery.hook.hmac_key is not None:
        digest = hmac.new(delivery.hook.hmac_key.encode(), body, hashlib.sha256).digest()
        headers["Marketplacer-Hmac-256"] = base64.b64encode(digest).decode()
    return Letter(delivery.sequence, delivery.hook.url, headers, body)


def post(letter: Letter, *, timeout_seconds: float = TIMEOUT_SECONDS) -> Reply:
    """Send a letter to its http or https address, without following redirects or reading more than the status."""
    # Imported here: most servers never send anything.
    import httpx

    if not letter.url.startswith(_SCHEMES):
        return Reply(None, "network")
    try:
        with (
            httpx.Client(timeout=timeout_seconds, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", letter.url, headers=dict(letter.headers), content=letter.body) as answer,
        ):
            return Reply(answer.status_code)
    except httpx.TimeoutException:
        return Reply(None, "timeout")
    except (httpx.HTTPError, httpx.InvalidURL):
        return Reply(None, "network")


class Courier:
    """Makes the deliveries of one world."""

    def __init__(self, host: Host, send: Send = post) -> None:
        self._host = host
        self._send = send
        self._thread: threading.Thread | None = None

    def advance(self, command: Mapping[str, Any]) -> Outcome:
        """Move the clock on; deliveries and late requests that fall due on the way are made at their own instant."""
        host = self._host
        with host.lock:
            host.tick()
            try:
                target_ms = target_of(host.world, command)
                fired = host.advance_until_delivery(target_ms)
            except Refused as refusal:
                return Outcome("refused", str(refusal), refusal=refusal)
        # The lock is free while a receiver is spoken to: it may well ask the mock something back.
        while self._deliver_all() or host.deliver_late() or host.world.now_ms < target_ms:
            with host.lock:
                fired += host.advance_until_delivery(max(target_ms, host.world.now_ms))
        return Outcome("done", result={"fired": fired, "now": instant_text(host.world.now_ms)})

    def _deliver_all(self) -> bool:
        """Make every delivery that is to be made now; returns whether there was any."""
        made = False
        while (letter := self._next_letter()) is not None:
            self._deliver(letter)
            made = True
        return made

    def _next_letter(self) -> Letter | None:
        with self._host.lock:
            outgoing = self._host.world.webhooks.outgoing
            return letter_of(outgoing[0]) if outgoing else None

    def _deliver(self, letter: Letter) -> None:
        reply = self._send(letter)
        result = {"code": reply.code} if reply.error is None else {"error": reply.error}
        self._host.run({"type": "webhook.result", "delivery": letter.sequence, **result})

    # -- with a clock that runs ----------------------------------------------------------------------

    def wake(self) -> None:
        """Have a thread make deliveries for as long as some are waiting. The caller holds the world's lock."""
        if self._thread is None and self._host.world.webhooks.is_waiting:
            self._thread = threading.Thread(target=self._work, name="webhooks", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while self._is_needed():
            if not self._deliver_all():
                time.sleep(_POLL_SECONDS)

    def _is_needed(self) -> bool:
        with self._host.lock:
            self._host.tick()
            if self._host.world.webhooks.is_waiting:
                return True
            self._thread = None
            return False
