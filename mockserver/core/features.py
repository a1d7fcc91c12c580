"""
What a world makes use of, so that an answer need not claim to rest on behaviours that cannot have mattered.

Features are only ever added: found once when a world is loaded, then by what commands bring in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.core.model import BUNDLE_KIT, MAX_ALLOCATION, PERCENT_OF_AVAILABLE, VIRTUAL_PRODUCT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.core.account import Account
    from mockserver.core.model import Listing, Product, Rule, StockLocation

_SHARES: Final = {PERCENT_OF_AVAILABLE: "percentages", MAX_ALLOCATION: "caps"}


def features_of(world: Account) -> set[str]:
    """Return what the world makes use of, in one pass over it."""
    found: set[str] = set()
    for product in world.products.values():
        found.update(_of_product(product))
        for row in product.stock:
            if row.locked or row.allocated or row.on_hand < 0 or not row.drawable:
                found.update(_of_stock(row))
    for listing in world.listings.values():
        if not (listing.active and listing.push_inventory) or listing.fn_sku is not None:
            found.update(_of_listing(listing))
    for channel in world.channels.values():
        found.update(
            name
            for name, there in (("channel-exclusions", channel.excluded), ("inactive-channels", not channel.active))
            if there
        )
        if channel.default_rule is not None:
            found |= {"channel-rules", *_of_rule(channel.default_rule)}
    found.update(f"{warehouse.type.lower()}-warehouses" for warehouse in world.warehouses.values())
    if world.orders:
        found.add("orders")
    return found


def _of_product(product: Product) -> Iterator[str]:
    if product.type == BUNDLE_KIT:
        yield "bundles"
    elif product.type == VIRTUAL_PRODUCT:
        yield "variation-parents"
    if product.excluded:
        yield "product-exclusions"
    if not product.active:
        yield "inactive-products"
    if product.allow_backorders:
        yield "backorders"
    for rule in (product.rules or {}).values():
        yield from _of_rule(rule)
    if len(product.listings) > len({listing.channel.id for listing in product.listings}):
        yield "shared-channels"


def _of_rule(rule: Rule) -> Iterator[str]:
    yield "rules"
    yield _SHARES[rule.rule_type]
    if rule.min_rule_type is None:
        yield "lone-rules"
    else:
        yield "minimum-pairs"
        yield _SHARES[rule.min_rule_type]


def _of_stock(row: StockLocation) -> Iterator[str]:
    if row.locked:
        yield "locked"
    if row.allocated:
        yield "orders"
    if row.available < 0:
        yield "debts"
    if not row.drawable:
        yield "closed-locations"


def _of_listing(listing: Listing) -> Iterator[str]:
    if not listing.active:
        yield "inactive-listings"
    if not listing.push_inventory:
        yield "push-off"
    if listing.fn_sku is not None:
        yield "fba-listings"


def features_of_command(command: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a command may have brought into a world."""
    kind = command["type"]
    if kind == "stock.set":
        # On hand may have been set below what is locked or allocated.
        yield from ("locked", "debts") if "locked" in command else ("debts",) if "on_hand" in command else ()
        if "pickable" in command or "active" in command:
            yield "closed-locations"
    elif kind in ("stock.adjust", "stock.create"):
        yield from _of_stock_write(command)
    elif kind in ("integration.run", "cart.sync"):
        # A level may be written that is below what is allocated.
        yield "debts"
    elif kind == "rule.set":
        yield from _of_rule_command(command)
    elif kind == "exclusion.set":
        yield "channel-exclusions" if "sales_channel" in command else "product-exclusions"
    elif kind == "listing.set":
        yield from _of_listing_command(command)
    elif kind in ("order.create", "marketplace.sell"):
        yield "orders"


def _of_stock_write(command: Mapping[str, Any]) -> Iterator[str]:
    yield "debts"
    if command.get("locked"):
        yield "locked"
    if command.get("allocated"):
        yield "orders"
    if command.get("pickable") is False:
        yield "closed-locations"


def _of_rule_command(command: Mapping[str, Any]) -> Iterator[str]:
    yield "rules"
    yield _SHARES[command["rule_type"]]
    yield "lone-rules" if command.get("min_rule_type") is None else "minimum-pairs"
    if command.get("min_rule_type") is not None:
        yield _SHARES[command["min_rule_type"]]
    if command.get("master_sku") is None:
        yield "channel-rules"


def _of_listing_command(command: Mapping[str, Any]) -> Iterator[str]:
    if "active" in command:
        yield "inactive-listings"
    if "push_inventory" in command:
        yield "push-off"
    if "master_sku" in command:
        yield "shared-channels"
