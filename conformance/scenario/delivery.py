"""Updates on their way to the channels, and what a channel makes of one when it lands."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.scenario.faults import of_kind
from conformance.scenario.timeline import LANDINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.scenario.connector import Connector
    from conformance.scenario.model import Channel, Listing
    from conformance.scenario.scene import Scene
    from conformance.scenario.state import Message


class Delivery:
    """The network between the connector and the channels, and the channels' side of a push."""

    def __init__(self, scene: Scene, connector: Connector) -> None:
        self._scene = scene
        self._connector = connector
        self._under_way: list[Message] = []
        self._held_back: dict[int, list[Message]] = {}
        self._sent: dict[int, int] = {}
        self._busy_until: dict[int, int] = {}
        self._throttled_until: dict[int, int] = {}
        self._shown_version: dict[int, int] = {}
        self._landed_version: dict[int, int] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is on its way."""
        return not self._under_way

    def newest(self, listing: int) -> Message | None:
        """Return the update of a listing on its way that says the latest; None when that has landed, or nothing is."""
        landed = self._landed_version.get(listing, 0)
        mine = (each for each in self._under_way if each.listing.id == listing and not each.full)
        return max((each for each in mine if each.version > landed), key=lambda each: each.version, default=None)

    def take_back(self, is_struck: Callable[[Message], bool]) -> list[Message]:
        """Take messages off the network, as when the process that holds them dies; return them."""
        taken = [each for each in self._under_way if is_struck(each)]
        for message in taken:
            message.lost = True
            self._under_way.remove(message)
        return taken

    # -- sending -----------------------------------------------------------------------------------

    def send_all(self, messages: Sequence[Message], *, later_ms: int = 0) -> None:
        """Send updates one after another; where the connector dies over one, the rest are never sent."""
        for index, message in enumerate(messages):
            if not self._send(message, later_ms):
                for rest in messages[index + 1 :]:
                    self._connector.give_up(rest, message.entry, "the connector died before the channel was told")
                return

    def _send(self, message: Message, later_ms: int) -> bool:
        """Send an update, which lands when nothing strikes it; return False when the connector died over it."""
        scene = self._scene
        channel = scene.channels[message.listing.channel]
        self._sent[channel.id] = message.number = self._sent.get(channel.id, 0) + 1
        faults = scene.faults.step(f"{channel.name}.push", "connector.push")
        message.entry = scene.note(
            "push", message.entry, push=f"{channel.name}.push#{message.number}", listing=message.listing.sku,
            value=message.value,
        )  # fmt: skip
        self._under_way.append(message)
        crash = of_kind(faults, "crash")
        if crash is not None:
            self._under_way.remove(message)
            self._connector.crash_at_push(crash, message)
            return False
        self._strike(message, channel, faults, scene.now + later_ms)
        return True

    def _strike(self, message: Message, channel: Channel, faults: list[Mapping[str, Any]], at_ms: int) -> None:
        scene = self._scene
        message.lost = of_kind(faults, "lose") is not None
        message.rejected = of_kind(faults, "reject") is not None
        message.held_back = of_kind(faults, "reorder") is not None
        throttle = of_kind(faults, "throttle")
        if throttle is not None:
            self.throttle({**throttle, "channel": channel.id}, message.entry)
        late = of_kind(faults, "delay")
        landing = self._landing(channel, at_ms) + ((late["by_ms"] or 900_000) if late else 0)
        for fault in faults:
            scene.note("fault", message.entry, fault=fault["kind"])
            scene.input()
        if message.held_back:
            self._held_back.setdefault(channel.id, []).append(message)
            return
        scene.timeline.put(landing, LANDINGS, partial(self._land, message))
        again = of_kind(faults, "duplicate")
        if again is not None:
            scene.timeline.put(landing + (again["by_ms"] or 60_000), LANDINGS, partial(self._land_again, message))

    def _landing(self, channel: Channel, at_ms: int) -> int:
        """Return when the next update lands on a channel that may take only so many in a time."""
        free = max(at_ms + channel.connector.push_takes_ms, self._throttled_until.get(channel.id, 0))
        if channel.connector.gap_ms:
            free = max(free, self._busy_until.get(channel.id, 0) + channel.connector.gap_ms)
            self._busy_until[channel.id] = free
        return free

    def throttle(self, data: Mapping[str, Any], of: int | None = None) -> None:
        """Let a channel, or all of them, take nothing for a while."""
        scene = self._scene
        until = scene.now + data["lasts_ms"]
        for number, channel in scene.channels.items():
            if data["channel"] in (None, number):
                self._throttled_until[number] = max(until, self._throttled_until.get(number, 0))
                scene.note("throttle", of, channel=channel.name, lasts=data["lasts_ms"])
        scene.input()

    # -- landing -----------------------------------------------------------------------------------

    def _land(self, message: Message) -> None:
        scene = self._scene
        if message not in self._under_way:
            return
        if self._scene.now < self._throttled_until.get(message.listing.channel, 0):
            scene.timeline.put(self._throttled_until[message.listing.channel], LANDINGS, partial(self._land, message))
            return
        self._under_way.remove(message)
        if message.lost:
            number = scene.note("push lost", message.entry, listing=message.listing.sku)
            self._connector.give_up(message, number, "the push got lost")
        elif message.rejected:
            self._refuse(message)
        else:
            self._apply(message)
        for held in self._held_back.pop(message.listing.channel, []):
            scene.state.tally.reordered += 1
            self._land(held)

    def _land_again(self, message: Message) -> None:
        message.duplicate = True
        self._scene.state.tally.duplicated += 1
        self._apply(message)

    def _refuse(self, message: Message) -> None:
        """Let the channel refuse one item; who acknowledges the whole batch loses it."""
        scene = self._scene
        number = scene.note("push refused", message.entry, listing=message.listing.sku)
        if scene.channels[message.listing.channel].connector.batch == "whole" and not message.full:
            self._connector.acknowledge(message.listing, message.figure)
            scene.state.tally.lost_updates += 1
            why = "one item of the batch was refused, and the batch acknowledged whole"
            entry = scene.note("update lost", number, listing=message.listing.sku, figure=message.figure, why=why)
            scene.watch.lost_update(scene, message.listing, entry)
            return
        self._connector.give_up(message, number, "the channel refused it")

    def _apply(self, message: Message) -> None:
        scene, listing = self._scene, message.listing
        connector = scene.channels[listing.channel].connector
        missing = scene.state.missing(listing.id, message.included)
        newest = self._shown_version.get(listing.id, 0)
        if connector.guard == "version" and message.version < newest:
            scene.note("push dropped", message.entry, listing=listing.sku, why="a newer number is shown")
        elif connector.push == "cas" and missing:
            scene.note("push refused", message.entry, listing=listing.sku, why=f"{missing} units sold meanwhile")
            scene.state.tally.rejected_writes += 1
            self._read_again(message)
            return
        else:
            value = max(0, message.value - missing) if connector.push == "watermark" else message.value
            entry = self._show(message, value)
            scene.watch.applied(scene, message, value, missing, newest, entry)
            self._shown_version[listing.id] = max(newest, message.version)
        self._acknowledge(message)

    def _show(self, message: Message, value: int) -> int:
        scene, listing = self._scene, message.listing
        before = scene.state.shown.get(listing.id, 0)
        put = {"type": "inventory.put", "variant": listing.variant, "seller": listing.seller, "count_on_hand": value}
        done, reason, _ = scene.execute(put)
        entry = scene.note(
            "shown", message.entry, channel=scene.channels[listing.channel].name, listing=listing.sku, before=before,
            value=value, **({} if done else {"why": reason}),
        )  # fmt: skip
        if done:
            scene.state.shown[listing.id] = value
            scene.state.shows.setdefault(listing.id, []).append((scene.now, value))
            scene.state.tally.raises += value > before
        return entry

    def _read_again(self, message: Message) -> None:
        memory = self._connector.memory[message.listing.id]
        memory.retry = True
        if not message.acknowledged:
            memory.read = memory.acknowledged

    def _acknowledge(self, message: Message) -> None:
        """Say that an update has landed, where that is what acknowledging means."""
        listing = message.listing
        how = self._scene.channels[listing.channel].connector.ack
        if message.full or message.duplicate or message.acknowledged or how == "when-read":
            return
        message.acknowledged = True
        self._landed_version[listing.id] = max(message.version, self._landed_version.get(listing.id, 0))
        if self._connector.is_down(listing.channel):
            # Whoever would say so is not there; the row stays due.
            self._connector.memory[listing.id].read = self._connector.memory[listing.id].acknowledged
        elif how == "by-listing":
            self._acknowledge_by_listing(message)
        elif self.newest(listing.id) is None and self._connector.memory[listing.id].read == message.figure:
            self._connector.acknowledge(listing, message.figure)

    def _acknowledge_by_listing(self, message: Message) -> None:
        """Clear the listing, whatever has changed since it was read."""
        scene, listing = self._scene, message.listing
        rows = dict(scene.world.read_feed([listing.channel]))
        self._connector.acknowledge(listing, rows.get(listing.id, message.figure))
        memory = self._connector.memory[listing.id]
        if rows.get(listing.id, message.figure) != message.figure and memory.read == message.figure:
            memory.read = rows[listing.id]
            scene.state.tally.lost_updates += 1
            why = "acknowledging the listing swallowed a change that nobody had read"
            entry = scene.note("update lost", message.entry, listing=listing.sku, figure=rows[listing.id], why=why)
            scene.watch.lost_update(scene, listing, entry)
            scene.watch.cursor(scene, listing, entry, "a change was acknowledged that was never read")

    # -- the fence ---------------------------------------------------------------------------------

    def bound(self, listing: Listing) -> int:
        """Return what a listing may be raised to without touching what others may still sell of the same product."""
        scene = self._scene
        free = scene.world.figures([listing.id])[0]
        stock = sum(
            on_hand - locked - allocated
            for (warehouse, sku), (on_hand, locked, allocated) in scene.world.stock().items()
            if sku == listing.product and warehouse in scene.state.warehouses_for(listing)
        )
        others = [each for each in scene.listings.values() if each.product == listing.product and each is not listing]
        return min(max(free, 0), stock - sum(self._may_sell(other) for other in others))

    def _may_sell(self, listing: Listing) -> int:
        """Return the most that a listing may still take from free stock: shown, sold unseen, or on its way to it."""
        state = self._scene.state
        unseen = state.missing(listing.id, state.imports)
        # What was imported since an update was read has left the free stock already.
        coming = [
            message.value - (state.missing(listing.id, message.included) - unseen)
            for message in self._under_way
            if message.listing is listing
        ]
        return max([state.shown.get(listing.id, 0) + unseen, *coming])
