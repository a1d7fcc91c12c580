"""
A real integration as the connector, its requests gated one at a time.

Reads go through at once, while virtual time stands still. A write is held until its virtual instant has come; meanwhile
the integration waits and the scenario goes on. So the run repeats, as far as the integration itself does.
"""

from __future__ import annotations

import queue
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from conformance.certify.history import ACKNOWLEDGE, INVENTORIES, WRITES
from conformance.certify.plan import Reply, Reset
from conformance.certify.process import Integration, environment
from conformance.certify.proxy import Proxy
from conformance.certify.variables import renamed
from conformance.verdict import Inconclusive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.certify.history import Exchange
    from conformance.certify.plan import Turn
    from conformance.scenario.model import Channel
    from conformance.target import TargetWorld

LONGEST_RUN_SECONDS: Final = 30.0
QUIET_SECONDS: Final = 0.03
LOOK_EVERY_SECONDS: Final = 0.005
UNAVAILABLE: Final = 503


@dataclass(frozen=True, slots=True)
class Command:
    """How an integration is started, and the variables that the caller renames or adds."""

    words: tuple[str, ...]
    wishes: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Ticket:
    """One request at the gate. It goes on when somebody lets it, in the way that was said."""

    turn: Turn
    way: str = "forward"
    times: int = 1
    go: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def exchange(self) -> Exchange:
        """The request."""
        return self.turn.exchange

    @property
    def order(self) -> tuple[str, str, bytes]:
        """Sort key among requests that are at the gate at once."""
        return (self.exchange.method, self.exchange.path, self.exchange.body)

    @property
    def is_write(self) -> bool:
        """Whether it would change what a channel shows; an acknowledge is a read here."""
        return self.exchange.api == "marketplacer" and self.exchange.method in WRITES

    @property
    def is_feed(self) -> bool:
        """Whether it reads the acknowledge feed."""
        return self.exchange.api == "order_manager" and ACKNOWLEDGE.match(self.exchange.path) is not None

    def release(self, way: str = "forward", times: int = 1) -> None:
        """Let it go on, and wait until it has its answer: forward, lose (no answer, nothing done), hide, reject."""
        self.way, self.times = way, times
        self.go.set()
        if not self.done.wait(LONGEST_RUN_SECONDS):
            raise Inconclusive("a request that was let through got no answer")

    def wait(self) -> Reply | Reset:
        """Wait at the gate, in the proxy's thread, and return what the client is to get."""
        try:
            if not self.go.wait(LONGEST_RUN_SECONDS * 4) or self.way == "lose":
                return Reset()
            if self.way == "reject":
                return Reply(UNAVAILABLE, {"Content-Type": "text/plain"}, b"unavailable")
            reply = self.turn.forward()
            for _ in range(self.times - 1):
                reply = self.turn.forward()
            return Reset() if self.way == "hide" else reply
        finally:
            self.done.set()


class Hand:
    """The integration for one channel: its process, the proxy before it, the gate."""

    def __init__(self, command: Command, world: TargetWorld, channel: Channel, folder: Path) -> None:
        self._arrived: queue.Queue[Ticket] = queue.Queue()
        self._waiting: list[Ticket] = []
        self._stack = ExitStack()
        seller = next((listing.seller for listing in channel.listings if listing.seller is not None), channel.id)
        key = world.api_keys[str(seller)]
        upstream: Any = {name: world.urls[name] for name in ("order_manager", "marketplacer")}
        proxy = self._stack.enter_context(Proxy(upstream, {"order_manager": world.tokens[0], "marketplacer": key}))
        proxy.plan.add("gate", lambda _: True, self._at_the_gate)
        values = {
            **{f"{api.upper()}_URL": origin for api, origin in proxy.origins.items()},
            "ORDER_MANAGER_TOKEN": world.tokens[0],
            "SALES_CHANNEL_ID": str(channel.id),
            "MARKETPLACER_API_KEY": key,
            "MARKETPLACER_SELLER_ID": str(seller),
        }
        folder.mkdir()
        self.integration = Integration(command.words, environment(renamed(values, command.wishes)), folder)
        self._stack.callback(self.integration.kill)

    def _at_the_gate(self, turn: Turn) -> Reply | Reset:
        ticket = Ticket(turn)
        self._arrived.put(ticket)
        return ticket.wait()

    @property
    def is_busy(self) -> bool:
        """Whether a run has begun and not ended."""
        return self.integration.is_running

    def start(self) -> None:
        """Begin a run."""
        self._waiting.clear()
        self.integration.start()

    def next(self) -> Ticket | None:
        """Return the next request that the integration makes, or None when its run has ended."""
        deadline = time.monotonic() + LONGEST_RUN_SECONDS
        while not self._waiting:
            self._collect()
            if self._waiting:
                break
            if not self.integration.is_running and self._arrived.empty():
                self.integration.wait()
                return None
            if time.monotonic() > deadline:
                self.integration.kill()
                raise Inconclusive(f"the integration did nothing for {LONGEST_RUN_SECONDS:g} s and did not end")
        self._waiting.sort(key=lambda ticket: ticket.order)
        return self._waiting.pop(0)

    def _collect(self) -> None:
        """Take what is at the gate; whoever sends several requests at once gets a moment to send them all."""
        try:
            self._waiting.append(self._arrived.get(timeout=LOOK_EVERY_SECONDS))
            while True:
                self._waiting.append(self._arrived.get(timeout=QUIET_SECONDS))
        except queue.Empty:
            return

    def kill(self) -> None:
        """Let the process die with everything that it has under way."""
        self.integration.kill()
        for ticket in self._waiting:
            ticket.way = "lose"
            ticket.go.set()
        self._waiting.clear()

    def close(self) -> None:
        """Kill what still runs, and stop to listen."""
        self.kill()
        self._stack.close()


class Hands:
    """One integration for each channel, in folders of their own."""

    def __init__(self, command: Command, world: TargetWorld, channels: Sequence[Channel]) -> None:
        self._folder = TemporaryDirectory(prefix="replay-", ignore_cleanup_errors=True)
        root = Path(self._folder.name)
        self.of = {channel.id: Hand(command, world, channel, root / str(channel.id)) for channel in channels}

    def close(self) -> None:
        """End all of them."""
        for hand in self.of.values():
            hand.close()
        self._folder.cleanup()


def rows_told(exchange: Exchange) -> list[tuple[int, int]]:
    """Return the rows that an acknowledge answered, as (listing id, figure)."""
    rows = exchange.got
    if isinstance(rows, dict):
        rows = next(iter(rows.values()), None)
    if not isinstance(rows, list):
        return []
    return [
        (int(row["listingId"]), int(row["availableQuantity"]))
        for row in rows
        if isinstance(row, dict) and {"listingId", "availableQuantity"} <= row.keys()
    ]


def counts_sent(exchange: Exchange, seller: int | None) -> list[tuple[int, int]]:
    """Return what a write sets, as (variant, count), of one seller's records."""
    match = INVENTORIES.match(exchange.path)
    body = exchange.sent
    if match is None or not isinstance(body, dict):
        return []
    found = []
    for item in body.get("data", []) if isinstance(body.get("data"), list) else []:
        attributes = item.get("attributes", item) if isinstance(item, dict) else {}
        named = attributes.get("seller_id", seller)
        if "count_on_hand" in attributes and str(named) == str(seller):
            found.append((int(match.group(1)), int(attributes["count_on_hand"])))
    return found
