"""The commands of Integration Manager. Each checks everything before it changes anything."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from mockserver.core import instants, order_commands
from mockserver.core.arguments import MOST_UNITS, required
from mockserver.core.errors import Refused, nearest
from mockserver.core.integration_manager import orders
from mockserver.core.integration_manager.model import BEFORE_ARRIVALS, Level, OrderManagerTarget
from mockserver.core.integration_manager.sync import sync

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.core.account import Account
    from mockserver.core.integration_manager.model import Cart, KnownOrder, Merchant, Stamp, WmsWarehouse


T = TypeVar("T")


def wms_report(world: Account, command: Mapping[str, Any]) -> object:
    """
    Take a warehouse system's available units; rows of one SKU are summed, lots are nothing to it (IM-SYNC-09).

    Figures without an as-of instant are those of now and contain what has arrived before. Figures older than those
    that are known are passed over, unless the reading ``im.late-report`` says otherwise.
    """
    merchant = _merchant(world, command)
    warehouse = _named(command, "warehouse", merchant.warehouses)
    if warehouse.sales_channel is not None:
        message = "this warehouse is a sales channel of Order Manager; its levels are read from there"
        raise Refused("not_reported", message, field="warehouse", value=warehouse.name)
    as_of_ms = _as_of_ms(command)
    quantities = _quantities(command)
    as_of = world.integration.stamp(world) if as_of_ms is None else (as_of_ms, BEFORE_ARRIVALS)
    taken = [sku for sku in quantities if _is_news(world, warehouse, sku, as_of)]
    for sku in taken:
        warehouse.levels[sku] = Level(quantities[sku], as_of)
    warehouse.reported_ms = world.now_ms
    world.integration.levels_changed(world, merchant, warehouse, taken)
    world.integration.arm(world)
    return {"taken": len(taken), "passed_over": len(quantities) - len(taken)}


def _is_news(world: Account, warehouse: WmsWarehouse, sku: str, as_of: Stamp) -> bool:
    known = warehouse.levels.get(sku)
    return known is None or world.readings["im.late-report"] == "overwrites" or as_of[0] >= known.as_of[0]


def _as_of_ms(command: Mapping[str, Any]) -> int | None:
    if command.get("as_of") is None:
        return None
    try:
        return instants.parse_instant(command["as_of"])
    except (TypeError, ValueError):
        message = "as_of must be an ISO 8601 instant"
        raise Refused("bad_instant", message, field="as_of", value=command["as_of"]) from None


def _quantities(command: Mapping[str, Any]) -> dict[str, Decimal]:
    levels = required(command, "levels")
    if not isinstance(levels, list):
        raise Refused("bad_levels", "levels must be a list", field="levels", value=levels)
    quantities: dict[str, Decimal] = {}
    for level in levels:
        sku = required(level, "sku")
        quantities[sku] = quantities.get(sku, Decimal(0)) + quantity(level)
    return quantities


def quantity(level: Mapping[str, Any]) -> Decimal:
    """
    Return the quantity of one reported level; fractions are taken as they come.

    Raises:
        Refused: ``missing`` or ``bad_quantity``.
    """
    value = required(level, "quantity")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_UNITS:
        message = f"quantity must be a number from 0 to {MOST_UNITS}"
        raise Refused("bad_quantity", message, field="quantity", value=value)
    return Decimal(str(value))


def wms_ship(world: Account, command: Mapping[str, Any]) -> object:
    """Let the warehouse system confirm a shipment; Order Manager is told at once (IM-OM-01, 02)."""
    merchant = _merchant(world, command)
    cart = _named(command, "cart", merchant.carts)
    order = _known_order(merchant, cart, command)
    if order.shipped:
        raise Refused("shipped_already", "the order is shipped", field="order_number", value=order.order_number)
    result = None
    if isinstance(cart.target, OrderManagerTarget):
        result = order_commands.order_ship(world, _shipment(order, command))
    order.shipped = True
    return result


def _shipment(order: KnownOrder, command: Mapping[str, Any]) -> dict[str, Any]:
    named = {"type": "order.ship", "sales_channel": order.sales_channel, "order_number": order.order_number}
    return named | {key: command[key] for key in ("tracking_number", "carrier") if command.get(key) is not None}


def _known_order(merchant: Merchant, cart: Cart, command: Mapping[str, Any]) -> KnownOrder:
    number = required(command, "order_number")
    order = orders.newest_of(merchant, cart, number)
    if order is None:
        message = f"Integration Manager has loaded no order {number!r} of this cart"
        hint = nearest(number, orders.numbers_of(merchant, cart))
        raise Refused("unknown_order", message, field="order_number", value=number, nearest=hint)
    return order


def cart_sync(world: Account, command: Mapping[str, Any]) -> object:
    """Sync a cart now, by hand; its schedule goes on as it was."""
    merchant = _merchant(world, command)
    cart = _named(command, "cart", merchant.carts)
    sync(world, merchant, cart)
    report = cart.last_sync
    return None if report is None else {"sent": report.sent, "failed": report.failed, "reason": report.reason}


def cart_download(world: Account, command: Mapping[str, Any]) -> object:
    """Download a cart's orders now, by hand; its schedule goes on as it was."""
    merchant = _merchant(world, command)
    cart = _named(command, "cart", merchant.carts)
    if cart.order_download_ms is None:
        message = "the cart has no order download: sales of the marketplace are known at once, other orders never"
        raise Refused("no_order_download", message, field="cart", value=cart.name)
    before = len(merchant.orders)
    world.integration.download(world, merchant, cart)
    world.integration.arm(world)
    return {"loaded": len(merchant.orders) - before}


def integration_run(world: Account, command: Mapping[str, Any]) -> object:
    """Do what the schedules have due now; time itself sees to this."""
    del command
    world.integration.run(world)
    return None


def _merchant(world: Account, command: Mapping[str, Any]) -> Merchant:
    return _named(command, "merchant", world.integration.merchants)


def _named(command: Mapping[str, Any], key: str, known: Mapping[str, T]) -> T:
    name = required(command, key)
    found = known.get(name) if isinstance(name, str) else None
    if found is None:
        raise Refused(f"unknown_{key}", f"no {key} {name!r}", field=key, value=name, nearest=nearest(name, known))
    return found
