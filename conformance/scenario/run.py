"""One run of one row: the world is made, everything happens in its order, and the numbers are taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.scenario.checker.watch import Watch
from conformance.scenario.connector import Connector
from conformance.scenario.durations import MINUTE
from conformance.scenario.metrics import metrics_of, more_metrics
from conformance.scenario.observation import value_of
from conformance.scenario.scene import Scene
from conformance.scenario.shoppers import Shoppers
from conformance.scenario.stockroom import Stockroom
from conformance.scenario.timeline import ARRIVALS, EVENTS, LOOKS
from conformance.scenario.world import open_sim

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.scenario.checker.watch import Break
    from conformance.scenario.log import Log
    from conformance.scenario.model import Event, Expectation, Plan
    from conformance.scenario.state import State
    from conformance.scenario.world import World


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one row. ``seen`` has the value of each expectation; ``unmet`` the faults that never struck."""

    plan: Plan
    log: Log
    state: State
    metrics: Mapping[str, Any]
    more: Mapping[str, Any]
    breaks: Mapping[str, Break]
    seen: Mapping[Expectation, object]
    unmet: tuple[Event, ...]
    document: Mapping[str, Any] = field(default_factory=dict)


def run_plan(
    plan: Plan,
    open_world: Callable[[Mapping[str, Any]], World] = open_sim,
    *,
    keep_document: bool = False,
    connector: Callable[[Scene, Stockroom], Connector] = Connector,
) -> Outcome:
    """
    Run one row from its start to its end and return what came of it.

    Raises:
        BadWorld: when no world can be made of the row's document.
    """
    world = open_world(plan.document)
    try:
        return _Run(plan, world, connector).to_the_end(keep_document=keep_document)
    finally:
        world.close()


class _Run:
    def __init__(self, plan: Plan, world: World, connector: Callable[[Scene, Stockroom], Connector]) -> None:
        self._scene = Scene(plan, world, Watch())
        self._shoppers = Shoppers(self._scene)
        self._stockroom = Stockroom(self._scene, self._shoppers)
        self._connector = connector(self._scene, self._stockroom)
        self._seen: dict[Expectation, object] = {}

    def to_the_end(self, *, keep_document: bool) -> Outcome:
        try:
            return self._play(keep_document=keep_document)
        finally:
            self._connector.close()

    def _play(self, *, keep_document: bool) -> Outcome:
        scene = self._scene
        self._show_first()
        if not scene.plan.recorded:
            self._connector.begin()
        self._set_events()
        if scene.plan.document.get("integration_manager") and not scene.plan.recorded:
            self._tick()
        scene.settle()
        while (action := scene.timeline.pop(scene.plan.until_ms)) is not None:
            self._do(action)
        self._at_the_end()
        return Outcome(
            plan=scene.plan,
            log=scene.log,
            state=scene.state,
            metrics=metrics_of(scene),
            more=more_metrics(scene),
            breaks=scene.watch.breaks,
            seen=self._seen,
            unmet=tuple(scene.faults.unmet),
            document=scene.world.document() if keep_document else {},
        )

    def _do(self, action: Callable[[], None]) -> None:
        scene = self._scene
        if scene.advance(scene.now):
            scene.settle()
        action()
        if scene.settle() and not scene.plan.moves_itself and self._is_at_rest():
            scene.watch.at_rest(scene)

    def _tick(self) -> None:
        """Look at a world that moves by itself every minute, which is how often it may."""
        self._scene.timeline.put(self._scene.now + MINUTE, ARRIVALS, self._tick)

    def _is_at_rest(self) -> bool:
        """Whether nothing is pending: no row, no update under way, no order or count that has not arrived."""
        state = self._scene.state
        if state.counts_under_way or not self._connector.delivery.is_empty:
            return False
        if state.imports < len(state.orders):
            return False
        memory = self._connector.memory
        return all(not memory[one].retry and memory[one].read == steps[-1][1] for one, steps in state.figures.items())

    def _show_first(self) -> None:
        """Let the channels show what the file says, or what the connector would push."""
        scene = self._scene
        figures = scene.world.figures(list(scene.listings))
        counts = scene.world.counts() if scene.plan.recorded else {}
        for listing, figure in zip(scene.listings.values(), figures, strict=True):
            if listing.variant is None:
                continue
            if scene.plan.recorded:
                scene.state.shown[listing.id] = counts.get((listing.variant, listing.seller or 0), 0)
                continue
            scene.state.shown[listing.id] = scene.plan.shown.get(listing.id, scene.policy.pushed(listing, figure))
            put = {"type": "inventory.put", "variant": listing.variant, "seller": listing.seller}
            scene.execute({**put, "count_on_hand": scene.state.shown[listing.id]})
        for listing_id, units in scene.state.shown.items():
            scene.state.shows[listing_id] = [(0, units)]

    def _set_events(self) -> None:
        doers: dict[str, Callable[[Any], None]] = {
            "order": self._shoppers.order,
            "receive": self._stockroom.receive,
            "adjust": self._stockroom.adjust,
            "shelf": self._stockroom.shelf,
            "count": self._stockroom.count,
            "rule": self._stockroom.rule,
            "exclude": self._stockroom.exclude,
            "command": self._stockroom.command,
            "sync": self._connector.sync,
            "expect": lambda _: None,
            **{verb: partial(self._shoppers.change, verb) for verb in ("cancel", "hold", "release", "ship")},
        }
        timeline = self._scene.timeline
        for event in self._scene.plan.events:
            if event.at_ms is None:
                continue
            if event.verb == "orders":
                self._shoppers.start_stream(event.data, event.at_ms)
            elif event.verb == "fault":
                strike = self._connector.crash if event.data["kind"] == "crash" else self._connector.delivery.throttle
                timeline.put(event.at_ms, EVENTS, partial(strike, event.data))
            else:
                timeline.put(event.at_ms, EVENTS, partial(doers[event.verb], event.data))
        for expectation in self._scene.plan.expectations:
            if expectation.at_ms is not None:
                timeline.put(expectation.at_ms, LOOKS, partial(self._look, expectation))

    def _look(self, expectation: Expectation) -> None:
        self._seen[expectation] = value_of(self._scene, expectation.what)

    def _at_the_end(self) -> None:
        scene = self._scene
        scene.timeline.now_ms = scene.plan.until_ms
        scene.advance(scene.now)
        self._connector.finish()
        scene.settle()
        scene.watch.finish(scene)
        for expectation in scene.plan.expectations:
            if expectation.at_ms is None:
                self._look(expectation)
