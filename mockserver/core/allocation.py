"""From available units to the figure that one listing may show. Sources: OM-ALLOC-01 to 12."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from mockserver.core import availability
from mockserver.core.model import PERCENT_OF_AVAILABLE, VIRTUAL_PRODUCT, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mockserver.core.model import Listing, Product, SalesChannel, StockLocation

EVERYTHING: Final = Rule(PERCENT_OF_AVAILABLE, 10_000)
BACKORDER_FIGURE: Final = 9_999


class Regime(NamedTuple):
    """Which pair of a rule applies: the tested units, the minimum, and whether the minimum is reached."""

    tested: int
    minimum: int
    is_minimum: bool


def effective_rule(product: Product, channel: SalesChannel) -> Rule:
    """Return the product's own rule, else the channel's, else all of available (OM-ALLOC-04)."""
    own = product.rules.get(channel.id) if product.rules else None
    return own or channel.default_rule or EVERYTHING


def minimum_rows(product: Product, closed: frozenset[int], readings: Mapping[str, str]) -> list[StockLocation]:
    """Return the stock locations whose minimum counts."""
    every = readings["alloc.minimum-locations"] == "all"
    return [row for row in product.stock if row.warehouse.id not in closed and (every or row.drawable)]


def regime(product: Product, channel: SalesChannel, inactive: frozenset[int], readings: Mapping[str, str]) -> Regime:
    """
    Return the regime of one product on one channel.

    The minimum pair applies once the units have come down to the minimum level: at equality too (OM-ALLOC-08).
    """
    by_channel = readings["alloc.regime-quantity"] == "channel-available"
    closed = availability.closed_warehouses(product, channel.closed if by_channel else inactive, readings)
    tested = _tested_units(product, closed, readings)
    scope = readings["alloc.minimum-scope"]
    if scope == "any-warehouse-above":
        return _regime_by_warehouse(product, closed, tested, readings)
    counted = inactive if scope == "all-warehouses" else closed
    levels = [row.minimum for row in minimum_rows(product, counted, readings)]
    minimum = max(levels, default=0) if scope == "largest-minimum" else sum(levels)
    return Regime(tested, minimum, tested <= minimum)


def _tested_units(product: Product, closed: frozenset[int], readings: Mapping[str, str]) -> int:
    if readings["alloc.regime-quantity"] == "on-hand":
        return availability.on_hand(product, closed)
    return availability.total_units(availability.units_by_warehouse(product, closed), readings)


def _regime_by_warehouse(product: Product, closed: frozenset[int], tested: int, readings: Mapping[str, str]) -> Regime:
    minimums: dict[int, int] = {}
    for row in minimum_rows(product, closed, readings):
        minimums[row.warehouse.id] = minimums.get(row.warehouse.id, 0) + row.minimum
    units = availability.units_by_warehouse(product, closed)
    above = any(count > minimums.get(warehouse.id, 0) for warehouse, count in units.items())
    return Regime(tested, sum(minimums.values()), not above)


def pair_of(rule: Rule, *, is_minimum: bool, readings: Mapping[str, str]) -> tuple[str, int]:
    """Return the rule type and value of the regime's pair."""
    if not is_minimum:
        return rule.rule_type, rule.value
    if rule.min_rule_type is not None:
        return rule.min_rule_type, rule.min_value
    if readings["alloc.absent-minimum-pair"] == "everything":
        return EVERYTHING.rule_type, EVERYTHING.value
    return rule.rule_type, rule.value


def apply_pair(rule_type: str, value: int, units: int) -> int:
    """Return the share rounded down (OM-ALLOC-06) or the smaller of cap and units (OM-ALLOC-07)."""
    if rule_type == PERCENT_OF_AVAILABLE:
        return units * value // 10_000
    return min(value, units)


def channel_figure(
    product: Product, channel: SalesChannel, inactive: frozenset[int], readings: Mapping[str, str]
) -> int:
    """
    Return the figure of one product on one channel, before it is told to its listings.

    ``inactive`` are the warehouses that nobody may draw from. Units are whole pieces.
    """
    if product.type == VIRTUAL_PRODUCT:
        return 0
    if product.allow_backorders and readings["alloc.backorders"] == "constant":
        return BACKORDER_FIGURE
    units = availability.available(product, channel.closed, readings)
    rule = effective_rule(product, channel)
    if rule is EVERYTHING:
        return units
    # With no minimum pair both regimes use the same one: no need to know which.
    same = rule.min_rule_type is None and readings["alloc.absent-minimum-pair"] == "normal-pair"
    is_minimum = not same and regime(product, channel, inactive, readings).is_minimum
    return apply_pair(*pair_of(rule, is_minimum=is_minimum, readings=readings), units)


def share_of(listing: Listing, figure: int, readings: Mapping[str, str]) -> int:
    """Return what one listing shows of its product's figure: all of it (OM-ALLOC-12), or a part under reading A-25."""
    if readings["alloc.listings-share"] != "divided":
        return figure
    ids = sorted(_sharing_ids(listing))
    if listing.id not in ids or figure <= 0:
        return figure
    whole, left = divmod(figure, len(ids))
    return whole + (1 if ids.index(listing.id) < left else 0)


def _sharing_ids(listing: Listing) -> Iterable[int]:
    for other in listing.product.listings:
        if other.channel is listing.channel and other.active and other.push_inventory:
            yield other.id


def shown_figure(listing: Listing, figure: int, readings: Mapping[str, str]) -> int | None:
    """
    Return what the feed tells of a listing whose channel figure is ``figure``; None when it is silent about it.

    Source: OM-PUSH-04 and the readings A-22, A-23, A-26, A-27, U12.
    """
    product = listing.product
    if not (listing.active and listing.push_inventory):
        return None
    if listing.fn_sku is not None and readings["alloc.fba-listings"] == "left-out":
        return None
    if product.type == VIRTUAL_PRODUCT:
        return None if readings["listing.variation-parent"] == "left-out" else 0
    if not listing.channel.active:
        return None if readings["channel.inactive"] == "silence" else 0
    if not product.active and readings["product.inactive"] != "no-effect":
        return None if readings["product.inactive"] == "silence" else 0
    return share_of(listing, figure, readings)
