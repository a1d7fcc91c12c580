"""The connector of a replay when it is a real integration: run at every poll, its writes landing when they would."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.gated.gate import Hands, counts_sent, rows_told
from conformance.scenario.connector import Connector, Read
from conformance.scenario.faults import of_kind
from conformance.scenario.run import run_plan
from conformance.scenario.served import ServedWorld
from conformance.scenario.short_form import READINGS
from conformance.scenario.timeline import LANDINGS
from conformance.verdict import Inconclusive

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.gated.gate import Command, Ticket
    from conformance.scenario.model import Channel, Plan
    from conformance.scenario.run import Outcome
    from conformance.scenario.scene import Scene
    from conformance.scenario.stockroom import Stockroom
    from conformance.scenario.world import World


def run_commanded(plan: Plan, open_world: Callable[[Mapping[str, Any]], World], command: Command) -> Outcome:
    """
    Run one row with a real integration as the connector; the world must be on a server.

    The feed is then as the vendors have it, read and so acknowledged, unless the file says otherwise.

    Raises:
        CannotStart: when there is no such program.
        Inconclusive: when the integration, or the server, hangs.
    """
    readings = {key: value for key, value in plan.document["readings"].items() if READINGS.get(key) != value}
    document = {**plan.document, "readings": readings}
    real = replace(plan, document=document, moves_itself=True)
    return run_plan(real, open_world, connector=lambda scene, room: CommandedConnector(scene, room, command))


class CommandedConnector(Connector):
    """Starts the integration where the simulated one would poll. How it reads, acknowledges and retries is its own."""

    def __init__(self, scene: Scene, stockroom: Stockroom, command: Command) -> None:
        super().__init__(scene, stockroom)
        if not isinstance(scene.world, ServedWorld):
            raise Inconclusive("a real integration needs a world on a server")
        self._hands = Hands(command, scene.world.handle, [each for each in scene.channels.values() if each.listings])
        self._told: dict[int, int] = {}
        self._dying: dict[int, Mapping[str, Any]] = {}
        self._hiding: set[int] = set()
        self._pushes: dict[int, int] = {}

    def poll(self, channels: Sequence[Channel]) -> None:
        """Run the integration once for each of these channels."""
        scene = self._scene
        for channel in channels:
            hand = self._hands.of.get(channel.id)
            if hand is None:
                continue
            if self.is_down(channel.id) or hand.is_busy:
                scene.note("poll passed over", None, why="the integration is down, or still at the last one")
                continue
            faults = scene.faults.step("connector.poll", f"{channel.name}.poll")
            crash = of_kind(faults, "crash")
            if crash is not None:
                self._dying[channel.id] = crash
            if of_kind(faults, "lose", "reject"):
                self._hiding.add(channel.id)
            number = scene.note("run", None, channel=channel.name)
            hand.start()
            self._go_on(channel, number)

    def _go_on(self, channel: Channel, number: int) -> None:
        """Let the integration go on until it waits for a write to land, or ends."""
        scene, hand = self._scene, self._hands.of[channel.id]
        while (ticket := hand.next()) is not None:
            if ticket.is_write:
                self._send_ticket(channel, ticket, number)
                return
            if ticket.is_feed:
                self._read_feed(channel, ticket, number)
            else:
                ticket.release()
        self._dying.pop(channel.id, None)
        scene.note("run ended", number, channel=channel.name, code=hand.integration.codes[-1])

    def _read_feed(self, channel: Channel, ticket: Ticket, number: int) -> None:
        scene = self._scene
        hidden = channel.id in self._hiding
        ticket.release("hide" if hidden else "forward")
        if hidden:
            self._hiding.discard(channel.id)
            scene.note("answer lost", number, rows=[])
            return
        rows = [(one, figure) for one, figure in rows_told(ticket.exchange) if one in scene.listings]
        if rows:
            told = [[scene.listings[one].sku, figure] for one, figure in sorted(rows)]
            scene.note("poll", number, channels=[channel.name], rows=told)
            self._told.update(rows)

    def _send_ticket(self, channel: Channel, ticket: Ticket, number: int) -> None:
        """Hold a write until it lands, or let what strikes it strike."""
        scene = self._scene
        crash = self._dying.pop(channel.id, None)
        values = self._values(channel, ticket)
        number_of = self._pushes[channel.id] = self._pushes.get(channel.id, 0) + 1
        faults = scene.faults.step(f"{channel.name}.push", "connector.push")
        crash = crash or of_kind(faults, "crash")
        entry = number
        for listing, value in values:
            entry = scene.note("push", number, push=f"{channel.name}.push#{number_of}", listing=listing, value=value)
        if crash is not None:
            self._die(channel, ticket, crash, entry)
            return
        late = of_kind(faults, "delay")
        at_ms = scene.now + channel.connector.push_takes_ms + ((late["by_ms"] or 900_000) if late else 0)
        way = "lose" if of_kind(faults, "lose") else "reject" if of_kind(faults, "reject") else "forward"
        times = 2 if of_kind(faults, "duplicate") else 1
        scene.timeline.put(at_ms, LANDINGS, partial(self._land_ticket, channel, ticket, way, times, entry))

    def _values(self, channel: Channel, ticket: Ticket) -> list[tuple[str, int]]:
        by_variant = {listing.variant: listing for listing in channel.listings}
        seller = channel.listings[0].seller
        sent = counts_sent(ticket.exchange, seller)
        return [(by_variant[variant].sku, value) for variant, value in sent if variant in by_variant]

    def _land_ticket(self, channel: Channel, ticket: Ticket, way: str, times: int, entry: int) -> None:
        scene = self._scene
        if ticket.done.is_set():
            return
        scene.forget_world()
        ticket.release(way, times)
        by_sku = {listing.sku: listing for listing in channel.listings}
        for sku, value in self._values(channel, ticket):
            if way == "forward":
                facts = {"channel": channel.name, "listing": sku, "value": value}
                scene.note("shown", entry, before=scene.state.shown.get(by_sku[sku].id, 0), **facts)
                self._told.pop(by_sku[sku].id, None)
            else:
                scene.note("push lost" if way == "lose" else "push refused", entry, listing=sku)
        self._go_on(channel, entry)

    def _die(self, channel: Channel, ticket: Ticket, crash: Mapping[str, Any], number: int) -> None:
        scene = self._scene
        self._down_until[channel.id] = scene.now + crash["back_after_ms"]
        scene.state.tally.crashes += 1
        scene.note("crash", number, back_after=crash["back_after_ms"])
        scene.input()
        self._hands.of[channel.id].kill()
        ticket.way = "lose"
        ticket.go.set()

    def crash(self, data: Mapping[str, Any]) -> None:
        """Kill the integration at this instant."""
        number = self._scene.note("fault", None, fault="crash")
        for channel in self._scene.channels.values():
            if channel.id in self._hands.of and data["channel"] in (None, channel.id):
                self._down_until[channel.id] = self._scene.now + data["back_after_ms"]
                self._hands.of[channel.id].kill()
        self._scene.note("crash", number, back_after=data["back_after_ms"])

    def full_sync(self, channels: Sequence[Channel]) -> None:
        """Do nothing: whether it sends everything is the integration's own affair."""

    def finish(self) -> None:
        """At the end: what was told and never shown is lost."""
        scene = self._scene
        for one, figure in sorted(self._told.items()):
            if scene.state.shown.get(one, 0) != figure:
                self.lost(Read(scene.listings[one], figure))

    def lost(self, read: Read) -> None:
        """Enter an update that the integration took and never showed."""
        scene = self._scene
        scene.state.tally.lost_updates += 1
        why = "the integration was told and never showed it"
        entry = scene.note("update lost", None, listing=read.listing.sku, figure=read.figure, why=why)
        scene.watch.lost_update(scene, read.listing, entry)

    def close(self) -> None:
        """End the integration."""
        self._hands.close()
