"""Commands on stock, rules, exclusions and listings. Each checks everything before it changes anything."""

from __future__ import annotations

from bisect import insort
from sys import intern
from typing import TYPE_CHECKING, Any

from mockserver.core.arguments import channel_of, flag, identifier, product_of, required, units, warehouse_of
from mockserver.core.errors import Refused, nearest
from mockserver.core.model import VIRTUAL_PRODUCT, Listing, StockLocation
from mockserver.core.rules import rule_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.core.account import Account
    from mockserver.core.model import Product, SalesChannel, Warehouse


def stock_set(world: Account, command: Mapping[str, Any]) -> object:
    """Set quantities and flags of one stock location; an unknown location is created."""
    row = _located(world, command)
    on_hand = units(command, "on_hand", row.on_hand)
    locked = units(command, "locked", row.locked)
    minimum = units(command, "minimum", row.minimum)
    active = flag(command, "active", present=row.active)
    pickable = flag(command, "pickable", present=row.pickable)
    wanted = (on_hand, locked, minimum, active, pickable)
    if wanted != (row.on_hand, row.locked, row.minimum, row.active, row.pickable):
        row.on_hand, row.locked, row.minimum, row.active, row.pickable = wanted
        world.touch_stock(row.product)
    keep_row(world, row)
    return None


def stock_receive(world: Account, command: Mapping[str, Any]) -> object:
    """Add units to what is on hand at one stock location; an unknown location is created."""
    row = _located(world, command)
    received = units(command, "units", least=1)
    units({"on_hand": max(0, row.on_hand + received)}, "on_hand")
    row.on_hand += received
    keep_row(world, row)
    world.touch_stock(row.product)
    return None


def _located(world: Account, command: Mapping[str, Any]) -> StockLocation:
    """Return the stock location that the command means, new but not yet kept when there is none."""
    product, warehouse = product_of(world, command), warehouse_of(world, command)
    if product.type == VIRTUAL_PRODUCT:
        raise Refused(
            "no_stock", "the parent of variations holds no stock", field="master_sku", value=product.master_sku
        )
    rows = [row for row in product.stock if row.warehouse is warehouse]
    location = command.get("location")
    if location is None:
        return _only_row(product, warehouse, rows)
    if not isinstance(location, str):
        raise Refused("bad_location", "location must be a string", field="location", value=location)
    return next((row for row in rows if row.location == location), _new_row(product, warehouse, location))


def _only_row(product: Product, warehouse: Warehouse, rows: list[StockLocation]) -> StockLocation:
    if len(rows) > 1:
        names = ", ".join(repr(row.location) for row in rows)
        message = f"warehouse {warehouse.id} holds {product.master_sku} at several locations, name one of {names}"
        raise Refused("several_locations", message, field="location", nearest=rows[0].location)
    return rows[0] if rows else _new_row(product, warehouse, "")


def _new_row(product: Product, warehouse: Warehouse, location: str) -> StockLocation:
    return StockLocation(0, product, warehouse, intern(location))


def keep_row(world: Account, row: StockLocation) -> None:
    """Enter a new stock location with its product; one that has been entered stays as it is."""
    if row.id == 0:
        row.id = world.next_id("stock")
        insort(row.product.stock, row, key=lambda each: each.order_of_drawing)


def rule_set(world: Account, command: Mapping[str, Any]) -> object:
    """Set the rule of one product on one sales channel, or without a master SKU that of the whole channel."""
    channel = channel_of(world, command)
    rule = rule_from(command, world.readings)
    if command.get("master_sku") is not None:
        product = product_of(world, command)
        product.rules = {**(product.rules or {}), channel.id: rule}
        _touch_on(world, product, channel)
    elif world.readings["alloc.channel-wide-rule"] == "bulk-write":
        for product in listed_on(channel):
            product.rules = {**(product.rules or {}), channel.id: rule}
        _touch_channel(world, channel)
    else:
        channel.default_rule = rule
        _touch_channel(world, channel)
    return None


def rule_clear(world: Account, command: Mapping[str, Any]) -> object:
    """Remove the rule of one product on one sales channel, or without a master SKU that of the whole channel."""
    channel = channel_of(world, command)
    if command.get("master_sku") is not None:
        product = product_of(world, command)
        _clear_rule(product, channel)
        _touch_on(world, product, channel)
        return None
    channel.default_rule = None
    if world.readings["alloc.channel-wide-rule"] == "bulk-write":
        for product in listed_on(channel):
            _clear_rule(product, channel)
    _touch_channel(world, channel)
    return None


def _clear_rule(product: Product, channel: SalesChannel) -> None:
    product.rules = {key: rule for key, rule in (product.rules or {}).items() if key != channel.id} or None


def exclusion_set(world: Account, command: Mapping[str, Any]) -> object:
    """Replace the excluded warehouses of one product or of one sales channel; an empty list clears them."""
    excluded = _warehouse_ids(world, command)
    by_product, by_channel = command.get("master_sku") is not None, command.get("sales_channel") is not None
    if by_product == by_channel:
        raise Refused("bad_exclusion", "name either a master SKU or a sales channel", field="master_sku")
    if by_product:
        product = product_of(world, command)
        product.excluded = excluded
        world.touch_stock(product)
        return None
    channel = channel_of(world, command)
    channel.excluded = excluded
    world.recompute_closed(channel)
    _touch_channel(world, channel)
    for order in list(world.waiting.values()):
        if order.channel is channel:
            world.touch_order(order)
    return None


def _warehouse_ids(world: Account, command: Mapping[str, Any]) -> frozenset[int]:
    given = required(command, "warehouses")
    if not isinstance(given, list):
        raise Refused("bad_exclusion", "warehouses must be a list of ids", field="warehouses", value=given)
    return frozenset(identifier({"warehouse": each}, "warehouse", world.warehouses) for each in given)


def listing_set(world: Account, command: Mapping[str, Any]) -> object:
    """Edit a listing, or with a master SKU create it (OM-PUSH-01: due when edited, created or switched on)."""
    channel = channel_of(world, command)
    sku = required(command, "listing_sku")
    if not isinstance(sku, str):
        raise Refused("bad_listing_sku", "listing_sku must be a string", field="listing_sku", value=sku)
    product = product_of(world, command) if command.get("master_sku") is not None else None
    listing = channel.by_sku.get(sku)
    if listing is None:
        listing = _create_listing(world, channel, sku, product, command)
    else:
        _edit_listing(world, listing, product, command)
    if world.readings["alloc.listings-share"] == "divided":
        _touch_on(world, listing.product, channel)
    return {"listing_id": listing.id}


def _create_listing(
    world: Account, channel: SalesChannel, sku: str, product: Product | None, command: Mapping[str, Any]
) -> Listing:
    if product is None:
        hint = nearest(sku, channel.by_sku)
        message = f"no listing SKU {sku!r} on sales channel {channel.id}; with a master_sku it is created"
        raise Refused("unknown_listing_sku", message, field="listing_sku", value=sku, nearest=hint)
    active = flag(command, "active", present=True)
    push = flag(command, "push_inventory", present=True)
    listing = Listing(
        id=world.next_id("listing"),
        listing_sku=sku,
        product=product,
        channel=channel,
        position=len(channel.listings),
        created_seq=world.seq + 1,
        created_ms=world.now_ms,
        modified_ms=world.now_ms,
        active=active,
        push_inventory=push,
    )
    world.listings[listing.id] = listing
    channel.listings.append(listing)
    channel.by_sku[sku] = listing
    product.listings.append(listing)
    _map_orders(world, listing)
    return listing


def _map_orders(world: Account, listing: Listing) -> None:
    """Let orders that waited for this listing SKU know its product."""
    for order in list(world.unmapped.values()):
        if order.channel is not listing.channel:
            continue
        for line in order.lines:
            if line.product is None and line.listing_sku == listing.listing_sku:
                line.product = listing.product
                world.touch_order(order)


def _edit_listing(world: Account, listing: Listing, product: Product | None, command: Mapping[str, Any]) -> None:
    active = flag(command, "active", present=listing.active)
    push = flag(command, "push_inventory", present=listing.push_inventory)
    target = product or listing.product
    if (active, push, target) == (listing.active, listing.push_inventory, listing.product):
        return
    if target is not listing.product:
        _touch_on(world, listing.product, listing.channel)
        listing.product.listings.remove(listing)
        insort(target.listings, listing, key=lambda each: each.id)
    listing.active, listing.push_inventory, listing.product = active, push, target
    listing.modified_ms = world.now_ms
    world.touch_listing(listing, forced=True)


def listed_on(channel: SalesChannel) -> list[Product]:
    """Return the products that have a listing on the channel, each once."""
    return list({listing.product.id: listing.product for listing in channel.listings}.values())


def _touch_on(world: Account, product: Product, channel: SalesChannel) -> None:
    for listing in product.listings:
        if listing.channel is channel:
            world.touch_listing(listing)


def _touch_channel(world: Account, channel: SalesChannel) -> None:
    for listing in channel.listings:
        world.touch_listing(listing)
