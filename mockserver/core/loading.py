"""World file -> world. The file fits its schema; here its parts are joined, and contradictions are collected."""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING, Any, TypeVar

from mockserver.core import instants
from mockserver.core.errors import InvalidWorld, Problem, Refused
from mockserver.core.features import features_of
from mockserver.core.integration_manager.loading import load_integration_manager
from mockserver.core.marketplace_loading import load_marketplace
from mockserver.core.model import (
    BUNDLE_KIT,
    NO_DETAILS,
    NO_WAREHOUSES,
    PUSH_DELAY_MS,
    VIRTUAL_PRODUCT,
    Component,
    Listing,
    Product,
    SalesChannel,
    StockLocation,
    Warehouse,
)
from mockserver.core.order_loading import load_orders
from mockserver.core.problems import Ids, Problems, own_text
from mockserver.core.rules import rule_from
from mockserver.core.stock_commands import listed_on

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.core.account import Account

_DEFAULT_CLOCK = "2026-01-01T00:00:00Z"

A = TypeVar("A", bound="Account")


def load(document: Mapping[str, Any], make: Callable[[int, int], A]) -> A:
    """
    Return the account that a schema-valid world file describes.

    ``make`` gives an empty one for the instant (milliseconds since 1970) and the seed that the file names.

    Raises:
        InvalidWorld: with every contradiction found, up to a bound.
    """
    problems = Problems()
    now_ms = _clock(document, problems)
    world = make(now_ms, document.get("seed", 0))
    section = document.get("order_manager", {})
    load_warehouses(world, section.get("warehouses", ()), problems)
    load_channels(world, section.get("sales_channels", ()), problems)
    load_products(world, section.get("products", ()), problems)
    load_stock(world, section.get("stock", ()), problems)
    load_listings(world, section.get("listings", ()), problems)
    load_rules(world, section.get("rules", ()), problems)
    world.order_manager_extra = {key: section[key] for key in ("tokens", "apps") if key in section}
    _check_credentials(section, document.get("marketplacer", {}), problems)
    load_marketplace(world, document.get("marketplacer", {}), document.get("links", ()), problems)
    if not problems.found:
        load_orders(world, section.get("orders", ()), problems)
    load_integration_manager(world, document.get("integration_manager", {}), problems)
    if problems.found:
        raise InvalidWorld(problems.found)
    world.native.start(world)
    world.features = features_of(world)
    return world


def _clock(document: Mapping[str, Any], problems: Problems) -> int:
    text = document.get("clock", _DEFAULT_CLOCK)
    try:
        return instants.parse_instant(text)
    except ValueError:
        problems.add("clock", "must be an ISO 8601 instant such as 2026-01-05T09:00:00Z", text)
        return 0


def _check_credentials(section: Mapping[str, Any], marketplacer: Mapping[str, Any], problems: Problems) -> None:
    for path, given in (
        ("order_manager.tokens", [token.get("token") for token in section.get("tokens", ())]),
        ("order_manager.apps", [app["app_key"] for app in section.get("apps", ())]),
        ("marketplacer.sellers", [seller.get("api_key") for seller in marketplacer.get("sellers", ())]),
    ):
        seen: set[str] = set()
        for index, credential in enumerate(given):
            if credential is not None and credential in seen:
                problems.add(f"{path}[{index}]", "the same credential stands here twice", "…")
            seen.add(credential)


def load_warehouses(world: Account, given: Any, problems: Problems) -> None:
    """Add the warehouses of a world file."""
    ids = Ids("order_manager.warehouses", given, problems)
    for entry, own_id in zip(given, ids, strict=True):
        warehouse = Warehouse(
            id=own_id,
            name=entry["name"],
            type=entry.get("type", "DIRECT_FULFILLMENT"),
            active=entry.get("active", True),
            strict_fifo=entry.get("strict_fifo", False),
            use_component_inventory=entry.get("use_component_inventory", True),
            sales_channel=entry.get("sales_channel"),
        )
        world.warehouses[own_id] = warehouse
    world.inactive_warehouses = frozenset(each.id for each in world.warehouses.values() if not each.active)


def load_channels(world: Account, given: Any, problems: Problems) -> None:
    """Add the sales channels of a world file."""
    ids = Ids("order_manager.sales_channels", given, problems)
    for index, (entry, own_id) in enumerate(zip(given, ids, strict=True)):
        channel = SalesChannel(own_id, entry["name"], active=entry.get("active", True))
        channel.excluded = _excluded(world, entry, f"order_manager.sales_channels[{index}]", problems)
        channel.native = entry.get("native", False)
        channel.push_delay_ms = _push_delay(entry, f"order_manager.sales_channels[{index}]", problems)
        channel.details = {key: entry[key] for key in ("company_name", "type") if key in entry}
        world.channels[own_id] = channel
    for index, warehouse in enumerate(world.warehouses.values()):
        if warehouse.sales_channel is not None and warehouse.sales_channel not in world.channels:
            path = f"order_manager.warehouses[{index}].sales_channel"
            problems.unknown(path, "sales channel", warehouse.sales_channel, world.channels)
    for channel in world.channels.values():
        world.recompute_closed(channel)


def _push_delay(entry: Mapping[str, Any], path: str, problems: Problems) -> int:
    if "push_delay" in entry:
        try:
            return instants.parse_duration(entry["push_delay"])
        except (ValueError, OverflowError):
            problems.add(f"{path}.push_delay", "must be an ISO 8601 duration such as PT15M", entry["push_delay"])
    return PUSH_DELAY_MS


def _excluded(world: Account, entry: Mapping[str, Any], path: str, problems: Problems) -> frozenset[int]:
    given = entry.get("excluded_warehouses")
    if not given:
        return NO_WAREHOUSES
    for index, warehouse in enumerate(given):
        if warehouse not in world.warehouses:
            problems.unknown(f"{path}.excluded_warehouses[{index}]", "warehouse", warehouse, world.warehouses)
    return frozenset(given)


_PRODUCT_DETAILS = ("name", "brand", "upc", "mpn", "description", "parent")


def load_products(world: Account, given: Any, problems: Problems) -> None:
    """Add the products of a world file, bundles with their components."""
    ids = Ids("order_manager.products", given, problems)
    products, by_id = world.products, world.products_by_id
    for index, (entry, own_id) in enumerate(zip(given, ids, strict=True)):
        sku = own_text(entry["master_sku"])
        if sku in products:
            problems.add(f"order_manager.products[{index}].master_sku", "stands here twice", sku)
        product = Product(own_id, sku, intern(entry.get("type", "CORE_PRODUCT")), entry.get("active", True))
        product.allow_backorders = entry.get("allow_backorders", False)
        if "excluded_warehouses" in entry:
            product.excluded = _excluded(world, entry, f"order_manager.products[{index}]", problems)
        details = {key: own_text(entry[key]) for key in _PRODUCT_DETAILS if key in entry}
        product.details = details or NO_DETAILS
        products[sku] = by_id[own_id] = product
    for index, entry in enumerate(given):
        if "components" in entry or "parent" in entry or entry.get("type") == BUNDLE_KIT:
            _join_product(world, entry, f"order_manager.products[{index}]", problems)


def _join_product(world: Account, entry: Mapping[str, Any], path: str, problems: Problems) -> None:
    product = world.products[entry["master_sku"]]
    if "parent" in entry:
        parent = world.products.get(entry["parent"])
        if parent is None:
            problems.unknown(f"{path}.parent", "master SKU", entry["parent"], world.products)
        elif parent.type != VIRTUAL_PRODUCT:
            problems.add(f"{path}.parent", f"is no {VIRTUAL_PRODUCT}", entry["parent"])
    if product.type != BUNDLE_KIT:
        if entry.get("components"):
            problems.add(f"{path}.components", f"only a {BUNDLE_KIT} has components", product.type, nearest=BUNDLE_KIT)
        return
    product.components = tuple(_components(world, entry, path, problems))
    for part in product.components:
        part.product.bundles = (*part.product.bundles, product)


def _components(world: Account, entry: Mapping[str, Any], path: str, problems: Problems) -> list[Component]:
    found: dict[str, Component] = {}
    for index, given in enumerate(entry.get("components", ())):
        place, sku = f"{path}.components[{index}].master_sku", given["master_sku"]
        component = world.products.get(sku)
        if component is None:
            problems.unknown(place, "master SKU", sku, world.products)
        elif component.type != "CORE_PRODUCT":
            problems.add(place, "a component must be a core product", sku)
        elif sku in found:
            problems.add(place, "stands here twice", sku)
        else:
            found[sku] = Component(component, given["quantity"])
    return list(found.values())


def load_stock(world: Account, given: Any, problems: Problems) -> None:
    """Add the stock locations of a world file."""
    ids = Ids("order_manager.stock", given, problems)
    products, warehouses = world.products, world.warehouses
    locations: dict[str, str] = {"": ""}
    for index, (entry, own_id) in enumerate(zip(given, ids, strict=True)):
        product, warehouse = products.get(entry["master_sku"]), warehouses.get(entry["warehouse"])
        path = f"order_manager.stock[{index}]"
        if product is None or warehouse is None or product.type == VIRTUAL_PRODUCT:
            _unplaced(world, entry, path, problems)
            continue
        location = entry.get("location", "")
        if location not in locations:
            locations[location] = location = own_text(location)
        row = StockLocation(own_id, product, warehouse, locations[location], entry["on_hand"] + 0)
        if len(entry) > 3:
            _fill(row, entry)
        if any(other.warehouse is warehouse and other.location == row.location for other in product.stock):
            problems.add(path, "the same location of this master SKU stands here twice", row.location)
        product.stock.append(row)
    world.last_ids["stock"] = ids.last
    for product in products.values():
        if len(product.stock) > 1:
            product.stock.sort(key=lambda row: row.order_of_drawing)


def _fill(row: StockLocation, entry: Mapping[str, Any]) -> None:
    row.locked = entry.get("locked", 0)
    row.allocated = entry.get("allocated", 0)
    row.in_transit = entry.get("in_transit", 0)
    row.minimum = entry.get("minimum", 0)
    row.draw_rank = entry.get("draw_rank", 1)
    row.pickable = entry.get("pickable", True)
    row.receivable = entry.get("receivable", True)
    row.active = entry.get("active", True)


def _unplaced(world: Account, entry: Mapping[str, Any], path: str, problems: Problems) -> None:
    sku, warehouse = entry["master_sku"], entry["warehouse"]
    if sku not in world.products:
        problems.unknown(f"{path}.master_sku", "master SKU", sku, world.products)
    elif world.products[sku].type == VIRTUAL_PRODUCT:
        problems.add(f"{path}.master_sku", "the parent of variations holds no stock", sku)
    if warehouse not in world.warehouses:
        problems.unknown(f"{path}.warehouse", "warehouse", warehouse, world.warehouses)


def load_listings(world: Account, given: Any, problems: Problems) -> None:
    """Add the listings of a world file, each channel's in the order of their ids."""
    ids = Ids("order_manager.listings", given, problems)
    products, channels, listings, now_ms = world.products, world.channels, world.listings, world.now_ms
    for index, (entry, own_id) in enumerate(zip(given, ids, strict=True)):
        product, channel = products.get(entry["master_sku"]), channels.get(entry["sales_channel"])
        if product is None or channel is None:
            _unlisted(world, entry, f"order_manager.listings[{index}]", problems)
            continue
        sku = own_text(entry["listing_sku"])
        if sku in channel.by_sku:
            place = f"order_manager.listings[{index}].listing_sku"
            problems.add(place, f"stands twice on sales channel {channel.id}", sku)
        listing = Listing(own_id, sku, product, channel, 0, 0, now_ms, now_ms)
        if len(entry) > 4:
            listing.active = entry.get("active", True)
            listing.push_inventory = entry.get("push_inventory", True)
            listing.fn_sku = entry.get("fn_sku")
        listings[own_id] = channel.by_sku[sku] = listing
        channel.listings.append(listing)
        product.listings.append(listing)
    world.last_ids["listing"] = ids.last
    _put_in_order(world)


def _put_in_order(world: Account) -> None:
    for channel in world.channels.values():
        channel.listings.sort(key=lambda listing: listing.id)
        for position, listing in enumerate(channel.listings):
            listing.position = position
    for product in world.products.values():
        if len(product.listings) > 1:
            product.listings.sort(key=lambda listing: listing.id)


def _unlisted(world: Account, entry: Mapping[str, Any], path: str, problems: Problems) -> None:
    if entry["master_sku"] not in world.products:
        problems.unknown(f"{path}.master_sku", "master SKU", entry["master_sku"], world.products)
    if entry["sales_channel"] not in world.channels:
        problems.unknown(f"{path}.sales_channel", "sales channel", entry["sales_channel"], world.channels)


def load_rules(world: Account, given: Any, problems: Problems) -> None:
    """Add the channel allocation rules of a world file; one without a master SKU is the whole channel's."""
    for index, entry in enumerate(given):
        path = f"order_manager.rules[{index}]"
        channel = world.channels.get(entry["sales_channel"])
        sku = entry.get("master_sku")
        product = world.products.get(sku) if sku is not None else None
        if channel is None:
            problems.unknown(f"{path}.sales_channel", "sales channel", entry["sales_channel"], world.channels)
        elif sku is not None and product is None:
            problems.unknown(f"{path}.master_sku", "master SKU", sku, world.products)
        else:
            _set_rule(world, channel, product, entry, path, problems)
    if world.readings["alloc.channel-wide-rule"] == "bulk-write":
        _write_in_bulk(world)


def _write_in_bulk(world: Account) -> None:
    """Turn each channel-wide rule into rules of the products listed there that have none of their own (A-8)."""
    for channel in world.channels.values():
        if channel.default_rule is not None:
            for product in listed_on(channel):
                product.rules = {channel.id: channel.default_rule, **(product.rules or {})}
            channel.default_rule = None


def _set_rule(
    world: Account,
    channel: SalesChannel,
    product: Product | None,
    entry: Mapping[str, Any],
    path: str,
    problems: Problems,
) -> None:
    try:
        rule = rule_from(entry, world.readings)
    except Refused as refusal:
        problems.found.append(Problem(f"{path}.{refusal.field}", refusal.message, refusal.value, refusal.nearest))
        return
    present = channel.default_rule if product is None else (product.rules or {}).get(channel.id)
    if present is not None:
        problems.add(path, "there is a rule for this product and sales channel already", entry["sales_channel"])
    elif product is None:
        channel.default_rule = rule
    else:
        product.rules = {**(product.rules or {}), channel.id: rule}
