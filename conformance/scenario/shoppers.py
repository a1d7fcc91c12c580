"""Shoppers buy what a channel shows; a while later Order Manager hears of it."""

from __future__ import annotations

import hashlib
from functools import partial
from math import log
from random import Random
from typing import TYPE_CHECKING, Any

from conformance.scenario.faults import of_kind
from conformance.scenario.state import Order
from conformance.scenario.timeline import ARRIVALS, EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.scenario.model import Listing
    from conformance.scenario.scene import Scene


def stream(seed: int, actor: str) -> Random:
    """Return an actor's own stream of chance: another actor more or less does not move its numbers."""
    return Random(int.from_bytes(hashlib.sha256(f"{seed}/{actor}".encode()).digest(), "big"))  # noqa: S311 - a seed


class Shoppers:
    """Orders, their way to Order Manager, and what is done to them there."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._early: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}

    # -- buying ------------------------------------------------------------------------------------

    def order(self, data: Mapping[str, Any]) -> None:
        """Let a shopper buy; refused when the channel shows less."""
        scene = self._scene
        listing, number, qty = scene.listings[data["listing"]], data["id"], data["qty"]
        channel = scene.channels[listing.channel]
        scene.faults.step(f"{channel.name}.order")
        done, reason = self._sell(listing, number, qty)
        facts = {"order": number, "channel": channel.name, "listing": listing.sku, "qty": qty}
        if not done:
            self._refuse(listing, qty, facts, reason)
            return
        if not listing.infinite:
            scene.state.shown[listing.id] = scene.state.shown.get(listing.id, 0) - qty
        entry = scene.note("order", None, outcome="accepted", shown=scene.state.shown.get(listing.id, 0), **facts)
        self.accepted(Order(number, listing, qty, scene.now, entry, hold=data.get("hold", False)))
        own = data.get("reaches_om_ms")
        self.expect_import(number, scene.now + (channel.import_lag_ms if own is None else own))

    def _sell(self, listing: Listing, number: str, qty: int) -> tuple[bool, str | None]:
        if listing.variant is None or listing.seller is None:
            return False, "the channel does not sell it"
        sale = {"type": "marketplace.sell", "variant": listing.variant, "seller": listing.seller}
        done, reason, _ = self._scene.execute({**sale, "quantity": qty, "order_number": number})
        return done, reason

    def _refuse(self, listing: Listing, qty: int, facts: dict[str, Any], reason: str | None) -> None:
        scene = self._scene
        tally, state = scene.state.tally, scene.state
        tally.refused_units += qty
        tally.refused_orders += 1
        state.refused[facts["order"]] = qty
        demands, supply = state.demands(), state.supply()
        more = scene.served([*demands, state.demand(listing, qty)], supply) - scene.served(demands, supply)
        tally.lost_sales_units += more // max(1, sum(units for _, units in listing.needs))
        scene.note("order", None, outcome="refused", shown=state.shown.get(listing.id, 0), why=reason, **facts)

    def accepted(self, order: Order) -> None:
        """Enter an order that a channel has accepted: from now on it is promised."""
        state = self._scene.state
        state.accept(order)
        state.sales.setdefault(order.listing.id, []).append((self._scene.now, order.qty))
        state.shows.setdefault(order.listing.id, []).append((self._scene.now, state.shown.get(order.listing.id, 0)))
        self._scene.input()

    # -- a stream of shoppers ----------------------------------------------------------------------

    def start_stream(self, data: Mapping[str, Any], from_ms: int) -> None:
        """Let shoppers come one after another, at a steady pace or by chance."""
        arrivals = _arrivals(data, from_ms, stream(self._scene.plan.seed, data["id"]))
        self._next_of(arrivals, data, 1)

    def _next_of(self, arrivals: Iterator[tuple[int, int, int]], data: Mapping[str, Any], count: int) -> None:
        at_ms, listing, qty = next(arrivals)
        if at_ms > data["until_ms"]:
            return
        order = {"id": f"{data['id']}-{count}", "listing": listing, "qty": qty}

        def come() -> None:
            self.order(order)
            self._next_of(arrivals, data, count + 1)

        self._scene.timeline.put(at_ms, EVENTS, come)

    # -- the way to Order Manager ------------------------------------------------------------------

    def expect_import(self, number: str, at_ms: int) -> None:
        """Have Order Manager hear of an order at an instant."""
        self._scene.timeline.put(at_ms, ARRIVALS, partial(self._import, number, is_delayed=False))

    def _import(self, number: str, *, is_delayed: bool) -> None:
        scene = self._scene
        order = scene.state.orders[number]
        faults = [] if is_delayed else scene.faults.step("om.import")
        if of_kind(faults, "lose"):
            scene.note("import lost", order.entry, order=number)
            scene.input()
            return
        late = of_kind(faults, "delay")
        if late is not None:
            scene.note("import delayed", order.entry, order=number)
            action = partial(self._import, number, is_delayed=True)
            scene.timeline.put(scene.now + (late["by_ms"] or 900_000), ARRIVALS, action)
            return
        scene.state.imported(order, scene.now)
        if order.promised:
            self._create(order, number)
            if of_kind(faults, "duplicate"):
                self._create(order, f"{number}~2")
                scene.input()
                scene.watch.applied_twice(scene, "order", number)
        for verb, data in self._early.pop(number, ()):
            self.change(verb, data)

    def _create(self, order: Order, number: str) -> None:
        lines = [{"listing_sku": order.listing.sku, "quantity": order.promised}]
        command = {"type": "order.create", "sales_channel": order.listing.channel, "order_number": number}
        hold = {"hold": True} if order.hold else {}
        done, reason, _ = self._scene.execute({**command, "lines": lines, **hold})
        why = {} if done else {"why": reason}
        self._scene.note("imported", order.entry, order=number, qty=order.promised, done=done, **why)

    # -- what is done to orders --------------------------------------------------------------------

    def change(self, verb: str, data: Mapping[str, Any]) -> None:
        """Cancel, hold, release or ship an order; what was refused cannot be changed."""
        scene = self._scene
        order = scene.state.orders.get(data["order"])
        if order is None:
            scene.note(f"{verb} passed over", None, order=data["order"], why="the order was not accepted")
            return
        if order.imported_ms is None and verb != "cancel":
            # Order Manager cannot do anything to an order that it has not heard of.
            self._early.setdefault(order.id, []).append((verb, data))
            return
        {"cancel": self._cancel, "ship": self._ship}.get(verb, partial(self._command, verb))(order, data)
        scene.input()

    def _cancel(self, order: Order, data: Mapping[str, Any]) -> None:
        scene = self._scene
        units = min(order.open, data["qty"] or order.open)
        faults = scene.faults.step("om.cancel")
        if units == 0:
            scene.note("cancel passed over", order.entry, order=order.id, why="nothing is open")
            return
        scene.state.less(order, cancelled=units)
        facts: dict[str, Any] = {"order": order.id, "qty": units}
        if order.imported_ms is None or of_kind(faults, "lose"):
            scene.note("cancelled", order.entry, **facts)
            return
        done, reason, _ = scene.execute(self._named("order.cancel", order, units))
        scene.note("cancelled", order.entry, done=done, **facts, **({} if done else {"why": reason}))
        if of_kind(faults, "duplicate"):
            self._restock_again(order, units)

    def _restock_again(self, order: Order, units: int) -> None:
        """Book the units of a cancellation once more, as a warehouse does that reports them as a return."""
        scene = self._scene
        for product, each in order.listing.needs:
            warehouse = min(scene.state.warehouses_for(order.listing))
            command = {"type": "stock.receive", "master_sku": product, "warehouse": warehouse, "units": units * each}
            scene.execute(command)
        scene.note("restocked again", order.entry, order=order.id, qty=units)
        scene.watch.applied_twice(scene, "cancellation", order.id)

    def _ship(self, order: Order, data: Mapping[str, Any]) -> None:
        scene = self._scene
        units = min(order.open, data["qty"] or order.open)
        scene.faults.step("om.ship")
        done, reason, _ = scene.execute_really(self._named("order.ship", order, units))
        if done:
            scene.state.less(order, shipped=units)
        why = {} if done else {"why": reason}
        scene.note("shipped", order.entry, order=order.id, qty=units, done=done, **why)

    def _command(self, verb: str, order: Order, data: Mapping[str, Any]) -> None:
        del data
        done, reason, _ = self._scene.execute(self._named(f"order.{verb}", order, None))
        if done:
            order.hold = verb == "hold"
        self._scene.note(verb, order.entry, order=order.id, done=done, **({} if done else {"why": reason}))

    def _named(self, kind: str, order: Order, units: int | None) -> dict[str, Any]:
        command: dict[str, Any] = {"type": kind, "sales_channel": order.listing.channel, "order_number": order.id}
        if units is not None:
            command["lines"] = [{"listing_sku": order.listing.sku, "quantity": units}]
        return command


def _arrivals(data: Mapping[str, Any], from_ms: int, chance: Random) -> Iterator[tuple[int, int, int]]:
    """Yield the instant, the listing and the units of one shopper after another."""
    listings = data["listings"]
    at_ms = float(from_ms)
    while True:
        at_ms += data["every_ms"] if data["gap_ms"] is None else -log(1.0 - chance.random()) * data["gap_ms"]
        listing = listings[0] if len(listings) == 1 else listings[int(chance.random() * len(listings))]
        yield round(at_ms), listing, _quantity(data["qty"], chance)


def _quantity(shares: list[tuple[int, float]], chance: Random) -> int:
    if len(shares) == 1:
        return shares[0][0]
    drawn = chance.random()
    for units, share in shares:
        drawn -= share
        if drawn < 0:
            return units
    return shares[-1][0]
