"""Commands on invoices: sent, ready, collected, and their shipments. Each checks all before it changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core import instants
from mockserver.core.arguments import required, units
from mockserver.core.errors import Refused, nearest
from mockserver.core.invoices import BUY_ONLINE, CLICK_AND_COLLECT, InvoiceShipment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.core.account import Account
    from mockserver.core.invoices import Invoice

Items = dict[int, int]


def invoice_of(world: Account, invoice_id: object, seller: int | None) -> Invoice:
    """
    Return an invoice; with a seller only one of theirs.

    Raises:
        Refused: ``not_found`` with the nearest id.
    """
    known = world.marketplace.invoices
    invoice = known.get(invoice_id) if isinstance(invoice_id, int) else None
    if invoice is None or seller not in (None, invoice.seller):
        own = [each.id for each in known.values() if seller in (None, each.seller)]
        message = "no invoice with this id belongs to the key"
        hint = nearest(invoice_id, own) if own else None
        raise Refused("not_found", message, field="invoice", value=invoice_id, nearest=hint)
    return invoice


def _named(world: Account, command: Mapping[str, Any]) -> Invoice:
    return invoice_of(world, required(command, "invoice"), command.get("by"))


def _check_step(world: Account, invoice: Invoice, *, delivery_type: str, statuses: tuple[str, ...]) -> None:
    """Refuse a step that does not fit the invoice, unless the reading lets everything pass."""
    if world.readings["mp.invoice-step"] == "accepted":
        return
    if invoice.delivery_type != delivery_type:
        message = f"the invoice is {invoice.delivery_type}, not {delivery_type}"
        raise Refused("unprocessable", message, field="delivery_type", value=invoice.delivery_type)
    if invoice.status not in statuses:
        message = f"the invoice is {invoice.status} already, it must be {' or '.join(statuses)}"
        raise Refused("unprocessable", message, field="status", value=invoice.status)


def invoice_send(world: Account, command: Mapping[str, Any]) -> object:
    """Mark an invoice that is bought online as sent: what has not gone out goes as one shipment."""
    invoice = _named(world, command)
    _check_step(world, invoice, delivery_type=BUY_ONLINE, statuses=("paid", "partially_sent"))
    tracking, carrier = command.get("postage_tracking"), command.get("postage_carrier")
    if items := invoice.open_units():
        _add_shipment(world, invoice, items, world.now_ms, tracking, carrier)
    _changed(world, invoice)
    return None


def invoice_ready(world: Account, command: Mapping[str, Any]) -> object:
    """Mark an invoice for click and collect as ready."""
    invoice = _named(world, command)
    _check_step(world, invoice, delivery_type=CLICK_AND_COLLECT, statuses=("paid",))
    invoice.ready_ms = world.now_ms
    _changed(world, invoice)
    return None


def invoice_collect(world: Account, command: Mapping[str, Any]) -> object:
    """Mark an invoice for click and collect, which was ready, as collected."""
    invoice = _named(world, command)
    _check_step(world, invoice, delivery_type=CLICK_AND_COLLECT, statuses=("ready",))
    invoice.collected_ms = world.now_ms
    _changed(world, invoice)
    return None


def invoice_ship(world: Account, command: Mapping[str, Any]) -> object:
    """Send some units of an invoice: it is then sent, or partially sent while units are left."""
    invoice = _named(world, command)
    items = _items(invoice, required(command, "items"))
    dispatched_ms = _dispatched(world, command)
    _check_step(world, invoice, delivery_type=BUY_ONLINE, statuses=("paid", "partially_sent"))
    tracking, carrier = command.get("tracking"), command.get("carrier")
    shipment = _add_shipment(world, invoice, items, dispatched_ms, tracking, carrier)
    _changed(world, invoice)
    return {"shipment_id": shipment.id}


def invoice_track(world: Account, command: Mapping[str, Any]) -> object:
    """Change tracking number or carrier of a shipment; what is left out stays."""
    invoice = _named(world, command)
    shipment = invoice.shipment(required(command, "shipment"))
    shipment.tracking = command.get("tracking", shipment.tracking)
    shipment.carrier = command.get("carrier", shipment.carrier)
    world.marketplace.note("SHIPMENT", "update", (invoice, shipment))
    _changed(world, invoice)
    return None


def _items(invoice: Invoice, given: Any) -> Items:
    """Return line item id -> units; without a quantity everything of the line that has not gone out."""
    if not isinstance(given, list) or not given:
        raise Refused("unprocessable", "name at least one line item", field="shipped_items", value=given)
    left, chosen = invoice.open_units(), Items()
    for item in given:
        line = item.get("line_item")
        if line not in {each.id for each in invoice.lines}:
            hint = nearest(line, [each.id for each in invoice.lines])
            message = f"the invoice has no line item {line!r}"
            raise Refused("unprocessable", message, field="shipped_items", value=line, nearest=hint)
        rest = left.get(line, 0) - chosen.get(line, 0)
        count = units(item, "quantity", max(rest, 1), least=1)
        if count > rest:
            message = f"{rest} units of line item {line} have not gone out, {count} were named"
            raise Refused("unprocessable", message, field="shipped_items", value=count)
        chosen[line] = chosen.get(line, 0) + count
    return chosen


def _dispatched(world: Account, command: Mapping[str, Any]) -> int:
    text = command.get("dispatched_at")
    if text is None:
        return world.now_ms
    try:
        dispatched_ms = instants.parse_instant(text)
    except (TypeError, ValueError):
        dispatched_ms = -1
    if not instants.is_representable(dispatched_ms):
        message = "dispatched_at must be an ISO 8601 date or instant from 1970 on"
        raise Refused("unprocessable", message, field="dispatched_at", value=text)
    return dispatched_ms


def _add_shipment(
    world: Account, invoice: Invoice, items: Items, dispatched_ms: int, tracking: str | None, carrier: str | None
) -> InvoiceShipment:
    shipment = InvoiceShipment(
        world.next_id("invoice shipment"), dispatched_ms, tuple(sorted(items.items())), tracking, carrier
    )
    invoice.shipments.append(shipment)
    world.marketplace.note("SHIPMENT", "create", (invoice, shipment))
    return shipment


def _changed(world: Account, invoice: Invoice) -> None:
    invoice.updated_ms = world.now_ms
    world.marketplace.note("INVOICE", "update", invoice)
