"""A world on a server, driven through its control API; the feed is read as a client reads it."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

from conformance.acknowledge import MOST_ROWS, read
from conformance.scenario.durations import instant_text
from conformance.scenario.world import BadWorld
from conformance.verdict import Inconclusive, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.scenario.world import Place, World
    from conformance.target import Target, TargetWorld

VERSION: Final = "v1.2"


def served_by(target: Target) -> Callable[[Mapping[str, Any]], World]:
    """Return the function that makes a world on a server."""

    def open_world(document: Mapping[str, Any]) -> World:
        stack = ExitStack()
        try:
            world = stack.enter_context(target.world(document))
        except UnexpectedAnswer as error:
            raise BadWorld(str(error.difference.actual)) from None
        return ServedWorld(world, stack)

    return open_world


class ServedWorld:
    """One world on a server. Every look at it is a request, so it looks only when something was done since."""

    def __init__(self, world: TargetWorld, stack: ExitStack) -> None:
        self._world = world
        self._stack = stack
        self._document: dict[str, Any] | None = None
        self._figures: dict[int, int] = {}
        self._now_ms: int | None = None

    def execute(self, command: Mapping[str, Any]) -> tuple[bool, str | None, Any]:
        """Run one command now; return whether it was done, the reason if not, and its result."""
        self.forget()
        (result,) = self._world.run([command])
        return result.get("status") == "done", result.get("reason"), result.get("result")

    @property
    def handle(self) -> TargetWorld:
        """The world's addresses and credentials."""
        return self._world

    def forget(self) -> None:
        """Look anew: something was done."""
        self._document = None
        self._figures.clear()

    def advance_to(self, instant_ms: int) -> int:
        """Move virtual time on; return how many effects fired."""
        if instant_ms == self._now_ms:
            return 0
        done, reason, result = self.execute({"type": "clock.advance", "to": instant_text(instant_ms)})
        if not done:
            raise Inconclusive(f"the target's clock cannot be moved ({reason}); serve it with a manual clock")
        self._now_ms = instant_ms
        return int(result["fired"])

    def read_feed(self, channels: Sequence[int], token: int = 0) -> list[tuple[int, int]]:
        """Return the due rows of some channels as (listing id, figure)."""
        rows = read(self._world, channels, token=token, version=VERSION, limit=MOST_ROWS)
        return [(row["listing_id"], row["figure"]) for row in rows]

    def confirm(self, channels: Sequence[int], listings: Sequence[int], token: int = 0) -> None:
        """Confirm rows that were read."""
        told = {"channels": list(channels), "limit": 0, "acknowledged": list(listings)}
        self._world.run([{"type": "feed.acknowledge", "token": token, "version": VERSION, **told}])

    def figures(self, listings: Sequence[int]) -> list[int]:
        """Return what each listing may show."""
        return [self._figure(listing) for listing in listings]

    def _figure(self, listing: int) -> int:
        if listing not in self._figures:
            path = f"/worlds/{self._world.id}/explain?listing_id={listing}"
            answer = self._world.target.control("GET", path)
            body = answer.json
            if answer.status != 200 or not isinstance(body, dict) or not isinstance(body.get("figure"), int):
                raise UnexpectedAnswer("GET /_mock/worlds/{id}/explain", "200 with a figure", answer.excerpt)
            self._figures[listing] = body["figure"]
        return self._figures[listing]

    def stock(self) -> Mapping[Place, tuple[int, int, int]]:
        """Return (on hand, locked, allocated) by place."""
        found: dict[Place, tuple[int, int, int]] = {}
        for row in self._account().get("stock", ()):
            place = (row["warehouse"], row["master_sku"])
            before = found.get(place, (0, 0, 0))
            units = (row["on_hand"], row.get("locked", 0), row.get("allocated", 0))
            found[place] = (before[0] + units[0], before[1] + units[1], before[2] + units[2])
        return found

    def allocations(self) -> Mapping[tuple[int, str], Mapping[Place, int]]:
        """Return the units that each order holds."""
        found: dict[tuple[int, str], dict[Place, int]] = {}
        for order in self._account().get("orders", ()):
            held = found.setdefault((order["sales_channel"], order["order_number"]), {})
            for row in order.get("allocations", ()):
                place = (row["warehouse"], row["master_sku"])
                held[place] = held.get(place, 0) + row["units"]
        return found

    def counts(self) -> Mapping[tuple[int, int], int]:
        """Return what the marketplace shows, by (variant, seller)."""
        market = self.document()["marketplacer"]
        own = {(row["id"], row["seller"]): row["count_on_hand"] for row in market["variants"] if row.get("seller")}
        return own | {(row["variant"], row["seller"]): row["count_on_hand"] for row in market["inventories"]}

    def _account(self) -> Mapping[str, Any]:
        account: Mapping[str, Any] = self.document()["order_manager"]
        return account

    def document(self) -> dict[str, Any]:
        """Return the present state as a world file."""
        if self._document is None:
            answer = self._world.target.control("GET", f"/worlds/{self._world.id}")
            body = answer.json
            if answer.status != 200 or not isinstance(body, dict):
                raise UnexpectedAnswer("GET /_mock/worlds/{id}", "200 with a world", answer.excerpt)
            self._document = body
        return self._document

    def close(self) -> None:
        """Drop the world on the server."""
        self._stack.close()
