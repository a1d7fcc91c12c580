"""
The acknowledge feed against a model: a table of what each marker was last told, and the oracle's figures.

For any sequence of commands and calls nothing that changed is missed, nothing unchanged is answered, rows come
oldest change first and then by listing id, once each, within the limit, and markers do not disturb each other.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mockserver.behaviours import resolve
from mockserver.core.world import World
from tests import oracle
from tests.oracle.strategies import CHANNELS, commands_for, worlds

if TYPE_CHECKING:
    from mockserver.core.feed import Row

Key = tuple[int, str, int]
VERSIONS = ("v1.1", "v1.2")


class Told(NamedTuple):
    """What a marker was last told of a listing."""

    figure: int
    master_sku: str


class Pending(NamedTuple):
    """Since which command a row waits for a marker; whether that is beyond doubt."""

    seq: int
    is_sure: bool


class FeedMachine(RuleBasedStateMachine):
    """Runs commands and calls against a world and against the model."""

    def __init__(self) -> None:
        super().__init__()
        self.seq = 0
        self.told: dict[Key, dict[int, Told]] = {}
        self.edited: dict[Key, set[int]] = {}
        self.pending: dict[Key, dict[int, Pending]] = {}
        self.created: dict[int, int] = {}
        self.was_silent: set[int] = set()

    @initialize(document=worlds(silent=False), has_been_read=st.booleans())
    def start(self, document: dict[str, Any], has_been_read: bool) -> None:
        self.start_document = deepcopy(document)
        self.world = World.from_document(document, resolve({}))
        self.channels = [each["id"] for each in document["order_manager"]["sales_channels"]]
        self.keys = [(t, v, c) for t in (0, 1) for v in VERSIONS for c in CHANNELS if c in self.channels]
        for key in self.keys:
            self.told[key], self.edited[key], self.pending[key] = {}, set(), {}
        self.look()
        if has_been_read:
            self.drain_everything()

    # -- what happens ------------------------------------------------------------------------------

    @rule(data=st.data())
    def change(self, data: st.DataObject) -> None:
        self.run(data.draw(commands_for(self.start_document, mistakes=True)))

    @rule(data=st.data(), on_hand=st.integers(0, 40))
    def count(self, data: st.DataObject, on_hand: int) -> None:
        rows = self.start_document["order_manager"]["stock"]
        if rows:
            row = data.draw(st.sampled_from(rows))
            place = {key: row[key] for key in ("master_sku", "warehouse", "location")}
            self.run({"type": "stock.set", **place, "on_hand": on_hand})

    def run(self, command: dict[str, Any]) -> None:
        before = {each: self.settings_of(each) for each in self.world.listings}
        if self.world.execute(command).status == "refused":
            return
        self.seq += 1
        for each in self.world.listings:
            if before.get(each) not in (None, self.settings_of(each)):
                for key in self.keys:
                    self.edited[key].add(each)
        self.look()

    @rule(data=st.data(), token=st.integers(0, 1), version=st.sampled_from(VERSIONS), limit=st.integers(1, 6))
    def call(self, data: st.DataObject, token: int, version: str, limit: int) -> None:
        channels = data.draw(st.lists(st.sampled_from(self.channels), min_size=1, unique=True))
        self.judge([(token, version, channel) for channel in channels], limit)

    @rule(token=st.integers(0, 1), version=st.sampled_from(VERSIONS))
    def drain(self, token: int, version: str) -> None:
        keys = [(token, version, channel) for channel in self.channels]
        self.judge(keys, 1000)
        assert self.ask(keys, 1000) == []

    @rule()
    def drain_everything(self) -> None:
        for token in (0, 1):
            for version in VERSIONS:
                self.drain(token, version)

    # -- the model ---------------------------------------------------------------------------------

    def settings_of(self, listing_id: int) -> tuple[object, ...]:
        listing = self.world.listings[listing_id]
        return (listing.active, listing.push_inventory, listing.product.master_sku)

    def look(self) -> None:
        """Bring up to date what each marker waits for."""
        document = self.world.to_document()
        self.shown = {each: oracle.shown(document, each) for each in self.world.listings}
        self.was_silent |= {each for each, figure in self.shown.items() if figure is None}
        for each in self.world.listings:
            self.created.setdefault(each, self.seq)
        for key in self.keys:
            due = self.due(key)
            self.pending[key] = {each: self.pending[key].get(each, self.since(key, each)) for each in due}

    def due(self, key: Key) -> set[int]:
        return {
            each
            for each in self.world.listings
            if self.world.listings[each].channel.id == key[2] and self.is_due(key, each)
        }

    def is_due(self, key: Key, listing_id: int) -> bool:
        figure = self.shown[listing_id]
        if figure is None:
            return False
        now = Told(figure, self.world.listings[listing_id].product.master_sku)
        return listing_id in self.edited[key] or self.told[key].get(listing_id) != now

    def since(self, key: Key, listing_id: int) -> Pending:
        """A listing never told waits since it was made; one that was silent meanwhile leaves room for two answers."""
        if listing_id in self.told[key]:
            return Pending(self.seq, is_sure=True)
        return Pending(self.created[listing_id], is_sure=listing_id not in self.was_silent)

    # -- the judgement -----------------------------------------------------------------------------

    def ask(self, keys: list[Key], limit: int) -> list[Row]:
        token, version, _ = keys[0]
        return self.world.acknowledge(token, version, [key[2] for key in keys], limit)

    def judge(self, keys: list[Key], limit: int) -> None:
        waiting = {each: pending for key in keys for each, pending in self.pending[key].items()}
        rows = self.ask(keys, limit)
        answered = [row.listing.id for row in rows]

        assert len(set(answered)) == len(answered), "one row per listing"
        assert set(answered) <= waiting.keys(), "nothing unchanged is answered"
        assert len(answered) == min(limit, len(waiting)), "nothing changed is missed, and the limit is kept"
        assert {row.listing.id: row.figure for row in rows} == {each: self.shown[each] for each in answered}
        self.judge_order(waiting, answered)
        self.note(keys, rows)

    def judge_order(self, waiting: dict[int, Pending], answered: list[int]) -> None:
        sure = [each for each in answered if waiting[each].is_sure]
        left = [each for each in waiting if waiting[each].is_sure and each not in answered]
        ages = [(waiting[each].seq, each) for each in sure]
        assert ages == sorted(ages), "oldest change first, then listing id"
        if ages and left:
            assert ages[-1] < min((waiting[each].seq, each) for each in left), "the oldest are answered first"

    def note(self, keys: list[Key], rows: list[Row]) -> None:
        by_channel = {key[2]: key for key in keys}
        for row in rows:
            key = by_channel[row.listing.channel.id]
            self.told[key][row.listing.id] = Told(row.figure, row.listing.product.master_sku)
            self.edited[key].discard(row.listing.id)
            self.pending[key].pop(row.listing.id)

    @invariant()
    def figures_are_the_oracles(self) -> None:
        if hasattr(self, "world"):
            assert {each.id: self.world.shown(each) for each in self.world.listings.values()} == self.shown


TestFeed = FeedMachine.TestCase
TestFeed.settings = settings(
    deadline=None,
    max_examples=100,
    stateful_step_count=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
