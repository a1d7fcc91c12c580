"""
The most that physical stock can serve of what was promised, counted in component units.

Without bundles this is a maximum flow from warehouses to demands. A bundle goes out of one warehouse, whole; how many
of each bundle go out of which is found by branch and bound, and the rest is a flow again. Both are exact.
"""

from __future__ import annotations

import zlib
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Place = tuple[int, str]
Supply = dict[Place, int]


@dataclass(frozen=True, slots=True)
class Demand:
    """
    Units of one thing that are wanted, the components of one of them, and the warehouses that may send it.

    ``ready`` is the SKU under which a bundle may lie there ready-packed, None for a product that is no bundle.
    In warehouses of ``unbuilt`` a bundle is not made up from components.
    """

    needs: tuple[tuple[str, int], ...]
    warehouses: frozenset[int]
    units: int
    ready: str | None = None
    unbuilt: frozenset[int] = frozenset()

    @property
    def weight(self) -> int:
        """Component units of one unit."""
        return sum(units for _, units in self.needs)

    @property
    def is_single(self) -> bool:
        """Whether one unit is one unit of one product."""
        return self.ready is None and len(self.needs) == 1 and self.needs[0][1] == 1


def component_units(demands: Sequence[Demand]) -> int:
    """Return what is wanted in all, in component units."""
    return sum(demand.units * demand.weight for demand in demands)


def deliverable(demands: Sequence[Demand], supply: Mapping[Place, int]) -> int:
    """Return the most component units of the demands that the supply can serve."""
    wanted = [demand for demand in demands if demand.units > 0 and demand.warehouses]
    singles = [demand for demand in wanted if demand.is_single]
    bundles = [demand for demand in wanted if not demand.is_single]
    left = {place: units for place, units in supply.items() if units > 0}
    if not bundles:
        return singles_served(singles, left)
    return _Search(bundles, singles, left).best()


def singles_served(singles: Sequence[Demand], supply: Mapping[Place, int]) -> int:
    """Return the maximum flow from places to demands for single products."""
    by_product: dict[str, dict[frozenset[int], int]] = {}
    for demand in singles:
        groups = by_product.setdefault(demand.needs[0][0], {})
        groups[demand.warehouses] = groups.get(demand.warehouses, 0) + demand.units
    return sum(_flow(groups, _stock_of(product, supply)) for product, groups in by_product.items())


def _stock_of(product: str, supply: Mapping[Place, int]) -> dict[int, int]:
    return {warehouse: units for (warehouse, sku), units in supply.items() if sku == product and units > 0}


def _flow(groups: Mapping[frozenset[int], int], stock: Mapping[int, int]) -> int:
    """Return the maximum flow from warehouses to groups of demand that may draw from the same warehouses."""
    if len(groups) == 1:
        ((warehouses, units),) = groups.items()
        return min(units, sum(stock.get(warehouse, 0) for warehouse in warehouses))
    wanted = list(groups.items())
    sent = [dict.fromkeys(stock, 0) for _ in wanted]
    left = dict(stock)
    total = 0
    for index, (_, units) in enumerate(wanted):
        missing = units
        while missing and (pushed := _augment(index, missing, wanted, sent, left)):
            missing -= pushed
            total += pushed
    return total


def _augment(
    start: int,
    most: int,
    wanted: Sequence[tuple[frozenset[int], int]],
    sent: list[dict[int, int]],
    left: dict[int, int],
) -> int:
    """Send more to one group along a shortest path, moving other groups to other warehouses; return how much."""
    came_from: dict[int, tuple[int, int | None]] = {}
    reached = {start}
    queue = deque([start])
    while queue:
        group = queue.popleft()
        for warehouse in sorted(wanted[group][0] & left.keys()):
            if warehouse in came_from:
                continue
            came_from[warehouse] = (group, None)
            if left[warehouse] > 0:
                return _send(start, warehouse, most, came_from, sent, left)
            for other, flows in enumerate(sent):
                if flows[warehouse] > 0 and other not in reached:
                    reached.add(other)
                    came_from[-1 - other] = (group, warehouse)
                    queue.append(other)
    return 0


def _send(
    start: int,
    warehouse: int,
    most: int,
    came_from: Mapping[int, tuple[int, int | None]],
    sent: list[dict[int, int]],
    left: dict[int, int],
) -> int:
    path: list[tuple[int, int]] = []
    amount, here = min(most, left[warehouse]), warehouse
    group = came_from[here][0]
    while True:
        path.append((group, here))
        if group == start:
            break
        _, before = came_from[-1 - group]
        assert before is not None  # noqa: S101 - a group other than the first was reached over a warehouse
        amount, here = min(amount, sent[group][before]), before
        group = came_from[here][0]
    left[warehouse] -= amount
    for index, (member, place) in enumerate(path):
        sent[member][place] += amount
        if index + 1 < len(path):
            sent[member][path[index + 1][1]] -= amount
    return amount


class _Search:
    """Tries how many units of each bundle go out of each warehouse, the most first, and gives up what cannot win."""

    def __init__(self, bundles: Sequence[Demand], singles: Sequence[Demand], supply: Supply) -> None:
        self._singles = singles
        self._supply = supply
        # One choice a bundle and a way of making it: ready-packed, or from components, in one warehouse.
        self._choices = [
            (index, ways, demand.weight)
            for index, demand in enumerate(bundles)
            for warehouse in sorted(demand.warehouses)
            for ways in _ways(demand, warehouse)
        ]
        self._open = [demand.units for demand in bundles]
        self._bundles = bundles
        self._best = -1
        self._limit = self._bound(0)

    def best(self) -> int:
        self._walk(0, 0)
        return self._best

    def _walk(self, position: int, served: int) -> None:
        if self._best >= self._limit or served + self._bound(position) <= self._best:
            return
        if position == len(self._choices):
            self._best = max(self._best, served + singles_served(self._singles, self._supply))
            return
        index, takes, weight = self._choices[position]
        most = min([self._open[index], *(self._supply.get(place, 0) // units for place, units in takes)])
        for count in range(most, -1, -1):
            self._take(index, takes, count)
            self._walk(position + 1, served + count * weight)
            self._take(index, takes, -count)

    def _take(self, index: int, takes: Sequence[tuple[Place, int]], count: int) -> None:
        self._open[index] -= count
        for place, units in takes:
            self._supply[place] = self._supply.get(place, 0) - count * units

    def _bound(self, position: int) -> int:
        """
        Return more than can still be served: bundles taken apart, each component looked for on its own.

        A ready-packed bundle counts as its components, which lie where nobody but its own demands may draw.
        """
        demands, supply = list(self._singles), dict(self._supply)
        warehouses: dict[tuple[int, str], set[int]] = {}
        for index, takes, _ in self._choices[position:]:
            bundle = self._bundles[index]
            for product, units in bundle.needs:
                reached = warehouses.setdefault((index, product), set())
                (warehouse, sku), _ = takes[0]
                if sku == bundle.ready and len(takes) == 1:
                    apart = _set_apart(warehouse, sku)
                    supply[apart, product] = units * max(0, self._supply.get((warehouse, sku), 0))
                    warehouse = apart
                reached.add(warehouse)
        for (index, product), places in warehouses.items():
            units = self._open[index] * dict(self._bundles[index].needs)[product]
            demands.append(Demand(((product, 1),), frozenset(places), units))
        return singles_served(demands, supply)


def _set_apart(warehouse: int, sku: str) -> int:
    """Return a warehouse that there is not, for what lies ready-packed in one that there is."""
    return -1 - zlib.crc32(f"{warehouse} {sku}".encode())


def _ways(demand: Demand, warehouse: int) -> list[list[tuple[Place, int]]]:
    built = [((warehouse, product), units) for product, units in demand.needs]
    if demand.ready is None:
        return [built]
    packed = [((warehouse, demand.ready), 1)]
    return [packed] if warehouse in demand.unbuilt else [packed, built]


def routed(demands: Sequence[Demand], supply: Mapping[Place, int]) -> int:
    """
    Return the component units that are served when each demand in turn takes from its warehouses in id order.

    Nothing is moved to another warehouse for the sake of a later demand: this is what a plain router does.
    """
    left = dict(supply)
    served = 0
    for demand in demands:
        wanted = demand.units
        for warehouse in sorted(demand.warehouses):
            for takes in _ways(demand, warehouse):
                count = min([wanted, *(max(0, left.get(place, 0)) // units for place, units in takes)])
                for place, units in takes:
                    left[place] = left.get(place, 0) - count * units
                wanted -= count
                served += count * demand.weight
    return served
