"""The simulated connector: it reads the feed, sends updates to the channels, and says what it has told them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from conformance.scenario.delivery import Delivery
from conformance.scenario.faults import of_kind
from conformance.scenario.state import Message
from conformance.scenario.timeline import POLLS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.scenario.model import Channel, Listing
    from conformance.scenario.scene import Scene
    from conformance.scenario.stockroom import Stockroom

PRODUCTION = 0


class Read(NamedTuple):
    """One listing that is to be pushed: what the feed, or a look of the connector's own, says of it."""

    listing: Listing
    figure: int


@dataclass(slots=True)
class Memory:
    """What the connector keeps of one listing: what it read last, and what it has acknowledged."""

    read: int
    acknowledged: int
    retry: bool = False


@dataclass(slots=True)
class Habits:
    """What the connector keeps of one channel."""

    last_poll_ms: int = 0
    last_stamp: int = -1
    stock: dict[str, tuple[tuple[int, int, int], ...]] = field(default_factory=dict)


class Connector:
    """The program that keeps the channels up to date."""

    def __init__(self, scene: Scene, stockroom: Stockroom) -> None:
        self._scene = scene
        self._stockroom = stockroom
        self._version = 0
        self._down_until: dict[int | None, int] = {}
        self._habits = {number: Habits() for number in scene.channels}
        self.memory: dict[int, Memory] = {}
        self.delivery = Delivery(scene, self)

    # -- start -------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Read everything once, so that nothing is pending, and set the first polls and full syncs."""
        scene = self._scene
        channels = list(scene.channels)
        told = dict(scene.world.read_feed(channels)) if channels else {}
        scene.world.confirm(channels, list(told))
        staging = scene.plan.staging
        if staging is not None and not staging.shared:
            scene.world.confirm(channels, [number for number, _ in scene.world.read_feed(channels, 1)], 1)
        for number, figure in zip(scene.listings, scene.world.figures(list(scene.listings)), strict=True):
            self.memory[number] = Memory(figure, figure)
        for habits in self._habits.values():
            habits.stock = self._stock_levels()
        self._set_rounds(lambda each: (each.poll_ms, each.first_poll_ms), self.poll)
        self._set_rounds(lambda each: (each.full_sync_ms, each.first_full_sync_ms), self.full_sync)
        if staging is not None:
            self._repeat(staging.first_ms, staging.period_ms, self._poll_for_staging)

    def _set_rounds(
        self, times: Callable[[Any], tuple[int | None, int | None]], action: Callable[[Sequence[Channel]], None]
    ) -> None:
        """Set the rounds of an action: channels of one period and phase are served in one round."""
        rounds: dict[tuple[int, int | None], list[Channel]] = {}
        for channel in self._scene.channels.values():
            every, first = times(channel.connector)
            if every is not None or first is not None:
                rounds.setdefault((every if first is None else first, every), []).append(channel)  # type: ignore[arg-type]
        for (first_ms, every_ms), channels in sorted(rounds.items(), key=lambda item: (item[0][0], item[1][0].id)):
            self._repeat(first_ms, every_ms, partial(action, channels))

    def _repeat(self, at_ms: int, every_ms: int | None, action: Callable[[], None]) -> None:
        def once() -> None:
            action()
            if every_ms is not None:
                self._repeat(self._scene.now + every_ms, every_ms, action)

        self._scene.timeline.put(at_ms, POLLS, once)

    # -- reading -----------------------------------------------------------------------------------

    def poll(self, channels: Sequence[Channel]) -> None:
        """Read what is due for some channels and send it on."""
        scene = self._scene
        up = [channel for channel in channels if not self.is_down(channel.id)]
        if not up:
            scene.note("poll passed over", None, why="the connector is down")
            return
        faults = scene.faults.step("connector.poll", *(f"{channel.name}.poll" for channel in up))
        late = of_kind(faults, "delay")
        if late is not None:
            scene.note("poll delayed", None)
            scene.timeline.put(scene.now + (late["by_ms"] or 60_000), POLLS, partial(self._read_and_send, up, []))
            return
        self._read_and_send(up, faults)

    def _read_and_send(self, channels: Sequence[Channel], faults: Sequence[Mapping[str, Any]]) -> None:
        scene = self._scene
        open_ones = [channel for channel in channels if self._gate_is_open(channel)]
        names = [channel.name for channel in channels]
        if not open_ones:
            scene.note("poll passed over", None, channels=names, why="no count has landed since")
            return
        due = self._due(open_ones)
        number = scene.note("poll", None, channels=names, rows=[[each.listing.sku, each.figure] for each in due])
        if of_kind(faults, "lose", "reject"):
            self._lose_answer(due, number)
            return
        taken = [each for each in self._sift(due, number) if self._is_news(each)]
        crash = of_kind(faults, "crash")
        for channel in open_ones:
            self._habits[channel.id].last_poll_ms = scene.now
            if channel.connector.feed == "stocks":
                self._habits[channel.id].stock = self._stock_levels()
        messages = [self._message(each, number) for each in [*taken, *self._retries(open_ones, taken)]]
        self._acknowledge_as_read(taken)
        if crash is not None:
            messages = self._crash(crash, messages, number)
        self.delivery.send_all(messages)

    def _due(self, channels: Sequence[Channel]) -> list[Read]:
        scene = self._scene
        rows = scene.world.read_feed([channel.id for channel in channels])
        return [Read(scene.listings[number], figure) for number, figure in sorted(rows) if number in scene.listings]

    def _is_news(self, read: Read) -> bool:
        """Whether a row says something else than what is already on its way."""
        under_way = self.delivery.newest(read.listing.id)
        return under_way is None or under_way.figure != read.figure

    def _retries(self, channels: Sequence[Channel], taken: Sequence[Read]) -> list[Read]:
        """Return listings that the connector has to look at again, though the feed has nothing new of them."""
        read = {each.listing.id for each in taken}
        wanted = [
            listing
            for channel in channels
            for listing in channel.listings
            if listing.id not in read and listing.id in self.memory and self.memory[listing.id].retry
        ]
        for listing in wanted:
            self.memory[listing.id].retry = False
        figures = self._scene.world.figures([listing.id for listing in wanted])
        return [Read(listing, figure) for listing, figure in zip(wanted, figures, strict=True)]

    def _acknowledge_as_read(self, taken: Sequence[Read]) -> None:
        for read in taken:
            memory = self.memory[read.listing.id]
            memory.read, memory.retry = read.figure, False
            if self._scene.channels[read.listing.channel].connector.ack == "when-read":
                self.acknowledge(read.listing, read.figure)

    def acknowledge(self, listing: Listing, figure: int) -> None:
        """Tell the feed that this listing's row was dealt with."""
        self._scene.world.confirm([listing.channel], [listing.id], PRODUCTION)
        self.memory[listing.id].acknowledged = figure

    # -- ways of reading badly ---------------------------------------------------------------------

    def _gate_is_open(self, channel: Channel) -> bool:
        if channel.connector.gate == "none":
            return True
        return any(at_ms > self._habits[channel.id].last_poll_ms for at_ms in self._stockroom.counts_landed)

    def _lose_answer(self, due: Sequence[Read], number: int) -> None:
        """Let the answer get lost: a feed that moves its marker on reading has told nobody."""
        scene = self._scene
        scene.note("answer lost", number, rows=[each.listing.sku for each in due])
        scene.input()
        for read in due:
            if scene.channels[read.listing.channel].connector.ack == "when-read":
                self.drop(read, number, "the answer got lost after the feed had moved on")

    def drop(self, read: Read, of: int, why: str) -> None:
        """Have a row acknowledged without its number ever being shown."""
        scene = self._scene
        self.acknowledge(read.listing, read.figure)
        self.memory[read.listing.id].read = read.figure
        scene.state.tally.lost_updates += 1
        entry = scene.note("update lost", of, listing=read.listing.sku, figure=read.figure, why=why)
        scene.watch.lost_update(scene, read.listing, entry)

    def _sift(self, due: Sequence[Read], number: int) -> list[Read]:
        """Return the rows that the connector gets to see: a coarse cursor, a feed of stocks or pages may hide some."""
        kept: list[Read] = []
        for channel_id, rows in groupby(due, key=lambda each: each.listing.channel):
            connector = self._scene.channels[channel_id].connector
            found = list(rows)
            if connector.feed == "stocks":
                found = self._only_moved_stock(channel_id, found, number)
            if connector.resolution_ms:
                found = self._by_time_stamp(channel_id, found, number)
            if connector.paging == "offset" and connector.page and connector.ack == "when-read":
                found = self._by_offset(found, connector.page, number)
            kept += found
        return kept

    def _only_moved_stock(self, channel: int, rows: Sequence[Read], number: int) -> list[Read]:
        levels, known = self._stock_levels(), self._habits[channel].stock
        kept = []
        for read in rows:
            if any(levels.get(product) != known.get(product) for product, _ in read.listing.needs):
                kept.append(read)
            else:
                self.drop(read, number, "the feed follows stock, and no stock has moved")
        return kept

    def _stock_levels(self) -> dict[str, tuple[tuple[int, int, int], ...]]:
        found: dict[str, list[tuple[int, int, int]]] = {}
        for (_, product), (on_hand, locked, allocated) in sorted(self._scene.world.stock().items()):
            found.setdefault(product, []).append((on_hand, locked, allocated))
        return {product: tuple(levels) for product, levels in found.items()}

    def _by_time_stamp(self, channel: int, rows: Sequence[Read], number: int) -> list[Read]:
        step = self._scene.channels[channel].connector.resolution_ms
        habits = self._habits[channel]
        stamps = {read.listing.id: self._scene.state.figures[read.listing.id][-1][0] // step for read in rows}
        kept = [read for read in rows if stamps[read.listing.id] > habits.last_stamp]
        for read in rows:
            if read not in kept:
                self.drop(read, number, "its time stamp is that of the saved cursor")
        habits.last_stamp = max([habits.last_stamp, *stamps.values()])
        return kept

    def _by_offset(self, rows: Sequence[Read], page: int, number: int) -> list[Read]:
        """Return what is seen page by page when each page, once acknowledged, moves the rest one page up."""
        seen = [read for index, read in enumerate(rows) if (index // page) % 2 == 0]
        hidden = [read.listing.sku for read in rows if read not in seen]
        if hidden:
            self._scene.note("rows passed over", number, rows=hidden, why="they moved to a page that was read already")
        return seen

    def _poll_for_staging(self) -> None:
        """Let the second reader read; with a shared cursor what it reads is gone for the first."""
        scene = self._scene
        channels, staging = list(scene.channels), scene.plan.staging
        token = PRODUCTION if staging is not None and staging.shared else 1
        rows = sorted(scene.world.read_feed(channels, token))
        number = scene.note("staging polls", None, rows=[[scene.listings[one].sku, figure] for one, figure in rows])
        scene.world.confirm(channels, [one for one, _ in rows], token)
        if token == PRODUCTION:
            for one, figure in rows:
                self.drop(Read(scene.listings[one], figure), number, "another reader of the same cursor took it")

    # -- sending -----------------------------------------------------------------------------------

    def finish(self) -> None:
        """Do what is left to do at the end of the run."""

    def close(self) -> None:
        """Give back what the connector occupies."""

    def _message(self, read: Read, entry: int, *, full: bool = False) -> Message:
        scene = self._scene
        self._version += 1
        value = scene.policy.pushed(read.listing, read.figure)
        if scene.channels[read.listing.channel].connector.fence:
            bound = self.delivery.bound(read.listing)
            if value > bound:
                value, self.memory[read.listing.id].retry = max(0, bound), True
        scene.state.reads.setdefault(read.listing.id, []).append((scene.now, self._version))
        return Message(
            0, read.listing, read.figure, value, scene.now, self._version, scene.state.imports, entry, full=full
        )  # fmt: skip

    def full_sync(self, channels: Sequence[Channel]) -> None:
        """Send every number of some channels, changed or not."""
        scene = self._scene
        up = [channel for channel in channels if not self.is_down(channel.id)]
        if not up:
            scene.note("full sync passed over", None, why="the connector is down")
            return
        faults = scene.faults.step("connector.full_sync", *(f"{channel.name}.full_sync" for channel in up))
        listings = [listing for channel in up for listing in channel.listings if listing.variant is not None]
        number = scene.note("full sync", None, channels=[channel.name for channel in up])
        if of_kind(faults, "lose"):
            scene.note("full sync lost", number)
            return
        figures = scene.world.figures([listing.id for listing in listings])
        reads = [Read(listing, figure) for listing, figure in zip(listings, figures, strict=True)]
        messages = [self._message(each, number, full=True) for each in reads]
        crash = of_kind(faults, "crash")
        if crash is not None:
            messages = self._crash(crash, messages, number)
        late = of_kind(faults, "delay")
        self.delivery.send_all(messages, later_ms=(late["by_ms"] or 60_000) if late else 0)

    def sync(self, data: Mapping[str, Any]) -> None:
        """Read, or send everything, out of turn."""
        chosen = [each for each in self._scene.channels.values() if data["channel"] in (None, each.id)]
        (self.full_sync if data["full"] else self.poll)(chosen)

    # -- crashes -----------------------------------------------------------------------------------

    def is_down(self, channel: int) -> bool:
        """Whether the connector, or its worker for a channel, is down."""
        return self._scene.now < max(self._down_until.get(None, 0), self._down_until.get(channel, 0))

    def crash(self, data: Mapping[str, Any]) -> None:
        """Let the connector die at this instant."""
        number = self._scene.note("fault", None, fault="crash")
        self._crash(data, [], number)

    def _crash(self, fault: Mapping[str, Any], messages: Sequence[Message], number: int) -> list[Message]:
        """Let the connector die; return those of the messages in its hands that were out already."""
        scene = self._scene
        self._down_until[fault["channel"]] = scene.now + fault["back_after_ms"]
        scene.state.tally.crashes += 1
        entry = scene.note("crash", number, back_after=fault["back_after_ms"])
        scene.input()
        lost = [each for each in messages if self._is_struck(each, fault)]
        for message in [*lost, *self.delivery.take_back(partial(self._is_struck, fault=fault))]:
            self.give_up(message, entry, "the connector died before the channel was told")
        # What the fault does not name was out of the connector's hands.
        return [each for each in messages if each not in lost]

    def crash_at_push(self, fault: Mapping[str, Any], message: Message) -> None:
        """Let the connector die while it sends a message."""
        self._crash(fault, [message], message.entry)

    def _is_struck(self, message: Message, fault: Mapping[str, Any]) -> bool:
        if fault["channel"] not in (None, message.listing.channel):
            return False
        return fault["lose"] is None or message.listing.id in fault["lose"]

    def give_up(self, message: Message, of: int, why: str) -> None:
        """Let a message be lost: what was acknowledged on reading is lost for good, other rows are pending again."""
        scene = self._scene
        if message.full or message.duplicate:
            return
        memory = self.memory[message.listing.id]
        if scene.channels[message.listing.channel].connector.ack != "when-read":
            if self.delivery.newest(message.listing.id) in (None, message):
                memory.read = memory.acknowledged
                memory.retry = memory.retry or scene.channels[message.listing.channel].connector.fence
            return
        scene.state.tally.lost_updates += 1
        entry = scene.note("update lost", of, listing=message.listing.sku, figure=message.figure, why=why)
        scene.watch.lost_update(scene, message.listing, entry)
