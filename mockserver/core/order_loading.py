"""The orders of a world file: those with allocations hold just these units, the others take theirs, oldest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.core import instants, orders
from mockserver.core.model import Draw, Order, OrderLine, Pick

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.core.account import Account
    from mockserver.core.model import Product, SalesChannel, StockLocation, Warehouse
    from mockserver.core.problems import Problems


def load_orders(world: Account, given: Sequence[Mapping[str, Any]], problems: Problems) -> None:
    """Add the orders of a world file."""
    fresh: set[Order] = set()
    for index, entry in enumerate(given):
        order = _order(world, entry, f"order_manager.orders[{index}]", problems)
        if order is None:
            continue
        world.orders[order.key] = order
        if "allocations" not in entry:
            fresh.add(order)
    _check_totals(world, problems)
    if problems.found:
        return
    allocator = orders.Allocator(world.warehouses, world.readings)
    for order in sorted(world.orders.values(), key=lambda each: each.age):
        if order in fresh or not order.held:
            allocator.begin(order)
        world.touch_order(order)
    world.settle()
    world.seq = 0


def _order(world: Account, entry: Mapping[str, Any], path: str, problems: Problems) -> Order | None:
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
    world: Account, channel: SalesChannel, line: Mapping[str, Any], path: str, problems: Problems
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


@dataclass(slots=True)
class _Gathered:
    """A draw in the making: its picks by master SKU, of which one line unit takes ``per_unit``."""

    line: int
    warehouse: Warehouse
    per_unit: dict[str, int]
    picks: dict[str, list[Pick]] = field(default_factory=dict)

    def units(self) -> int | None:
        """Return the line units that the picks make up, or None when that is no whole number."""
        if not self.per_unit or self.picks.keys() - self.per_unit:
            return None
        counts = {
            divmod(sum(pick.units for pick in self.picks.get(sku, ())), each) for sku, each in self.per_unit.items()
        }
        whole, rest = counts.pop()
        return None if counts or rest else whole


def _draws(
    world: Account, order: Order, given: Sequence[Mapping[str, Any]], path: str, problems: Problems
) -> list[Draw]:
    """Rebuild the draws of one order, in the order in which they were made."""
    gathered: list[_Gathered] = []
    for index, entry in enumerate(given):
        line, row = _line(order, entry), _row(world, entry)
        if line is None or row is None or order.lines[line].product is None:
            message = "names no line of the order or no stock location"
            problems.add(f"{path}[{index}]", message, entry["listing_sku"])
            continue
        _gather(gathered, order, line, Pick(row, entry["units"]))
    draws = [draw for each in gathered if (draw := _draw(each, path, problems)) is not None]
    for index, ordered in enumerate(order.lines):
        held = sum(draw.units for draw in draws if draw.line == index)
        if held > ordered.open:
            problems.add(path, f"more units allocated than open for {ordered.listing_sku!r}", held)
    return draws


def _gather(gathered: list[_Gathered], order: Order, line: int, pick: Pick) -> None:
    """Add a pick to the draw that it continues, else begin another one: what is drawn first is shipped first."""
    product = order.lines[line].product
    assert product is not None  # noqa: S101 - checked by the caller
    per_unit = {product.master_sku: 1} if pick.row.product is product else _recipe(product)
    sku, warehouse = pick.row.product.master_sku, pick.row.warehouse
    alike = [each for each in gathered if (each.line, each.warehouse, each.per_unit) == (line, warehouse, per_unit)]
    if not alike or (alike[-1].units() is not None and not _continues(gathered[-1], alike[-1], sku)):
        alike.append(_Gathered(line, warehouse, per_unit))
        gathered.append(alike[-1])
    alike[-1].picks.setdefault(sku, []).append(pick)


def _continues(latest: _Gathered, alike: _Gathered, sku: str) -> bool:
    return latest is alike and (sku not in alike.picks or sku == next(reversed(alike.picks)))


def _line(order: Order, entry: Mapping[str, Any]) -> int | None:
    """Return the index of the line that is meant; ``line`` tells two lines of one listing SKU apart."""
    named = [index for index, line in enumerate(order.lines) if line.listing_sku == entry["listing_sku"]]
    wanted = entry.get("line", named[0] if named else None)
    return wanted if wanted in named else None


def _row(world: Account, entry: Mapping[str, Any]) -> StockLocation | None:
    product = world.products.get(entry["master_sku"])
    for row in product.stock if product else ():
        if row.warehouse.id == entry["warehouse"] and row.location == entry.get("location", ""):
            return row
    return None


def _draw(gathered: _Gathered, path: str, problems: Problems) -> Draw | None:
    line, warehouse, picks, units = gathered.line, gathered.warehouse, gathered.picks, gathered.units()
    if units is None:
        problems.add(path, f"the units in warehouse {warehouse.id} make up no whole number of lines", sorted(picks))
        return None
    return Draw(line, warehouse, units, [(each, picks[sku]) for sku, each in gathered.per_unit.items()])


def _recipe(product: Product) -> dict[str, int]:
    return {part.product.master_sku: part.quantity for part in product.components}


def _check_totals(world: Account, problems: Problems) -> None:
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
