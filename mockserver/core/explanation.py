"""Why a listing shows its number: each step with the figures that it rests on, so that a person can add them up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core import allocation, availability
from mockserver.core.errors import Refused, nearest
from mockserver.core.instants import instant_text
from mockserver.core.model import BUNDLE_KIT, PERCENT_OF_AVAILABLE, VIRTUAL_PRODUCT
from mockserver.core.rules import rule_to

if TYPE_CHECKING:
    from mockserver.core.account import Account
    from mockserver.core.model import Listing, Product, SalesChannel, StockLocation, Warehouse

Steps = dict[str, Any]


def explain(world: Account, listing_id: int) -> Steps:
    """
    Return the steps from stock to figure for one listing.

    ``warehouses`` add up to ``available``; ``regime`` picks the ``pair``; the pair applied to ``available`` gives
    ``channel_figure``; the listing's share of it is ``figure``; ``shown`` is what the feed tells, None when silent.

    Raises:
        Refused: ``unknown_listing``.
    """
    listing = world.listings.get(listing_id)
    if listing is None:
        hint = nearest(listing_id, world.listings)
        raise Refused("unknown_listing", f"no listing {listing_id}", field="listing_id", value=listing_id, nearest=hint)
    product, channel = listing.product, listing.channel
    return {
        "listing_id": listing.id,
        "listing_sku": listing.listing_sku,
        "master_sku": product.master_sku,
        "product_type": product.type,
        "sales_channel": channel.id,
        "warehouses": _warehouses(world, product, channel),
        "available": availability.available(product, channel.closed, world.readings),
        "regime": _regime(world, product, channel),
        "rule": _rule(product, channel),
        "pair": _pair(world, product, channel),
        "rounding": "down to whole units",
        "channel_figure": allocation.channel_figure(product, channel, world.inactive_warehouses, world.readings),
        "figure": world.figure(listing),
        "shown": _told(world, listing),
        "silent_because": _silence(world, listing),
        **_native(world, listing),
        "behaviours": behaviours_of(product, world),
        "readings": {name: world.readings[name] for name in _READINGS},
    }


_READINGS = (
    "alloc.regime-quantity",
    "alloc.minimum-scope",
    "alloc.minimum-locations",
    "alloc.absent-minimum-pair",
    "alloc.negative-available",
    "alloc.listings-share",
    "alloc.backorders",
    "alloc.fba-stock",
    "alloc.wfs-stock",
    "avail.bundle-exclusions",
)


def behaviours_of(product: Product, world: Account) -> list[str]:
    """Return the ids of the documented behaviours that the figure rests on."""
    ids = ["OM-ALLOC-04", "OM-AVAIL-01", "OM-AVAIL-02", "OM-AVAIL-03", "OM-EXCL-01", "OM-EXCL-02", "OM-EXCL-03"]
    if product.type == BUNDLE_KIT:
        ids.append("OM-AVAIL-05")
    if product.rules or any(channel.default_rule for channel in world.channels.values()):
        ids += ["OM-ALLOC-02", "OM-ALLOC-06", "OM-ALLOC-07", "OM-ALLOC-08", "OM-ALLOC-09", "OM-ALLOC-10"]
    return ids


def _warehouses(world: Account, product: Product, channel: SalesChannel) -> list[Steps]:
    closed = availability.closed_warehouses(product, channel.closed, world.readings)
    counted = availability.units_by_warehouse(product, closed)
    concerned = {row.warehouse for row in product.stock}
    concerned |= {row.warehouse for part in product.components for row in part.product.stock}
    return [
        _warehouse(world, product, channel, warehouse) | {"counts": counted.get(warehouse, 0)}
        for warehouse in sorted(concerned, key=lambda each: each.id)
    ]


def _warehouse(world: Account, product: Product, channel: SalesChannel, warehouse: Warehouse) -> Steps:
    step: Steps = {
        "warehouse": warehouse.id,
        "name": warehouse.name,
        "left_out_because": _reasons(world, product, channel, warehouse),
        "locations": [_location(row) for row in product.stock if row.warehouse is warehouse],
    }
    if product.type == BUNDLE_KIT:
        step["use_component_inventory"] = warehouse.use_component_inventory
        step["components"] = [
            {
                "master_sku": part.product.master_sku,
                "quantity": part.quantity,
                "available": availability.component_units(part.product, warehouse),
                "locations": [_location(row) for row in part.product.stock if row.warehouse is warehouse],
            }
            for part in product.components
        ]
        step["buildable"] = availability.buildable(product, warehouse) if product.components else 0
    return step


def _location(row: StockLocation) -> Steps:
    return {
        "location": row.location,
        "on_hand": row.on_hand,
        "locked": row.locked,
        "allocated": row.allocated,
        "available": row.available,
        "minimum": row.minimum,
        "pickable": row.pickable,
        "active": row.active,
        "counts": row.drawable,
    }


def _reasons(world: Account, product: Product, channel: SalesChannel, warehouse: Warehouse) -> list[str]:
    reasons = {
        "excluded for the product": warehouse.id in product.excluded,
        "excluded for the sales channel": warehouse.id in channel.excluded,
        "inactive warehouse": not warehouse.active,
        "another sales channel's own warehouse": warehouse.id
        in channel.closed - channel.excluded - world.inactive_warehouses,
        "excluded for a component": world.readings["avail.bundle-exclusions"] == "components-too"
        and any(warehouse.id in part.product.excluded for part in product.components),
    }
    return [reason for reason, holds in reasons.items() if holds]


def _regime(world: Account, product: Product, channel: SalesChannel) -> Steps:
    regime = allocation.regime(product, channel, world.inactive_warehouses, world.readings)
    return {
        "tested": world.readings["alloc.regime-quantity"],
        "units": regime.tested,
        "minimum": regime.minimum,
        "minimum_reached": regime.is_minimum,
    }


def _rule(product: Product, channel: SalesChannel) -> Steps:
    rule = allocation.effective_rule(product, channel)
    own = product.rules is not None and channel.id in product.rules
    origin = "product" if own else "sales channel" if channel.default_rule else "default"
    return {"from": origin, **rule_to(rule)}


def _pair(world: Account, product: Product, channel: SalesChannel) -> Steps:
    regime = allocation.regime(product, channel, world.inactive_warehouses, world.readings)
    rule = allocation.effective_rule(product, channel)
    rule_type, value = allocation.pair_of(rule, is_minimum=regime.is_minimum, readings=world.readings)
    percent = value / 100 if value % 100 else value // 100
    return {"type": rule_type, "value": percent if rule_type == PERCENT_OF_AVAILABLE else value}


def _native(world: Account, listing: Listing) -> Steps:
    """What a native channel shows at present, and when it will hear of a change."""
    if not listing.channel.native:
        return {}
    due_ms = world.native.due_ms.get(listing.id)
    push_due = None if due_ms is None else instant_text(due_ms)
    return {"native_shown": world.native.shown.get(listing.id), "native_push_due": push_due}


def _told(world: Account, listing: Listing) -> int | None:
    """Return what the feed tells; a reading may have it leave out a figure of 0 (A-24)."""
    shown = world.shown(listing)
    return None if shown == 0 and world.readings["alloc.zero-figure"] == "left-out" else shown


def _silence(world: Account, listing: Listing) -> str | None:
    if _told(world, listing) is not None:
        return None
    if world.shown(listing) is not None:
        return "a figure of 0 is left out"
    if not listing.active:
        return "the listing is inactive"
    if not listing.push_inventory:
        return "inventory push is off for the listing"
    if listing.fn_sku is not None and world.readings["alloc.fba-listings"] == "left-out":
        return "an FBA listing: Amazon keeps its number"
    if listing.product.type == VIRTUAL_PRODUCT:
        return "the parent of variations has no stock"
    return "the sales channel is inactive" if not listing.channel.active else "the product is inactive"
