"""The stock commands behind Order Manager's own routes: rows are made on purpose there, set only when they exist."""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING, Any

from mockserver.core.arguments import flag, product_of, required, units, warehouse_of
from mockserver.core.errors import Refused
from mockserver.core.model import VIRTUAL_PRODUCT, StockLocation
from mockserver.core.stock_commands import keep_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.core.account import Account
    from mockserver.core.model import Product, Warehouse


def stock_adjust(world: Account, command: Mapping[str, Any]) -> object:
    """Set on hand of a stock row that exists (OM-API-19); the reading ``om.adjust-locked`` says what the units mean."""
    row, on_hand = adjustment(world, command)
    if row.on_hand != on_hand:
        row.on_hand = on_hand
        world.touch_stock(row.product)
    return {"stock_id": row.id}


def adjustment(world: Account, command: Mapping[str, Any]) -> tuple[StockLocation, int]:
    """
    Return the row that an adjustment means and its new units on hand, locked ones included.

    Raises:
        Refused: ``unknown_master_sku``, ``unknown_warehouse``, ``unknown_stock``, ``several_locations``, ``bad_units``.
    """
    row = _existing(product_of(world, command), warehouse_of(world, command), command.get("location"))
    given = units(command, "on_hand")
    if world.readings["om.adjust-locked"] == "total":
        return row, given
    return row, units({"on_hand": given + row.locked}, "on_hand")


def _existing(product: Product, warehouse: Warehouse, location: str | None) -> StockLocation:
    rows = [row for row in product.stock if row.warehouse is warehouse and location in (None, row.location)]
    if not rows:
        place = "" if location is None else f" at {location!r}"
        message = f"no stock of {product.master_sku!r} in warehouse {warehouse.id}{place}"
        raise Refused("unknown_stock", message, field="location", value=location)
    if len(rows) > 1:
        names = ", ".join(repr(row.location) for row in rows)
        message = f"warehouse {warehouse.id} holds {product.master_sku!r} at several locations, name one of {names}"
        raise Refused("several_locations", message, field="location", nearest=rows[0].location)
    return rows[0]


def stock_create(world: Account, command: Mapping[str, Any]) -> object:
    """Make a stock row that does not exist (OM-API-20)."""
    row = new_stock(world, command)
    keep_row(world, row)
    world.touch_stock(row.product)
    return {"stock_id": row.id}


def new_stock(world: Account, command: Mapping[str, Any]) -> StockLocation:
    """
    Return the row that the command describes, not yet kept.

    Raises:
        Refused: ``unknown_master_sku``, ``unknown_warehouse``, ``no_stock``, ``duplicate_stock`` or ``bad_units``.
    """
    product, warehouse = product_of(world, command), warehouse_of(world, command)
    location = required(command, "location")
    if product.type == VIRTUAL_PRODUCT:
        message = "the parent of variations holds no stock"
        raise Refused("no_stock", message, field="master_sku", value=product.master_sku)
    if any(row.warehouse is warehouse and row.location == location for row in product.stock):
        message = f"warehouse {warehouse.id} holds {product.master_sku!r} at {location!r} already"
        raise Refused("duplicate_stock", message, field="location", value=location)
    row = StockLocation(0, product, warehouse, intern(location), units(command, "on_hand"))
    row.locked = units(command, "locked", 0)
    row.allocated = units(command, "allocated", 0)
    row.minimum = units(command, "minimum", 0)
    row.pickable = flag(command, "pickable", present=True)
    row.receivable = flag(command, "receivable", present=True)
    return row
