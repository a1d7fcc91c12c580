"""
Which units an order holds: first in, first out, as orders are created. Sources: OM-AVAIL-06 to 08.

An order that cannot be filled wholly holds nothing, except in warehouses with Strict FIFO, where it keeps what it gets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.core.availability import buildable, closed_warehouses, component_units
from mockserver.core.model import BUNDLE_KIT, Draw, Pick

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mockserver.core.model import Order, Product, StockLocation, Warehouse

    Taker = Callable[[Product, Warehouse, int, int], Draw | None]

Groups = list[tuple[int, list[Pick]]]


def products_of(order: Order) -> set[Product]:
    """Return every product whose units could serve the order, components included."""
    found = {line.product for line in order.lines if line.product is not None}
    return found | {part.product for product in found for part in product.components}


def is_waiting(order: Order, readings: Mapping[str, str]) -> bool:
    """Whether the order should be tried again when units come free."""
    if order.is_finished or order.held or any(line.product is None and line.open for line in order.lines):
        return False
    if order.awaiting_payment and readings["orders.awaiting-payment"] == "waits":
        return False
    return not order.is_allocated


class Allocator:
    """Takes units for orders and gives them back."""

    def __init__(self, warehouses: Mapping[int, Warehouse], readings: Mapping[str, str]) -> None:
        self._warehouses = warehouses
        self._readings = readings

    def begin(self, order: Order) -> None:
        """Let a new order take its units; one that begins on hold takes them all the same where hold keeps them."""
        was_held = order.held
        order.held = was_held and self._readings["orders.hold"] == "frees"
        if is_waiting(order, self._readings):
            self.allocate(order)
        order.held = was_held

    def allocate(self, order: Order) -> None:
        """Let the order take what it lacks; when that is not to be had, undo it outside Strict FIFO warehouses."""
        if order.source is not None:
            self._attempt(order, [order.source])
            return
        if self._readings["orders.routing"] == "one-warehouse":
            self._allocate_in_one(order)
        else:
            self._attempt(order, sorted(self._warehouses.values(), key=lambda warehouse: warehouse.id))

    def _allocate_in_one(self, order: Order) -> None:
        """Take the whole order from the first warehouse that can serve it, before any Strict FIFO one keeps a part."""
        begun_in = order.draws[0].warehouse if order.draws else None
        every = sorted(self._warehouses.values(), key=lambda each: each.id)
        possible = [warehouse for warehouse in every if begun_in in (None, warehouse)]
        for keeps_part in (False, True):
            for warehouse in possible:
                held = len(order.draws)
                self._attempt(order, [warehouse], keeps_part=keeps_part)
                if len(order.draws) > held:
                    return

    def _attempt(self, order: Order, warehouses: list[Warehouse], *, keeps_part: bool = True) -> None:
        kept = len(order.draws)
        for index, line in enumerate(order.lines):
            if line.product is not None:
                self._draw_line(order, index, line.product, line.open - order.held_units(index), warehouses)
        if order.is_allocated:
            return
        taken = order.draws[kept:]
        order.draws[kept:] = [draw for draw in taken if keeps_part and draw.warehouse.strict_fifo]
        for draw in taken:
            if not (keeps_part and draw.warehouse.strict_fifo):
                give_back(draw.groups)

    def _draw_line(self, order: Order, index: int, product: Product, wanted: int, warehouses: list[Warehouse]) -> None:
        closed = closed_warehouses(product, order.channel.closed, self._readings)
        open_ones = [warehouse for warehouse in warehouses if warehouse.active and warehouse.id not in closed]
        for warehouse, take in self._ways(product, open_ones):
            if wanted <= 0:
                return
            draw = take(product, warehouse, index, wanted)
            if draw is not None:
                order.draws.append(draw)
                wanted -= draw.units

    def _ways(self, product: Product, warehouses: list[Warehouse]) -> Iterable[tuple[Warehouse, Taker]]:
        """Yield the places to draw from, in order: ready-packed units before components, or as the reading says."""
        if product.type != BUNDLE_KIT:
            return [(warehouse, take_ready) for warehouse in warehouses]
        packed: list[tuple[Warehouse, Taker]] = [(warehouse, take_ready) for warehouse in warehouses]
        built: list[tuple[Warehouse, Taker]] = [
            (warehouse, take_built) for warehouse in warehouses if warehouse.use_component_inventory
        ]
        how = self._readings["orders.bundle-draw"]
        if how == "prepackaged-everywhere-first":
            return packed + built
        if how == "components-first":
            return sorted(built + packed, key=lambda way: way[0].id)
        return sorted(packed + built, key=lambda way: way[0].id)


def _rows_in(product: Product, warehouse: Warehouse) -> list[StockLocation]:
    return [row for row in product.stock if row.warehouse is warehouse and row.drawable and row.available > 0]


def _pick(product: Product, warehouse: Warehouse, units: int) -> list[Pick]:
    picks = []
    for row in _rows_in(product, warehouse):
        take = min(units, row.available)
        if take <= 0:
            break
        row.allocated += take
        units -= take
        picks.append(Pick(row, take))
    return picks


def take_ready(product: Product, warehouse: Warehouse, line: int, wanted: int) -> Draw | None:
    """Take units that lie there as the product itself; None when there are none."""
    # The warehouse's sum decides, so that a debt at one location is not hidden by another.
    units = min(wanted, component_units(product, warehouse))
    if units <= 0:
        return None
    return Draw(line, warehouse, units, [(1, _pick(product, warehouse, units))])


def take_built(bundle: Product, warehouse: Warehouse, line: int, wanted: int) -> Draw | None:
    """Take the components of as many bundles as the warehouse can make up; None when that is none."""
    units = min(wanted, buildable(bundle, warehouse)) if bundle.components else 0
    if units <= 0:
        return None
    groups = [(part.quantity, _pick(part.product, warehouse, units * part.quantity)) for part in bundle.components]
    return Draw(line, warehouse, units, groups)


def give_back(groups: Groups) -> None:
    """Free the picked units where they lie."""
    for _, picks in groups:
        for pick in picks:
            pick.row.allocated -= pick.units


def send_out(groups: Groups) -> None:
    """Remove the picked units from on hand and allocated together (OM-AVAIL-08)."""
    for _, picks in groups:
        for pick in picks:
            pick.row.allocated -= pick.units
            pick.row.on_hand -= pick.units


def detach(order: Order, line: int, units: int, *, newest_first: bool) -> list[Groups]:
    """
    Take up to ``units`` line units out of the order's draws and return their picks.

    Cancelling gives up the newest units first, shipping sends the oldest first.
    """
    taken: list[Groups] = []
    mine = [draw for draw in order.draws if draw.line == line]
    for draw in reversed(mine) if newest_first else mine:
        if units <= 0:
            break
        count = min(units, draw.units)
        taken.append([(per_unit, _split(picks, count * per_unit, newest_first)) for per_unit, picks in draw.groups])
        draw.units -= count
        units -= count
    order.draws = [draw for draw in order.draws if draw.units > 0]
    return taken


def _split(picks: list[Pick], units: int, newest_first: bool) -> list[Pick]:  # noqa: FBT001
    taken = []
    for pick in list(reversed(picks) if newest_first else picks):
        count = min(units, pick.units)
        if count:
            taken.append(Pick(pick.row, count))
            pick.units -= count
            units -= count
    picks[:] = [pick for pick in picks if pick.units]
    return taken
