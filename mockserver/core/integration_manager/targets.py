"""Writing a number where a cart keeps it: Order Manager's stock, or a seller's inventory on the marketplace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mockserver.core.arguments import MOST_UNITS
from mockserver.core.errors import Refused
from mockserver.core.integration_manager.model import OrderManagerTarget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mockserver.core.account import Account
    from mockserver.core.integration_manager.model import Cart
    from mockserver.core.marketplace_model import Inventory, Variant
    from mockserver.core.model import StockLocation, Warehouse


class PassedOver(Exception):
    """The cart has no place for the SKU; it is not tried again until there is something new."""


class Shelf(Protocol):
    """Where one cart keeps its numbers."""

    def skus(self) -> Iterable[str]:
        """Return the SKUs that the cart can be told a number of."""

    def put(self, sku: str, units: int) -> bool:
        """
        Write a number; returns whether it was another one than before.

        Raises:
            PassedOver: when the cart does not keep this SKU.
            Refused: when the cart does not take the number.
        """


def shelf_of(world: Account, cart: Cart) -> Shelf:
    """Return where the cart keeps its numbers."""
    if isinstance(cart.target, OrderManagerTarget):
        return _WarehouseShelf(world, cart.target.warehouse_name)
    return _SellerShelf(world, cart.target.seller)


class _WarehouseShelf:
    """One warehouse of Order Manager; levels arrive as unlocked (IM-OM-06)."""

    def __init__(self, world: Account, warehouse_name: str) -> None:
        self._world = world
        self._warehouse: Warehouse = next(w for w in world.warehouses.values() if w.name == warehouse_name)

    def skus(self) -> Iterable[str]:
        return [sku for sku in self._world.products if self._rows(sku)]

    def _rows(self, sku: str) -> list[StockLocation]:
        return [row for row in self._world.products[sku].stock if row.warehouse is self._warehouse]

    def put(self, sku: str, units: int) -> bool:
        """Set on hand to what is locked plus the level; further locations keep what is locked only (IM-OM-06)."""
        if sku not in self._world.products:
            raise PassedOver("Order Manager has no product with this SKU")
        rows = self._rows(sku)
        if not rows:
            message = "the product has no starting inventory in this warehouse"
            raise Refused("no_starting_inventory", message, field="sku", value=sku)
        rows.sort(key=lambda row: not row.drawable)
        wanted = [self._kept(row) + (units if row is rows[0] else 0) for row in rows]
        if max(wanted) > MOST_UNITS:
            raise Refused("bad_units", f"a stock location holds at most {MOST_UNITS} units", field="sku", value=sku)
        changed = [row for row, on_hand in zip(rows, wanted, strict=True) if row.on_hand != on_hand]
        for row, on_hand in zip(rows, wanted, strict=True):
            row.on_hand = on_hand
        if changed:
            self._world.touch_stock(rows[0].product)
        return bool(changed)

    def _kept(self, row: StockLocation) -> int:
        """Return the units that lie there beside the level: locked ones, and as read those of orders (A-32, A-33)."""
        readings = self._world.readings
        locked = row.locked if readings["im.order-manager-locked"] == "added" else 0
        return locked + (row.allocated if readings["im.order-manager-allocations"] == "added-back" else 0)


class _SellerShelf:
    """What one seller holds on the marketplace, by the variant's SKU."""

    def __init__(self, world: Account, seller: int) -> None:
        self._world = world
        self._seller = seller
        self._variants: dict[str, list[Variant]] = {}
        for variant in world.marketplace.variants.values():
            if variant.sku and self._held(variant) is not None:
                self._variants.setdefault(variant.sku, []).append(variant)

    def skus(self) -> Iterable[str]:
        return self._variants

    def put(self, sku: str, units: int) -> bool:
        variants = self._variants.get(sku)
        if not variants:
            raise PassedOver("the seller holds nothing with this SKU")
        changed = [variant for variant in variants if self._differs(variant, units)]
        for variant in changed:
            self._write(variant, units)
        return bool(changed)

    def _held(self, variant: Variant) -> Variant | Inventory | None:
        return variant if variant.seller == self._seller else variant.inventories.get(self._seller)

    def _differs(self, variant: Variant, units: int) -> bool:
        held = self._held(variant)
        if held is None or held.infinite:
            raise PassedOver("the seller's stock of it is infinite")
        return held.count_on_hand != units

    def _write(self, variant: Variant, units: int) -> None:
        marketplace = self._world.marketplace
        if variant.owner is not None:
            refusals = marketplace.put(variant, self._seller, [{"seller_id": self._seller, "count_on_hand": units}])
            if refusals:
                raise refusals[0]
        elif not 0 <= units <= MOST_UNITS:
            raise Refused("unprocessable", "the marketplace takes no such count", field="count_on_hand", value=units)
        else:
            marketplace.set_counts(self._seller, {variant.id: units})
