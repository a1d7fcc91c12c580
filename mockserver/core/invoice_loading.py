"""Invoices of a world file, in and out."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from mockserver.core import instants
from mockserver.core.invoices import BUY_ONLINE, NAMES, Invoice, InvoiceShipment, LineItem
from mockserver.core.problems import Ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.core.account import Account
    from mockserver.core.problems import Problems

Document = dict[str, Any]


def load_invoices(world: Account, given: Sequence[Mapping[str, Any]], problems: Problems) -> None:
    """Add the invoices; ids that are left out are given in file order."""
    ids = Ids("marketplacer.invoices", given, problems)
    line_ids = _inner_ids(given, "lines", problems)
    shipment_ids = _inner_ids(given, "shipments", problems)
    for index, (entry, own_id) in enumerate(zip(given, ids, strict=True)):
        path = f"marketplacer.invoices[{index}]"
        if entry["seller"] not in world.marketplace.sellers:
            problems.unknown(f"{path}.seller", "seller", entry["seller"], world.marketplace.sellers)
        lines = tuple(_line(line, line_id) for line, line_id in zip(entry["lines"], line_ids[index], strict=True))
        invoice = _invoice(world, entry, own_id, lines)
        for place, shipment in enumerate(entry.get("shipments", ())):
            shipment_path = f"{path}.shipments[{place}]"
            _load_shipment(invoice, shipment, shipment_ids[index][place], shipment_path, problems)
        world.marketplace.invoices[own_id] = invoice
    world.last_ids["invoice"] = ids.last
    world.last_ids["line item"] = max((each for inner in line_ids for each in inner), default=0)
    world.last_ids["invoice shipment"] = max((each for inner in shipment_ids for each in inner), default=0)


def _inner_ids(given: Sequence[Mapping[str, Any]], key: str, problems: Problems) -> list[list[int]]:
    """Return the ids of what the invoices hold; they count through all invoices."""
    flat = [entry for invoice in given for entry in invoice.get(key, ())]
    numbers = iter(Ids(f"marketplacer.invoices[].{key}", flat, problems))
    return [[next(numbers) for _ in invoice.get(key, ())] for invoice in given]


def _line(entry: Mapping[str, Any], own_id: int) -> LineItem:
    names = {name: entry.get(name) for name in NAMES}
    return LineItem(own_id, entry["quantity"], Decimal(entry.get("price", "0")), names)


def _invoice(world: Account, entry: Mapping[str, Any], own_id: int, lines: tuple[LineItem, ...]) -> Invoice:
    paid_ms = _instant(entry, "paid_at")
    paid_ms = world.now_ms if paid_ms is None else paid_ms
    updated_ms = _instant(entry, "updated_at")
    return Invoice(
        id=own_id,
        seller=entry["seller"],
        order_number=entry.get("order_number", f"MP-{own_id}"),
        delivery_type=entry.get("delivery_type", BUY_ONLINE),
        paid_ms=paid_ms,
        updated_ms=paid_ms if updated_ms is None else updated_ms,
        lines=lines,
        ready_ms=_instant(entry, "ready_at"),
        collected_ms=_instant(entry, "collected_at"),
    )


def _load_shipment(invoice: Invoice, entry: Mapping[str, Any], own_id: int, path: str, problems: Problems) -> None:
    left = invoice.open_units()
    items: list[tuple[int, int]] = []
    for item in entry["items"]:
        line, quantity = item["line"], item["quantity"]
        # Lines are counted within the invoice, so that a file needs no ids.
        if line > len(invoice.lines):
            problems.add(f"{path}.items", f"the invoice has {len(invoice.lines)} lines", line)
            continue
        line_id = invoice.lines[line - 1].id
        if quantity > left.get(line_id, 0):
            problems.add(f"{path}.items", "more units than the line has left", quantity)
        left[line_id] = left.get(line_id, 0) - quantity
        items.append((line_id, quantity))
    dispatched_ms = _instant(entry, "dispatched_at")
    invoice.shipments.append(
        InvoiceShipment(
            own_id,
            invoice.paid_ms if dispatched_ms is None else dispatched_ms,
            tuple(items),
            entry.get("tracking"),
            entry.get("carrier"),
        )
    )


def _instant(entry: Mapping[str, Any], key: str) -> int | None:
    return instants.parse_instant(entry[key]) if entry.get(key) is not None else None


def invoices_of(world: Account) -> list[Document]:
    """Return the invoices as a world file has them."""
    return [_written(invoice) for invoice in world.marketplace.invoices.values()]


def _written(invoice: Invoice) -> Document:
    places = {line.id: place for place, line in enumerate(invoice.lines, start=1)}
    optional = {
        "ready_at": invoice.ready_ms,
        "collected_at": invoice.collected_ms,
    }
    return {
        "id": invoice.id,
        "seller": invoice.seller,
        "order_number": invoice.order_number,
        "delivery_type": invoice.delivery_type,
        "paid_at": instants.instant_text(invoice.paid_ms),
        "updated_at": instants.instant_text(invoice.updated_ms),
        **{key: instants.instant_text(value) for key, value in optional.items() if value is not None},
        "lines": [_written_line(line) for line in invoice.lines],
        "shipments": [_written_shipment(shipment, places) for shipment in invoice.shipments],
    }


def _written_line(line: LineItem) -> Document:
    named = {name: value for name, value in line.names.items() if value is not None}
    return {"id": line.id, "quantity": line.quantity, "price": format(line.price, "f"), **named}


def _written_shipment(shipment: InvoiceShipment, places: Mapping[int, int]) -> Document:
    tracked = {"tracking": shipment.tracking, "carrier": shipment.carrier}
    return {
        "id": shipment.id,
        "dispatched_at": instants.instant_text(shipment.dispatched_ms),
        **{key: value for key, value in tracked.items() if value is not None},
        "items": [{"line": places[line], "quantity": units} for line, units in shipment.items],
    }
