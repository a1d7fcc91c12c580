"""The integration_manager part of a world file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.core import instants
from mockserver.core.integration_manager import orders
from mockserver.core.integration_manager.commands import quantity
from mockserver.core.integration_manager.model import (
    BEFORE_ARRIVALS,
    Cart,
    KnownOrder,
    Level,
    Merchant,
    OrderManagerTarget,
    SellerTarget,
    Stamp,
    WmsWarehouse,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.core.account import Account
    from mockserver.core.problems import Problems

# A schedule of a second would make the owner wait for an hour of virtual time.
_SHORTEST_MS: Final = 60_000


def load_integration_manager(world: Account, section: Mapping[str, Any], problems: Problems) -> None:
    """Add merchants with their warehouses, levels, carts and known orders, and start their schedules."""
    for index, entry in enumerate(section.get("merchants", ())):
        path = f"integration_manager.merchants[{index}]"
        if entry["name"] in world.integration.merchants:
            problems.add(f"{path}.name", "stands here twice", entry["name"])
        world.integration.merchants[entry["name"]] = _merchant(world, entry, path, problems)
    if not problems.found:
        world.integration.start(world)


def _merchant(world: Account, entry: Mapping[str, Any], path: str, problems: Problems) -> Merchant:
    merchant = Merchant(entry["name"])
    merchant.delivery_ms = _duration(entry, "order_delivery", merchant.delivery_ms, path, problems)
    merchant.inventory_download_ms = _period(
        entry, "inventory_download", merchant.inventory_download_ms, path, problems
    )
    _load_warehouses(world, merchant, entry.get("warehouses", ()), path, problems)
    _load_carts(world, merchant, entry.get("carts", ()), path, problems)
    _load_orders(world, merchant, entry.get("orders", ()), path, problems)
    return merchant


def _load_warehouses(
    world: Account, merchant: Merchant, given: Sequence[Mapping[str, Any]], path: str, problems: Problems
) -> None:
    for index, entry in enumerate(given):
        place, channel = f"{path}.warehouses[{index}]", entry.get("sales_channel")
        if entry["name"] in merchant.warehouses:
            problems.add(f"{place}.name", "stands here twice", entry["name"])
        if channel is not None and channel not in world.channels:
            problems.unknown(f"{place}.sales_channel", "sales channel", channel, world.channels)
        warehouse = WmsWarehouse(entry["name"], entry.get("active", True), channel)
        merchant.warehouses[warehouse.name] = warehouse
        _load_levels(world, warehouse, entry.get("levels", ()), place, problems)


def _load_levels(
    world: Account, warehouse: WmsWarehouse, given: Sequence[Mapping[str, Any]], path: str, problems: Problems
) -> None:
    for index, entry in enumerate(given):
        place = f"{path}.levels[{index}]"
        if entry["sku"] in warehouse.levels:
            problems.add(f"{place}.sku", "stands here twice", entry["sku"])
        as_of = _stamp(world, entry, "as_of", place, problems, place_within=BEFORE_ARRIVALS)
        warehouse.levels[entry["sku"]] = Level(quantity(entry), as_of)


def _load_carts(
    world: Account, merchant: Merchant, given: Sequence[Mapping[str, Any]], path: str, problems: Problems
) -> None:
    for index, entry in enumerate(given):
        place = f"{path}.carts[{index}]"
        if entry["name"] in merchant.carts:
            problems.add(f"{place}.name", "stands here twice", entry["name"])
        target = _target(world, entry, place, problems)
        cart = Cart(entry["name"], target, _schedule(entry, place, problems))
        cart.automatic_delay_ms = _duration(entry, "automatic_delay", cart.automatic_delay_ms, place, problems)
        if "order_download" in entry:
            cart.order_download_ms = _period(entry, "order_download", 0, place, problems)
        cart.minimum_level = entry.get("minimum_level", 0)
        cart.full_sync = entry.get("full_sync", False)
        cart.sync_with_warehouse = entry.get("sync_with_warehouse")
        if cart.sync_with_warehouse not in (None, *merchant.warehouses):
            where = f"{place}.sync_with_warehouse"
            problems.unknown(where, "warehouse of the merchant", cart.sync_with_warehouse, merchant.warehouses)
        merchant.carts[cart.name] = cart


def _target(
    world: Account, entry: Mapping[str, Any], path: str, problems: Problems
) -> OrderManagerTarget | SellerTarget:
    if entry["target"] == "order_manager":
        if "seller" in entry:
            problems.add(f"{path}.seller", "only a cart of the target marketplacer has a seller", entry["seller"])
        return OrderManagerTarget(_warehouse_name(world, entry.get("warehouse_name", ""), path, problems))
    if "warehouse_name" in entry:
        message = "only a cart of the target order_manager has a warehouse name"
        problems.add(f"{path}.warehouse_name", message, entry["warehouse_name"])
    seller = entry.get("seller")
    if seller not in world.marketplace.sellers:
        problems.unknown(f"{path}.seller", "seller", seller, world.marketplace.sellers)
    return SellerTarget(seller or 0)


def _warehouse_name(world: Account, name: str, path: str, problems: Problems) -> str:
    """Return the name of Order Manager's warehouse, blank when sync is off; it must mean exactly one."""
    name = name.strip()
    names = [warehouse.name for warehouse in world.warehouses.values()]
    if name and name not in names:
        problems.unknown(f"{path}.warehouse_name", "warehouse of Order Manager", name, names)
    elif names.count(name) > 1:
        problems.add(f"{path}.warehouse_name", "several warehouses of Order Manager have this name", name)
    return name


def _load_orders(
    world: Account, merchant: Merchant, given: Sequence[Mapping[str, Any]], path: str, problems: Problems
) -> None:
    for index, entry in enumerate(given):
        place = f"{path}.orders[{index}]"
        if entry["cart"] not in merchant.carts:
            problems.unknown(f"{place}.cart", "cart of the merchant", entry["cart"], merchant.carts)
        loaded = _stamp(world, entry, "loaded_at", place, problems, place_within=0)
        orders.keep(
            merchant,
            KnownOrder(
                cart=entry["cart"],
                order_number=entry["order_number"],
                sales_channel=entry.get("sales_channel"),
                ordered_ms=_instant(entry, "ordered_at", loaded[0], place, problems),
                loaded=loaded,
                delivered_ms=_instant(entry, "delivered_at", loaded[0] + merchant.delivery_ms, place, problems),
                warehouse=entry.get("warehouse"),
                units={line["sku"]: line["quantity"] for line in entry["lines"]},
                shipped=entry.get("shipped", False),
            ),
        )


def _stamp(
    world: Account, entry: Mapping[str, Any], key: str, path: str, problems: Problems, *, place_within: int
) -> Stamp:
    place_within = entry.get("sequence", place_within)
    world.integration.arrivals = max(world.integration.arrivals, place_within)
    return (_instant(entry, key, world.now_ms, path, problems), place_within)


def _instant(entry: Mapping[str, Any], key: str, default: int, path: str, problems: Problems) -> int:
    if key not in entry:
        return default
    try:
        return instants.parse_instant(entry[key])
    except ValueError:
        problems.add(f"{path}.{key}", "must be an ISO 8601 instant", entry[key])
        return default


def _duration(entry: Mapping[str, Any], key: str, default: int, path: str, problems: Problems) -> int:
    if key not in entry:
        return default
    try:
        return instants.parse_duration(entry[key])
    except (ValueError, OverflowError):
        problems.add(f"{path}.{key}", "must be an ISO 8601 duration such as PT1H", entry[key])
        return default


def _period(entry: Mapping[str, Any], key: str, default: int, path: str, problems: Problems) -> int:
    period_ms = _duration(entry, key, default, path, problems)
    if key in entry and period_ms < _SHORTEST_MS:
        problems.add(f"{path}.{key}", "a schedule has at least a minute between two runs", entry[key], nearest="PT1M")
    return max(period_ms, _SHORTEST_MS)


def _schedule(entry: Mapping[str, Any], path: str, problems: Problems) -> int | None:
    return None if entry["schedule"] == "automatic" else _period(entry, "schedule", 0, path, problems)
