"""
The figure of one listing, worked out from a world file by plain loops.

Written from the requirements alone (OM-ALLOC, OM-AVAIL, OM-EXCL and the readings of allocation), never from the engine.
``readings`` holds what differs from the defaults; only readings of the figure itself are known here.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Any

World = dict[str, Any]
Item = dict[str, Any]

DEFAULTS = {
    "alloc.regime-quantity": "available",
    "alloc.minimum-scope": "included-warehouses",
    "alloc.minimum-locations": "active-pickable",
    "alloc.absent-minimum-pair": "normal-pair",
    "alloc.listings-share": "each-full",
    "alloc.negative-available": "sum-then-clamp",
    "alloc.zero-figure": "answered",
    "alloc.backorders": "no-effect",
    "alloc.fba-stock": "own-channel-only",
    "alloc.wfs-stock": "shared",
    "alloc.fba-listings": "left-out",
    "avail.bundle-exclusions": "bundle-only",
    "listing.variation-parent": "left-out",
    "channel.inactive": "silence",
    "product.inactive": "silence",
}


def shown(world: World, listing_id: int, readings: dict[str, str] | None = None) -> int | None:
    """Return what the channel is told of a listing, or None where it hears nothing."""
    options = {**DEFAULTS, **(readings or {})}
    listing = find(world, "listings", "id", listing_id)
    product = find(world, "products", "master_sku", listing["master_sku"])
    channel = find(world, "sales_channels", "id", listing["sales_channel"])
    if not listing.get("active", True) or not listing.get("push_inventory", True):
        return None
    if "fn_sku" in listing and options["alloc.fba-listings"] == "left-out":
        return None
    if product.get("type") == "VIRTUAL_PRODUCT":
        return None if options["listing.variation-parent"] == "left-out" else 0
    if not channel.get("active", True):
        return None if options["channel.inactive"] == "silence" else 0
    if not product.get("active", True) and options["product.inactive"] != "no-effect":
        return None if options["product.inactive"] == "silence" else 0
    number = figure(world, listing_id, readings)
    return None if number == 0 and options["alloc.zero-figure"] == "left-out" else number


def figure(world: World, listing_id: int, readings: dict[str, str] | None = None) -> int:
    """Return the units that a listing may show; whether anybody is told is another question."""
    options = {**DEFAULTS, **(readings or {})}
    listing = find(world, "listings", "id", listing_id)
    return share(
        world, listing, channel_figure(world, listing["master_sku"], listing["sales_channel"], options), options
    )


def share(world: World, listing: Item, number: int, options: dict[str, str]) -> int:
    sharing = [
        other["id"]
        for other in rows(world, "listings")
        if other["master_sku"] == listing["master_sku"]
        and other["sales_channel"] == listing["sales_channel"]
        and other.get("active", True)
        and other.get("push_inventory", True)
    ]
    if options["alloc.listings-share"] == "each-full" or listing["id"] not in sharing or number < 0:
        return number
    dealt = dict.fromkeys(sorted(sharing), 0)
    for turn in range(number):
        dealt[sorted(sharing)[turn % len(sharing)]] += 1
    return dealt[listing["id"]]


def channel_figure(world: World, master_sku: str, channel_id: int, options: dict[str, str]) -> int:
    product = find(world, "products", "master_sku", master_sku)
    if product.get("type") == "VIRTUAL_PRODUCT":
        return 0
    if product.get("allow_backorders") and options["alloc.backorders"] == "constant":
        return 9999
    open_to_channel = [w["id"] for w in rows(world, "warehouses") if is_open(world, product, w, channel_id, options)]
    pool = units_in(world, product, open_to_channel, options)
    rule_type, value = chosen_pair(world, product, channel_id, open_to_channel, options)
    if rule_type == "MAX_ALLOCATION":
        return min(pool, int(value))
    return floor(pool * Fraction(str(value)) / 100)


def is_open(world: World, product: Item, warehouse: Item, channel_id: int, options: dict[str, str]) -> bool:
    channel = find(world, "sales_channels", "id", channel_id)
    if warehouse["id"] in channel.get("excluded_warehouses", []):
        return False
    own_only = {"FBA": options["alloc.fba-stock"], "WFS": options["alloc.wfs-stock"]}.get(warehouse.get("type", ""))
    if own_only == "own-channel-only" and warehouse.get("sales_channel") != channel_id:
        return False
    return is_open_for_product(world, product, warehouse, options)


def is_open_for_product(world: World, product: Item, warehouse: Item, options: dict[str, str]) -> bool:
    if not warehouse.get("active", True):
        return False
    closed = list(product.get("excluded_warehouses", []))
    if options["avail.bundle-exclusions"] == "components-too":
        for component in product.get("components", []):
            closed += find(world, "products", "master_sku", component["master_sku"]).get("excluded_warehouses", [])
    return warehouse["id"] not in closed


def units_in(world: World, product: Item, warehouses: list[int], options: dict[str, str]) -> int:
    total = 0
    for warehouse in warehouses:
        units = units_in_one(world, product, warehouse)
        if options["alloc.negative-available"] == "clamp-per-warehouse" and units < 0:
            units = 0
        total += units
    return total if options["alloc.negative-available"] == "published" else max(total, 0)


def units_in_one(world: World, product: Item, warehouse: int) -> int:
    units = shelf_units(world, product["master_sku"], warehouse)
    components = product.get("components", [])
    if components and find(world, "warehouses", "id", warehouse).get("use_component_inventory", True):
        buildable = 0
        while all(
            shelf_units(world, c["master_sku"], warehouse) >= c["quantity"] * (buildable + 1) for c in components
        ):
            buildable += 1
        units += buildable
    return units


def shelf_units(world: World, master_sku: str, warehouse: int) -> int:
    units = 0
    for row in rows(world, "stock"):
        if row["master_sku"] == master_sku and row["warehouse"] == warehouse and is_drawable(row):
            units += row["on_hand"] - row.get("locked", 0) - row.get("allocated", 0)
    return units


def is_drawable(row: Item) -> bool:
    return bool(row.get("active", True) and row.get("pickable", True))


def chosen_pair(
    world: World, product: Item, channel_id: int, open_to_channel: list[int], options: dict[str, str]
) -> tuple[str, float]:
    rule = rule_of(world, product["master_sku"], channel_id)
    if not minimum_reached(world, product, open_to_channel, options):
        return rule["rule_type"], rule["value"]
    if "min_rule_type" in rule:
        return rule["min_rule_type"], rule["min_value"]
    if options["alloc.absent-minimum-pair"] == "everything":
        return "PERCENT_OF_AVAILABLE", 100
    return rule["rule_type"], rule["value"]


def rule_of(world: World, master_sku: str, channel_id: int) -> Item:
    found = {"rule_type": "PERCENT_OF_AVAILABLE", "value": 100}
    for rule in rows(world, "rules"):
        if rule["sales_channel"] == channel_id and "master_sku" not in rule:
            found = rule
    for rule in rows(world, "rules"):
        if rule["sales_channel"] == channel_id and rule.get("master_sku") == master_sku:
            found = rule
    return found


def minimum_reached(world: World, product: Item, open_to_channel: list[int], options: dict[str, str]) -> bool:
    tested = [w["id"] for w in rows(world, "warehouses") if is_open_for_product(world, product, w, options)]
    if options["alloc.regime-quantity"] == "channel-available":
        tested = open_to_channel
    if options["alloc.minimum-scope"] == "any-warehouse-above":
        return not any(units_in_one(world, product, w) > sum(minimums(world, product, [w], options)) for w in tested)
    counted = tested
    if options["alloc.minimum-scope"] == "all-warehouses":
        counted = [w["id"] for w in rows(world, "warehouses") if w.get("active", True)]
    levels = minimums(world, product, counted, options)
    minimum = max(levels, default=0) if options["alloc.minimum-scope"] == "largest-minimum" else sum(levels)
    if options["alloc.regime-quantity"] == "on-hand":
        return hand_units(world, product, tested) <= minimum
    return units_in(world, product, tested, options) <= minimum


def minimums(world: World, product: Item, warehouses: list[int], options: dict[str, str]) -> list[int]:
    every = options["alloc.minimum-locations"] == "all"
    return [
        row.get("minimum", 0)
        for row in rows(world, "stock")
        if row["master_sku"] == product["master_sku"] and row["warehouse"] in warehouses and (every or is_drawable(row))
    ]


def hand_units(world: World, product: Item, warehouses: list[int]) -> int:
    return sum(
        row["on_hand"]
        for row in rows(world, "stock")
        if row["master_sku"] == product["master_sku"] and row["warehouse"] in warehouses and is_drawable(row)
    )


def rows(world: World, kind: str) -> list[Item]:
    found: list[Item] = world["order_manager"].get(kind, [])
    return found


def find(world: World, kind: str, key: str, value: object) -> Item:
    for item in rows(world, kind):
        if item[key] == value:
            return item
    raise LookupError(f"{kind}: no {key} {value!r}")
