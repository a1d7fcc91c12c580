"""The numbers that expectations name, looked up in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.scenario.metrics import measure

if TYPE_CHECKING:
    from conformance.scenario.scene import Scene


def value_of(scene: Scene, what: tuple[str | int, ...]) -> object:
    """Return the number that an expectation names, at this instant."""
    kind = str(what[0])
    if len(what) == 1:
        return measure(scene, kind)
    if kind == "order":
        return _order(scene, str(what[1]))
    if len(what) == 2:
        return _of_listing(scene, kind, int(what[1]))
    return _of_stock(scene, kind, (int(what[2]), str(what[1])))


def _order(scene: Scene, number: str) -> str:
    order = scene.state.orders.get(number)
    if order is None:
        return "refused" if number in scene.state.refused else "none"
    return "accepted" if order.promised else "cancelled"


def _of_listing(scene: Scene, kind: str, listing: int) -> object:
    state = scene.state
    if kind == "shown":
        return state.shown.get(listing, 0)
    if kind == "allocated":
        return state.allocated.get(listing, 0)
    return state.shown.get(listing, 0) != state.allocated.get(listing, 0)


def _of_stock(scene: Scene, kind: str, place: tuple[int, str]) -> int:
    state = scene.state
    if kind == "shelf":
        return state.shelf.get(place, 0)
    on_hand, locked, allocated = state.stock.get(place, (0, 0, 0))
    if kind == "on_hand":
        return on_hand
    # What held orders have allocated is locked in the eyes of whoever reads the totals.
    held = sum(
        units.get(place, 0)
        for key, units in scene.world.allocations().items()
        if (order := state.orders.get(key[1])) is not None and order.hold
    )
    free = on_hand - locked - allocated
    return {"free": free, "locked": locked + held, "om_total": free + locked + held}[kind]
