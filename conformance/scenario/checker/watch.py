"""Judges a run as it goes: the first instant at which each invariant breaks, where in the log, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.scenario.checker.staleness import late_reactions

if TYPE_CHECKING:
    from conformance.scenario.model import Listing
    from conformance.scenario.scene import Scene
    from conformance.scenario.state import Message
    from conformance.scenario.world import Place


@dataclass(frozen=True, slots=True)
class Break:
    """An invariant that failed: when first, the entry of the log that did it, and what was wrong."""

    invariant: str
    t: int
    entry: int | None
    why: str


class Watch:
    """Keeps the first break of each invariant."""

    def __init__(self) -> None:
        self.breaks: dict[str, Break] = {}
        self._totals: dict[Place, int] = {}
        self._judged = 0

    def broken(self, scene: Scene, invariant: str, why: str, entry: int | None = None, t: int | None = None) -> None:
        """Enter a break, unless the invariant broke before."""
        at_ms = scene.now if t is None else t
        known = self.breaks.get(invariant)
        if known is None or at_ms < known.t:
            last = len(scene.log.entries) - 1
            place = entry if entry is not None else (last if t is None and last >= 0 else None)
            self.breaks[invariant] = Break(invariant, at_ms, place, why)

    # -- things that happen ------------------------------------------------------------------------

    def lost_update(self, scene: Scene, listing: Listing, entry: int) -> None:
        """A change was acknowledged and never shown (I2)."""
        self.broken(scene, "no_lost_update", f"{listing.sku} was never told of it", entry)

    def cursor(self, scene: Scene, listing: Listing, entry: int, why: str) -> None:
        """The feed's marker passed over something, or came back to it (I11)."""
        self.broken(scene, "cursor_progress", f"{listing.sku}: {why}", entry)

    def applied_twice(self, scene: Scene, what: str, name: str) -> None:
        """An order, a receipt, an adjustment or a cancellation changed the books twice (I7)."""
        self.broken(scene, "exactly_once", f"{what} {name} was booked twice")

    def count_landed(self, scene: Scene, taken_ms: int, last_change_ms: int, entry: int) -> None:
        """A count landed that was taken before Order Manager's last news of that place (I12)."""
        if taken_ms < last_change_ms:
            why = "the count is older than what Order Manager had learned since"
            self.broken(scene, "monotone_knowledge", why, entry)

    def applied(self, scene: Scene, message: Message, value: int, missing: int, newest: int, entry: int) -> None:
        """Judge a number that a channel took (I3, I4)."""
        allowed = max(0, message.value - missing)
        sku = message.listing.sku
        if value > allowed:
            why = f"{sku}: the pushed {value} does not know of {missing} units sold meanwhile; {allowed} would be right"
            self.broken(scene, "no_erased_sale", why, entry)
        if message.version < newest:
            why = f"{sku}: a number read earlier replaced one that was read later"
            self.broken(scene, "no_stale_overwrite", why, entry)

    # -- states ------------------------------------------------------------------------------------

    def settle(self, scene: Scene) -> None:
        """Judge what is so after everything of one action was done."""
        sample = scene.state.samples[-1]
        if sample.oversold > 0:
            why = f"{sample.promised} units are promised and {sample.deliverable} can be delivered"
            self.broken(scene, "no_oversell", why)
        if sample.exposed > 0:
            why = f"{sample.exposed} units that the channels show could not be delivered"
            self.broken(scene, "sound_commitment", why)
        if any(units < 0 for units in sample.shown):
            self.broken(scene, "shown_not_negative", "a channel shows less than nothing")
        self._judge_books(scene)

    def _judge_books(self, scene: Scene) -> None:
        state = scene.state
        for place, units in state.movements[self._judged :]:
            self._totals[place] = self._totals.get(place, 0) + units
        self._judged = len(state.movements)
        if any(
            state.first_shelf.get(place, 0) + self._totals.get(place, 0) != units
            for place, units in state.shelf.items()
        ):
            self.broken(scene, "ledger", "the shelf is not what came and went")
        if "books_match" not in self.breaks:
            self._judge_match(scene)

    def _judge_match(self, scene: Scene) -> None:
        state = scene.state
        for place in {**state.stock, **state.shelf}:
            believed = state.stock[place][0] if place in state.stock else 0
            believed -= self._forgotten(scene, place)
            real = state.shelf.get(place, 0)
            if believed != real:
                where = f"{place[1]} in {scene.plan.warehouses.get(place[0], place[0])}"
                why = f"{where}: free, locked and committed add up to {believed}, {real} are there"
                self.broken(scene, "books_match", why)
                return

    def _forgotten(self, scene: Scene, place: Place) -> int:
        forgotten = scene.state.forgotten.get(place)
        if not forgotten:
            return 0
        held = scene.world.allocations()
        return sum(min(units, held.get(key, {}).get(place, 0)) for key, units in forgotten.items())

    def at_rest(self, scene: Scene) -> None:
        """Judge an instant at which nothing is pending: every channel shows what it should (I9)."""
        for number, listing in scene.listings.items():
            if listing.variant is None or listing.infinite:
                continue
            shown, wanted = scene.state.shown.get(number, 0), scene.state.allocated.get(number, 0)
            if shown != wanted:
                why = f"{listing.sku}: nothing is pending, {wanted} is allocated and {shown} is shown"
                self.broken(scene, "converges", why)
                return

    def finish(self, scene: Scene) -> None:
        """Judge what can only be seen from the end: how late the channels were."""
        for late in late_reactions(scene):
            self.broken(scene, late.invariant, late.why, None, late.t)
