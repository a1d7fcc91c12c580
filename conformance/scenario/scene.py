"""What the parts of a run share: the plan, the world, time, the log, the state, the faults, the watch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from conformance.scenario.checker.deliverable import component_units, deliverable
from conformance.scenario.faults import Faults
from conformance.scenario.log import Log
from conformance.scenario.policy import Policy
from conformance.scenario.state import Sample, State, state_of
from conformance.scenario.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.scenario.checker.deliverable import Demand
    from conformance.scenario.checker.watch import Watch
    from conformance.scenario.model import Channel, Listing, Plan
    from conformance.scenario.world import World

# Commands that change no figure.
_QUIET: Final = ("marketplace.sell", "inventory.put")
# Entries after which every number is what it was before.
_IDLE: Final = ("poll", "poll passed over", "staging polls", "push", "fault", "rows passed over")


@dataclass(slots=True)
class Scene:
    """One run under way."""

    plan: Plan
    world: World
    watch: Watch
    timeline: Timeline = field(default_factory=Timeline)
    log: Log = field(default_factory=Log)
    state: State = field(init=False)
    faults: Faults = field(init=False)
    policy: Policy = field(init=False)
    channels: dict[int, Channel] = field(init=False)
    listings: dict[int, Listing] = field(init=False)
    _ids: list[int] = field(init=False)
    _is_moved: bool = True
    _is_changed: bool = True
    _known: dict[object, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.channels = {channel.id: channel for channel in self.plan.channels}
        self.listings = self.plan.listings
        self._ids = list(self.listings)
        self.faults = Faults(self.plan.events)
        self.state = state_of(self.plan, self.world.stock())
        self.policy = Policy(self)

    @property
    def now(self) -> int:
        """Milliseconds since the start."""
        return self.timeline.now_ms

    def note(self, what: str, of: int | None = None, **facts: object) -> int:
        """Enter something in the log and return its number."""
        if what not in _IDLE:
            self._is_changed = True
        return self.log.add(self.now, what, of, **facts)

    def execute(self, command: Mapping[str, Any]) -> tuple[bool, str | None, Any]:
        """Run a command on the world; return whether it was done, why not, and its result."""
        answer = self.world.execute(command)
        if command["type"] not in _QUIET or self.plan.moves_itself:
            self._is_moved = True
        return answer

    def execute_really(self, command: Mapping[str, Any]) -> tuple[bool, str | None, Any]:
        """Run a command that stands for something real: what it changes on hand, changes on the shelf too."""
        before = self.world.stock()
        answer = self.execute(command)
        after = self.world.stock()
        for place in {**before, **after}:
            moved = after.get(place, (0, 0, 0))[0] - before.get(place, (0, 0, 0))[0]
            if moved:
                self.state.move(place, moved)
        return answer

    def forget_world(self) -> None:
        """Look at the world anew: somebody else is about to change it."""
        self._is_moved = self._is_changed = True
        self.world.forget()

    def input(self) -> None:
        """Note that something came in from outside; convergence is counted from the last of it."""
        self.state.last_input_ms = self.now

    # -- looking ---------------------------------------------------------------------------------------

    def advance(self, at_ms: int) -> bool:
        """Let the world's time come to an instant; return whether it did something of itself on the way."""
        moved = self.world.advance_to(self.plan.start_ms + at_ms) > 0
        self._is_moved = self._is_moved or moved
        return moved

    def settle(self) -> bool:
        """Look at everything that may have changed, enter the numbers, let the watch judge; return if anything had."""
        if self._is_moved:
            self._look_at_world()
        if not self._is_changed:
            return False
        self._is_changed = False
        self.state.samples.append(self._sample())
        self.watch.settle(self)
        return True

    def _look_at_world(self) -> None:
        self._is_moved, self._is_changed = False, True
        state = self.state
        state.stock = self.world.stock()
        if self.plan.moves_itself:
            self._look_at_channels()
        for number, figure in zip(self._ids, self.world.figures(self._ids), strict=True):
            known = state.figures.setdefault(number, [])
            if not known or known[-1][1] != figure:
                known.append((self.now, figure))
            allocated = self.policy.wanted(self.listings[number], figure)
            state.allocated[number] = allocated

    def _look_at_channels(self) -> None:
        """Take what the channels show from the world, where others than the connector write to them."""
        counts, state = self.world.counts(), self.state
        for number, listing in self.listings.items():
            count = counts.get((listing.variant or 0, listing.seller or 0))
            if count is not None and count != state.shown.get(number):
                state.shown[number] = count
                state.shows.setdefault(number, []).append((self.now, count))

    def _sample(self) -> Sample:
        state = self.state
        demands = state.demands()
        shown = [
            state.demand(listing, state.shown.get(number, 0))
            for number, listing in self.listings.items()
            if state.shown.get(number, 0) > 0 and not listing.infinite
        ]
        supply = state.supply()
        promised, served = component_units(demands), self.served(demands, supply)
        exposed = component_units(shown) - (self.served([*demands, *shown], supply) - served)
        return Sample(
            t=self.now,
            promised=promised,
            deliverable=served,
            capacity=sum(units for units in supply.values() if units > 0),
            exposed=exposed,
            shown=tuple(state.shown.get(number, 0) for number in self._ids),
            allocated=tuple(state.allocated.get(number, 0) for number in self._ids),
        )

    def served(self, demands: list[Demand], supply: Mapping[tuple[int, str], int]) -> int:
        """Return the component units that can be served, worked out once for the same question."""
        key = (tuple(demands), tuple(supply.items()))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = deliverable(demands, supply)
        return known
