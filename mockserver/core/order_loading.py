"""The orders of a world file: those with allocations hold just these units, the others take theirs, oldest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.core import instants, orders
from mockserver.core.model import Draw, Order, OrderLine, Pick
from mockserver.core.order_commands import release_when_due
from mockserver.core.order_details import LINE_KEYS, given_details
from mockserver.core.problems import Ids
from mockserver.core.shipments import Shipment, keep_shipment, shipment_details

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
        world.add_order(order)
        if "allocations" not in entry:
            fresh.add(order)
    _check_totals(world, problems)
    _load_shipments(world, given, problems)
    if problems.found:
        return
    modified = {order: order.modified_ms for order in world.orders.values()}
    allocator = orders.Allocator(world.warehouses, world.readings)
    for order in sorted(world.orders.values(), key=lambda each: each.age):
        if order in fresh or not order.held:
            allocator.begin(order)
        release_when_due(world, order)
        world.touch_order(order)
    world.settle()
    world.seq = 0
    for order, at_ms in modified.items():
        order.modified_ms = at_ms


def _load_shipments(world: Account, given: Sequence[Mapping[str, Any]], problems: Problems) -> None:
    """Add what the orders of a world file have sent out so far."""
    written = [(entry, shipment) for entry in given for shipment in entry.get("shipments", ())]
    ids = Ids("order_manager.orders[].shipments", [shipment for _, shipment in written], problems)
    for (entry, shipment), own_id in zip(written, ids, strict=True):
        order = world.orders.get((entry["sales_channel"], entry["order_number"]))
        if order is not None:
            keep_shipment(world, _shipment(world, order, shipment, own_id, problems))
    world.last_ids["shipment"] = ids.last


def _shipment(world: Account, order: Order, written: Mapping[str, Any], own_id: int, problems: Problems) -> Shipment:
    path = f"the shipments of order {order.order_number!r}"
    for part in written["lines"]:
        if part["line"] >= len(order.lines):
            problems.add(
                f"{path}: lines", "the order has no such line", part["line"], nearest=str(len(order.lines) - 1)
            )
    return Shipment(
        id=own_id,
        order=order,
        created_ms=_instant(written.get("created_at"), order.created_ms, f"{path}: created_at", problems),
        units=tuple((part["line"], part["quantity"]) for part in written["lines"]),
        warehouse=_warehouse(world, written.get("warehouse"), f"{path}: warehouse", problems),
        external=written.get("external", False),
        details=shipment_details(written),
    )


def _warehouse(world: Account, named: int | None, path: str, problems: Problems) -> Warehouse | None:
    if named is not None and named not in world.warehouses:
        problems.unknown(path, "warehouse", named, world.warehouses)
    return None if named is None else world.warehouses.get(named)


def _order(world: Account, entry: Mapping[str, Any], path: str, problems: Problems) -> Order | None:
    channel = world.channels.get(entry["sales_channel"])
    if channel is None:
        problems.unknown(f"{path}.sales_channel", "sales channel", entry["sales_channel"], world.channels)
        return None
    if (channel.id, entry["order_number"]) in world.orders:
        problems.add(f"{path}.order_number", f"stands twice on sales channel {channel.id}", entry["order_number"])
        return None
    created_ms = _instant(entry.get("created_at"), world.now_ms, f"{path}.created_at", problems)
    order = Order(
        seq=world.next_id("order"),
        channel=channel,
        order_number=entry["order_number"],
        lines=[],
        created_ms=created_ms,
        modified_ms=_instant(entry.get("modified_at"), created_ms, f"{path}.modified_at", problems),
        held=entry.get("held", False),
        awaiting_payment=entry.get("awaiting_payment", False),
        cancelled=entry.get("cancelled", False),
        hold_until_ms=_hold_until(entry, f"{path}.hold_until", problems),
        source=_warehouse(world, entry.get("fulfillment_source"), f"{path}.fulfillment_source", problems),
        details=given_details(entry),
    )
    for index, line in enumerate(entry["lines"]):
        gone = (line.get("cancelled", 0), line.get("shipped", 0))
        if sum(gone) > line["quantity"]:
            problems.add(f"{path}.lines[{index}]", "more cancelled and shipped than ordered", sum(gone))
        product = _ordered_product(world, channel, line, f"{path}.lines[{index}]", problems)
        details = given_details(line, LINE_KEYS)
        order.lines.append(OrderLine(line["listing_sku"], product, line["quantity"], *gone, details=details))
    if order.cancelled:
        for line in order.lines:
            line.cancelled = line.quantity - line.shipped
    order.cancelled = order.cancelled or all(line.cancelled == line.quantity for line in order.lines)
    order.draws = _draws(world, order, entry.get("allocations", ()), f"{path}.allocations", problems)
    return order


def _hold_until(entry: Mapping[str, Any], path: str, problems: Problems) -> int | None:
    text = entry.get("hold_until")
    return None if text is None else _instant(text, 0, path, problems)


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
        if held > max(0, ordered.open):
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
