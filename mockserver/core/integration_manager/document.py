"""Integration Manager -> its part of a world file: settings, levels and known orders, without schedules and marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core.instants import duration_text, instant_text
from mockserver.core.integration_manager.model import (
    AUTOMATIC_DELAY_MS,
    BEFORE_ARRIVALS,
    INVENTORY_DOWNLOAD_MS,
    OrderManagerTarget,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from mockserver.core.integration_manager.integration import Integration
    from mockserver.core.integration_manager.model import Cart, KnownOrder, Merchant, Stamp, WmsWarehouse

Document = dict[str, Any]


def integration_manager_of(integration: Integration) -> Document:
    """Return the ``integration_manager`` of a world file; empty without merchants."""
    merchants = [_merchant(each) for each in integration.merchants.values()]
    return {"merchants": merchants} if merchants else {}


def _merchant(merchant: Merchant) -> Document:
    written: Document = {"name": merchant.name}
    if merchant.delivery_ms:
        written["order_delivery"] = duration_text(merchant.delivery_ms)
    if merchant.inventory_download_ms != INVENTORY_DOWNLOAD_MS:
        written["inventory_download"] = duration_text(merchant.inventory_download_ms)
    written["warehouses"] = [_warehouse(each) for each in merchant.warehouses.values()]
    written["carts"] = [_cart(each) for each in merchant.carts.values()]
    written["orders"] = [_order(each) for each in merchant.orders]
    return written


def _warehouse(warehouse: WmsWarehouse) -> Document:
    written: Document = {"name": warehouse.name, "active": warehouse.active}
    if warehouse.sales_channel is not None:
        written["sales_channel"] = warehouse.sales_channel
    written["levels"] = [
        {"sku": sku, "quantity": number(level.quantity), "as_of": instant_text(level.as_of[0]), **_place(level.as_of)}
        for sku, level in warehouse.levels.items()
    ]
    return written


def _place(stamp: Stamp) -> Document:
    """Return the place among what arrived at the same instant, where there is one."""
    return {} if stamp[1] == BEFORE_ARRIVALS else {"sequence": stamp[1]}


def number(quantity: Decimal) -> int | float:
    """Return a quantity as a JSON number, whole where it is."""
    return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)


def _cart(cart: Cart) -> Document:
    written: Document = {"name": cart.name}
    if isinstance(cart.target, OrderManagerTarget):
        written |= {"target": "order_manager", "warehouse_name": cart.target.warehouse_name}
    else:
        written |= {"target": "marketplacer", "seller": cart.target.seller}
    written["schedule"] = "automatic" if cart.schedule_ms is None else duration_text(cart.schedule_ms)
    if cart.automatic_delay_ms != AUTOMATIC_DELAY_MS:
        written["automatic_delay"] = duration_text(cart.automatic_delay_ms)
    if cart.order_download_ms is not None:
        written["order_download"] = duration_text(cart.order_download_ms)
    written |= {"minimum_level": cart.minimum_level, "full_sync": cart.full_sync}
    if cart.sync_with_warehouse is not None:
        written["sync_with_warehouse"] = cart.sync_with_warehouse
    return written


def _order(order: KnownOrder) -> Document:
    written: Document = {"cart": order.cart, "order_number": order.order_number}
    if order.sales_channel is not None:
        written["sales_channel"] = order.sales_channel
    if order.warehouse is not None:
        written["warehouse"] = order.warehouse
    return written | {
        "ordered_at": instant_text(order.ordered_ms),
        "loaded_at": instant_text(order.loaded[0]),
        "delivered_at": instant_text(order.delivered_ms),
        "sequence": order.loaded[1],
        "shipped": order.shipped,
        "lines": [{"sku": sku, "quantity": units} for sku, units in order.units.items()],
    }
