"""The orders of a world file: those with allocations hold just these units, the others take theirs in file order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core import instants, orders
from mockserver.core.model import Draw, Order, OrderLine, Pick

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.core.model import Product, SalesChannel, StockLocation, Warehouse
    from mockserver.core.problems import Problems
    from mockserver.core.world import World


def load_orders(world: World, given: Sequence[Mapping[str, Any]], problems: Problems) -> None:
    """Add the orders of a world file."""
    fresh: list[Order] = []
    for index, entry in enumerate(given):
        order = _order(world, entry, f"order_manager.orders[{index}]", problems)
        if order is None:
            continue
        world.orders[order.key] = order
        if "allocations" not in entry:
            fresh.append(order)
    _check_totals(world, problems)
    if problems.found:
        return
    for order in fresh:
        world.touch_order(order)
        if order.held and not order.is_finished and world.readings["orders.hold"] == "keeps":
            order.held = False
            orders.Allocator(world.warehouses, world.readings).allocate(order)
            order.held = True
    for order in world.orders.values():
        world.touch_order(order)
    world.settle()
    world.seq = 0


def _order(world: World, entry: Mapping[str, Any], path: str, problems: Problems) -> Order | None:
    channel = world.channels.get(entry["sales_channel"])
    if channel is None:
        problems.unknown(f"{path}.sales_channel", "sales channel", entry["sales_channel"], world.channels)
        return None
    if (channel.id, entry["order_number"]) in world.orders:
        problems.add(f"{path}.order_number", f"stands twice on sales channel {channel.id}", entry["order_number"])
        return None
    order = Order(
        seq=world.next_id("order"),
        channel=channel,
        order_number=entry["order_number"],
        lines=[],
        created_ms=_instant(entry.get("created_at"), world.now_ms, f"{path}.created_at", problems),
        modified_ms=world.now_ms,
        held=entry.get("held", False),
        awaiting_payment=entry.get("awaiting_payment", False),
        cancelled=entry.get("cancelled", False),
    )
    for index, line in enumerate(entry["lines"]):
        gone = (line.get("cancelled", 0), line.get("shipped", 0))
        if sum(gone) > line["quantity"]:
            problems.add(f"{path}.lines[{index}]", "more cancelled and shipped than ordered", sum(gone))
        product = _ordered_product(world, channel, line, f"{path}.lines[{index}]", problems)
        order.lines.append(OrderLine(line["listing_sku"], product, line["quantity"], *gone))
    if order.cancelled:
        for line in order.lines:
            line.cancelled = line.quantity - line.shipped
    order.draws = _draws(world, order, entry.get("allocations", ()), f"{path}.allocations", problems)
    return order


def _ordered_product(
    world: World, channel: SalesChannel, line: Mapping[str, Any], path: str, problems: Problems
) -> Product | None:
    """Return what the line was sold from: its own master SKU if it names one, else its listing's product."""
    if "master_sku" not in line:
        listing = channel.by_sku.get(line["listing_sku"])
        return listing.product if listing else None
    product = world.products.get(line["master_sku"])
    if product is None:
        problems.unknown(f"{path}.master_sku", "master SKU", line["master_sku"], world.products)
    return product


def _instant(text: str | None, default: int, path: str, problems: Problems) -> int:
    if text is None:
        return default
    try:
        return instants.parse_instant(text)
    except ValueError:
        problems.add(path, "must be an ISO 8601 instant", text)
        return default


def _draws(world: World, order: Order, given: Sequence[Mapping[str, Any]], path: str, problems: Problems) -> list[Draw]:
    """Rebuild the draws of one order: a line's picks in one warehouse make one draw."""
    gathered: dict[tuple[int, Warehouse, bool], dict[str, list[Pick]]] = {}
    for index, entry in enumerate(given):
        place = f"{path}[{index}]"
        line, row = _line(order, entry), _row(world, entry)
        if line is None or row is None or order.lines[line].product is None:
            problems.add(place, "names no line of the order or no stock location", entry["listing_sku"])
            continue
        ready = row.product is order.lines[line].product
        picks = gathered.setdefault((line, row.warehouse, ready), {})
        picks.setdefault(row.product.master_sku, []).append(Pick(row, entry["units"]))
    draws = [
        draw
        for (line, warehouse, ready), picks in gathered.items()
        if (draw := _draw(order, line, warehouse, picks, path, problems, ready=ready)) is not None
    ]
    for index, ordered in enumerate(order.lines):
        held = sum(draw.units for draw in draws if draw.line == index)
        if held > ordered.open:
            problems.add(path, f"more units allocated than open for {ordered.listing_sku!r}", held)
    return draws


def _line(order: Order, entry: Mapping[str, Any]) -> int | None:
    """Return the index of the line that is meant; ``line`` tells two lines of one listing SKU apart."""
    named = [index for index, line in enumerate(order.lines) if line.listing_sku == entry["listing_sku"]]
    wanted = entry.get("line", named[0] if named else None)
    return wanted if wanted in named else None


def _row(world: World, entry: Mapping[str, Any]) -> StockLocation | None:
    product = world.products.get(entry["master_sku"])
    for row in product.stock if product else ():
        if row.warehouse.id == entry["warehouse"] and row.location == entry.get("location", ""):
            return row
    return None


def _draw(
    order: Order,
    line: int,
    warehouse: Warehouse,
    picks: Mapping[str, list[Pick]],
    path: str,
    problems: Problems,
    *,
    ready: bool,
) -> Draw | None:
    product = order.lines[line].product
    assert product is not None  # noqa: S101 - checked by the caller
    per_unit = {product.master_sku: 1} if ready else _recipe(product)
    units = {sku: sum(pick.units for pick in picks.get(sku, ())) for sku in per_unit}
    counts = {units[sku] // each if units[sku] % each == 0 else -1 for sku, each in per_unit.items()}
    if set(picks) - set(per_unit) or len(counts) != 1 or -1 in counts:
        problems.add(path, f"the units in warehouse {warehouse.id} make up no whole number of lines", sorted(picks))
        return None
    return Draw(line, warehouse, counts.pop(), [(each, picks[sku]) for sku, each in per_unit.items()])


def _recipe(product: Product) -> dict[str, int]:
    return {part.product.master_sku: part.quantity for part in product.components}


def _check_totals(world: World, problems: Problems) -> None:
    """A location's allocated units include the allocations of the orders: it cannot have fewer."""
    totals: dict[int, tuple[StockLocation, int]] = {}
    for order in world.orders.values():
        for draw in order.draws:
            for _, picks in draw.groups:
                for pick in picks:
                    totals[pick.row.id] = (pick.row, totals.get(pick.row.id, (pick.row, 0))[1] + pick.units)
    for row, total in totals.values():
        if total > row.allocated:
            place = f"order_manager.stock ({row.product.master_sku}, warehouse {row.warehouse.id}, {row.location!r})"
            problems.add(place, f"the orders hold {total} units here, allocated says fewer", row.allocated)
