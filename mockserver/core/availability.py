"""Units of one product that are free in the warehouses open to a sales channel. Sources: OM-AVAIL-01 to 05, OM-EXCL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.core.model import BUNDLE_KIT, NO_WAREHOUSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.core.model import Product, StockLocation, Warehouse


def closed_warehouses(product: Product, closed: frozenset[int], readings: Mapping[str, str]) -> frozenset[int]:
    """Return the warehouses left out for a product: its own exclusions joined to the channel's (OM-EXCL-03)."""
    out = product.excluded | closed if product.excluded else closed
    if product.components and readings["avail.bundle-exclusions"] == "components-too":
        out = out.union(*(component.product.excluded for component in product.components))
    return out


def drawable_rows(product: Product, closed: frozenset[int]) -> Iterator[StockLocation]:
    """Yield the active, pickable stock of a product outside the closed warehouses, in the order of drawing."""
    for row in product.stock:
        if row.active and row.pickable and row.warehouse.id not in closed:
            yield row


def units_by_warehouse(product: Product, closed: frozenset[int]) -> dict[Warehouse, int]:
    """
    Return the available units for each open warehouse that knows the product; below zero is possible.

    A bundle is made up warehouse by warehouse: what stands ready-packed, and what the components there would still
    give, the scarcest one deciding; components of two warehouses do not combine (OM-AVAIL-05).
    """
    units: dict[Warehouse, int] = {}
    for row in product.stock:
        if row.active and row.pickable and row.warehouse.id not in closed:
            units[row.warehouse] = units.get(row.warehouse, 0) + row.on_hand - row.locked - row.allocated
    if product.type == BUNDLE_KIT:
        for warehouse in _component_warehouses(product, closed):
            units[warehouse] = units.get(warehouse, 0) + buildable(product, warehouse)
    return units


def _component_warehouses(bundle: Product, closed: frozenset[int]) -> list[Warehouse]:
    if not bundle.components:
        return []
    scarcest = min(bundle.components, key=lambda component: len(component.product.stock)).product
    found = {row.warehouse for row in scarcest.stock if row.warehouse.id not in closed}
    return sorted((w for w in found if w.use_component_inventory), key=lambda warehouse: warehouse.id)


def component_units(component: Product, warehouse: Warehouse) -> int:
    """Return the available units of a component in one warehouse."""
    return sum(row.available for row in component.stock if row.drawable and row.warehouse is warehouse)


def buildable(bundle: Product, warehouse: Warehouse) -> int:
    """Return how many bundles the components in one warehouse would give, never below zero."""
    return max(0, min(component_units(part.product, warehouse) // part.quantity for part in bundle.components))


def total_units(units: Mapping[Warehouse, int], readings: Mapping[str, str]) -> int:
    """Return the sum over warehouses; a debt in one hides stock in another unless the reading says otherwise (A-10)."""
    how = readings["alloc.negative-available"]
    if how == "clamp-per-warehouse":
        return sum(max(0, count) for count in units.values())
    total = sum(units.values())
    return total if how == "published" else max(0, total)


def available(product: Product, closed: frozenset[int], readings: Mapping[str, str]) -> int:
    """Return the units of a product in all warehouses that neither it nor ``closed`` leaves out."""
    left_out = closed_warehouses(product, closed, readings)
    return total_units(units_by_warehouse(product, left_out), readings)


def on_hand(product: Product, closed: frozenset[int] = NO_WAREHOUSES) -> int:
    """Return the units on hand in drawable locations outside the closed warehouses."""
    return sum(row.on_hand for row in drawable_rows(product, closed))
