"""Which orders Integration Manager knows: those of its carts, from the instant at which it loads them."""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING

from mockserver.core.integration_manager.model import KnownOrder, OrderManagerTarget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mockserver.core.account import Account
    from mockserver.core.integration_manager.model import Cart, Merchant
    from mockserver.core.marketplace_model import Sale
    from mockserver.core.model import Order


def keep(merchant: Merchant, order: KnownOrder) -> None:
    """Enter an order that has been loaded."""
    merchant.orders.append(order)
    if order.sales_channel is not None:
        merchant.by_key[order.sales_channel, order.order_number] = order
    for sku in order.units:
        insort(merchant.by_sku.setdefault(sku, []), order, key=lambda each: each.delivered)


def download(world: Account, merchant: Merchant, cart: Cart) -> set[str]:
    """Load the new orders of a cart and what became of known ones; returns the SKUs whose recent units changed."""
    changed: set[str] = set()
    for sale in cart.sales:
        changed |= load_sale(world, merchant, cart, sale)
    for order in cart.touched.values():
        known = merchant.by_key.get(order.key)
        if known is None:
            changed |= _load(world, merchant, cart, order)
        elif known.cart == cart.name:
            changed |= _refresh(known, order)
    cart.sales.clear()
    cart.touched.clear()
    return changed


def load_sale(world: Account, merchant: Merchant, cart: Cart, sale: Sale) -> set[str]:
    """Load one sale of a marketplace cart; the variant's SKU is the key."""
    if not sale.sku:
        return set()
    link = world.links.get(sale.seller)
    units = {sale.sku: sale.quantity}
    # Under the link's sales channel, so that an Order Manager cart of the merchant does not load it once more.
    channel = link.sales_channel if link else None
    return _keep_new(world, merchant, cart, sale.order_number, channel, sale.at_ms, units)


def _load(world: Account, merchant: Merchant, cart: Cart, order: Order) -> set[str]:
    """Load an order that is allocated and neither on hold nor unpaid (IM-OM-02, 05)."""
    goes_out = not (order.is_finished or order.held or order.awaiting_payment or order.unresolved_status)
    units = _units_at(order, cart) if goes_out else {}
    if not units:
        return set()
    return _keep_new(world, merchant, cart, order.order_number, order.channel.id, order.created_ms, units)


def _units_at(order: Order, cart: Cart) -> dict[str, int]:
    """Return the units by master SKU that the order holds in the cart's warehouse, in any when none is named."""
    assert isinstance(cart.target, OrderManagerTarget)  # noqa: S101 - only such carts note orders
    units: dict[str, int] = {}
    for draw in order.draws:
        product = order.lines[draw.line].product
        if product is not None and cart.target.warehouse_name in ("", draw.warehouse.name):
            units[product.master_sku] = units.get(product.master_sku, 0) + draw.units
    return units


def _keep_new(
    world: Account,
    merchant: Merchant,
    cart: Cart,
    number: str,
    channel: int | None,
    ordered_ms: int,
    units: dict[str, int],
) -> set[str]:
    known = KnownOrder(
        cart=cart.name,
        order_number=number,
        sales_channel=channel,
        ordered_ms=ordered_ms,
        loaded=world.integration.stamp(world),
        delivered_ms=world.now_ms + merchant.delivery_ms,
        warehouse=cart.sync_with_warehouse,
        units=units,
    )
    keep(merchant, known)
    return set(units)


def _refresh(known: KnownOrder, order: Order) -> set[str]:
    """Take over what was cancelled or shipped (IM-OM-01: order cancel download)."""
    changed = set()
    known.shipped = known.shipped or (order.is_finished and not order.cancelled)
    for sku, units in known.units.items():
        left = min(units, _ordered_units(order, sku))
        if left != units:
            known.units[sku] = left
            changed.add(sku)
    return changed


def _ordered_units(order: Order, sku: str) -> int:
    return sum(
        line.quantity - line.cancelled for line in order.lines if line.product and line.product.master_sku == sku
    )


def newest_of(merchant: Merchant, cart: Cart, number: str) -> KnownOrder | None:
    """Return the latest order of a cart with this number, or None."""
    return next(
        (each for each in reversed(merchant.orders) if (each.cart, each.order_number) == (cart.name, number)), None
    )


def numbers_of(merchant: Merchant, cart: Cart) -> Iterable[str]:
    """Return the numbers of a cart's orders."""
    return [each.order_number for each in merchant.orders if each.cart == cart.name]
