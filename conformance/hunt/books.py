"""
Order Manager's side of a search: the world's own code, asked once for each thing that can happen in each of its states.

A node is a state of the books. What leads from one node to another is an order of one unit, goods that arrive, or a
count that lands; the world says what comes of it, and two ways into the same state meet in one node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.hunt.question import BadHunt
from conformance.scenario.checker.deliverable import component_units, deliverable
from conformance.scenario.world import open_sim

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.hunt.question import Question

Place = tuple[int, str]
Sold = tuple[int, ...]


class Books:
    """The nodes met so far; the first one is the start."""

    def __init__(self, question: Question) -> None:
        self._listings = question.listings
        self._start = question.start()
        kinds = [(listing.needs, self._start.warehouses_for(listing)) for listing in self._listings]
        self._kinds = [kinds.index(kind) for kind in kinds]
        self.places: tuple[Place, ...] = tuple(sorted(self._start.shelf))
        self._worlds: list[Any] = []
        self._by_state: dict[object, int] = {}
        self._steps: dict[tuple[Any, ...], int] = {}
        self._served: dict[object, bool] = {}
        self.figures: list[tuple[int, ...]] = []
        self.free: list[dict[str, int]] = []
        self._node(open_sim(question.plan.document))

    def _node(self, world: Any) -> int:
        stock = tuple(sorted(world.stock().items()))
        figures = tuple(world.figures([listing.id for listing in self._listings]))
        # Which order waits matters by what it wants, not by who placed it.
        waiting = tuple(key[1].partition(":")[2] for key, held in world.allocations().items() if not any(held.values()))
        state = (stock, waiting, figures)
        node = self._by_state.get(state)
        if node is None:
            node = self._by_state[state] = len(self._worlds)
            self._worlds.append(world)
            self.figures.append(figures)
            self.free.append(_free(dict(stock)))
        return node

    # -- what happens to the books -----------------------------------------------------------------

    def imported(self, node: int, listing: int) -> int:
        """Return the node after an order of one unit of a listing has come in."""
        key = (node, "order", listing)
        found = self._steps.get(key)
        return found if found is not None else self._step(key, self._order(node, listing))

    def _order(self, node: int, listing: int) -> Mapping[str, Any]:
        of = self._listings[listing]
        number = f"hunt-{len(self._worlds[node].allocations()) + 1}:{self._kinds[listing]}"
        lines = [{"listing_sku": of.sku, "quantity": 1}]
        return {"type": "order.create", "sales_channel": of.channel, "order_number": number, "lines": lines}

    def received(self, node: int, place: int) -> int:
        """Return the node after one unit has arrived at a place."""
        key = (node, "receive", place)
        found = self._steps.get(key)
        return found if found is not None else self._step(key, {"type": "stock.receive", **self._at(place), "units": 1})

    def counted(self, node: int, place: int, units: int) -> int:
        """Return the node after a count has landed: so many units are free there, whatever has happened since."""
        key = (node, "count", place, units)
        found = self._steps.get(key)
        if found is not None:
            return found
        _, locked, allocated = self._worlds[node].stock()[self.places[place]]
        return self._step(key, {"type": "stock.set", **self._at(place), "on_hand": units + locked + allocated})

    def _at(self, place: int) -> dict[str, Any]:
        warehouse, product = self.places[place]
        return {"master_sku": product, "warehouse": warehouse}

    def _step(self, key: tuple[Any, ...], command: Mapping[str, Any]) -> int:
        world = self._worlds[key[0]].copy()
        done, reason, _ = world.execute(command)
        if not done:
            raise BadHunt(f"the world refuses {command['type']}: {reason}")
        node = self._steps[key] = self._node(world)
        return node

    # -- what is real ------------------------------------------------------------------------------

    def shelf(self, place: int, added: tuple[int, ...]) -> int:
        """Return the units on the shelf at a place; nothing is shipped in a hunt."""
        return self._start.shelf[self.places[place]] + (added[place] if added else 0)

    def oversells(self, sold: Sold, added: tuple[int, ...]) -> bool:
        """Return whether more was promised than the shelf can serve."""
        key = (sold, added)
        known = self._served.get(key)
        if known is None:
            known = self._served[key] = self.oversold_units(sold, added) > 0
        return known

    def oversold_units(self, sold: Sold, added: tuple[int, ...]) -> int:
        """Return the component units that were promised and cannot be served."""
        pairs = zip(self._listings, sold, strict=True)
        demands = [self._start.demand(listing, units) for listing, units in pairs if units]
        supply = self._start.supply()
        for place, units in zip(self.places, added, strict=False):
            supply[place] = supply.get(place, 0) + units
        return component_units(demands) - deliverable(demands, supply)

    def match(self, node: int, added: tuple[int, ...], forgotten: int) -> bool:
        """Return whether Order Manager's units are those on the shelf, and no count has made it forget an order."""
        if forgotten:
            return False
        stock = self._worlds[node].stock()
        return all(stock[place][0] == self.shelf(index, added) for index, place in enumerate(self.places))


def _free(stock: Mapping[Place, tuple[int, int, int]]) -> dict[str, int]:
    free: dict[str, int] = {}
    for (_, product), (on_hand, locked, allocated) in stock.items():
        free[product] = free.get(product, 0) + on_hand - locked - allocated
    return free
