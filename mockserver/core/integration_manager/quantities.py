"""
From reported levels to the number that a cart is told. Pure: nothing here changes anything.

Available units, never on hand (IM-SYNC-01); orders that came since are subtracted (IM-SYNC-03), then the minimum
level is applied (IM-SYNC-07). The same levels, orders and settings give the same number, in whatever order they came.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.core.integration_manager.model import Cart, KnownOrder, Level, Merchant, Stamp, WmsWarehouse

Levels = dict[str, "Level"]


@dataclass(frozen=True, slots=True)
class Number:
    """What a cart is to be told of a SKU and what it was made of; without ``units`` nothing can be told."""

    units: int | None
    reported: Decimal | None = None
    recent_units: int = 0
    reason: str | None = None


def warehouses_of(merchant: Merchant, cart: Cart) -> list[WmsWarehouse]:
    """Return the active warehouses whose levels the cart is told: the chosen one, or all combined."""
    return [each for each in merchant.warehouses.values() if each.active and cart.hears_of(each.name)]


def adds_up_views(merchant: Merchant, cart: Cart) -> bool:
    """Whether the cart would be told the sum of several sales channels' views of one stock (A-20)."""
    return sum(each.sales_channel is not None for each in warehouses_of(merchant, cart)) > 1


def number_of(merchant: Merchant, cart: Cart, sku: str, now_ms: int, readings: Mapping[str, str]) -> Number:
    """Return the number of one SKU for one cart at an instant."""
    levels = {each.name: each.levels[sku] for each in warehouses_of(merchant, cart) if sku in each.levels}
    if not levels:
        return Number(None, reason="no level has been reported")
    reported = sum((level.quantity for level in levels.values()), Decimal(0))
    recent = sum(order.units[sku] for order in recent_orders(merchant, cart, sku, levels, now_ms, readings))
    whole = whole_units(reported, readings)
    if whole is None:
        return Number(None, reported, recent, "the level is no whole number")
    return Number(told_units(whole, recent, cart.minimum_level, readings), reported, recent)


def whole_units(reported: Decimal, readings: Mapping[str, str]) -> int | None:
    """Return a level in whole units (IM-SYNC-10); None when a fraction is refused (reading ``im.fractions``)."""
    how = readings["im.fractions"]
    if how == "refused" and reported != reported.to_integral_value():
        return None
    return int(reported.to_integral_value(ROUND_HALF_UP if how == "nearest" else ROUND_FLOOR))


def told_units(whole: int, recent: int, minimum: int, readings: Mapping[str, str]) -> int:
    """Return the units after subtracting, clamping and the minimum level, in the order of ``im.step-order``."""
    if readings["im.step-order"] == "minimum-first":
        return _clamped(_from_minimum(whole, minimum) - recent, readings)
    return _from_minimum(_clamped(whole - recent, readings), minimum)


def _from_minimum(units: int, minimum: int) -> int:
    """Return 0 for what lies below the minimum level; level 0 switches it off (IM-SYNC-07)."""
    return 0 if minimum and units < minimum else units


def _clamped(units: int, readings: Mapping[str, str]) -> int:
    return units if readings["im.negative"] == "published" else max(0, units)


def recent_orders(
    merchant: Merchant, cart: Cart, sku: str, levels: Levels, now_ms: int, readings: Mapping[str, str]
) -> Iterator[KnownOrder]:
    """Yield the orders that the levels cannot contain yet, whatever cart they came from (IM-SYNC-03, A-14, A-19)."""
    oldest = min(level.as_of for level in levels.values())
    for order in reversed(merchant.by_sku.get(sku, ())):
        # They are kept in the order in which they reach the warehouse system, which is the last of their clocks.
        if order.delivered <= oldest:
            return
        counts = _is_counted(order, now_ms, readings) and _concerns(order, cart, readings)
        if counts and _moment(order, readings) > _as_of(order, levels, readings):
            yield order


def _is_counted(order: KnownOrder, now_ms: int, readings: Mapping[str, str]) -> bool:
    how = readings["im.recent-order-states"]
    if how == "all-but-cancelled":
        return True
    return not order.shipped and (how == "until-shipped" or order.delivered_ms > now_ms)


def _concerns(order: KnownOrder, cart: Cart, readings: Mapping[str, str]) -> bool:
    """Whether the order takes units that the cart is told of; one of an unknown warehouse may."""
    if order.cart == cart.name and readings["im.own-orders"] == "left-out":
        return False
    return order.warehouse is None or cart.hears_of(order.warehouse)


def _moment(order: KnownOrder, readings: Mapping[str, str]) -> Stamp:
    clock = readings["im.recent-order-clock"]
    if clock == "delivered":
        return order.delivered
    return order.loaded if clock == "loaded" else (order.ordered_ms, order.loaded[1])


def _as_of(order: KnownOrder, levels: Levels, readings: Mapping[str, str]) -> Stamp:
    """Return the instant of the figures that an order is held against."""
    how = readings["im.warehouse-clock"]
    if how == "per-warehouse" and order.warehouse in levels:
        return levels[order.warehouse].as_of
    stamps = [level.as_of for level in levels.values()]
    return max(stamps) if how == "newest" else min(stamps)
