"""Invoices and their shipments of Marketplacer's REST v2: what the key's seller has sold, and how it goes out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mockserver.core.invoice_commands import invoice_of
from mockserver.http.failures import Failure
from mockserver.http.mp_common import (
    answer,
    attributes_of,
    done,
    marketplace_of,
    number_in_path,
    page_of,
    seller_of,
)
from mockserver.http.query import parsed_query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from mockserver.core.invoices import Invoice, InvoiceShipment, LineItem
    from mockserver.http.exchange import Answer, Call

Json = dict[str, Any]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_INCLUDABLE: Final = ("line_items", "customer", "shipments")
# The world knows no shoppers: whoever buys is nobody in particular, at an address that cannot exist.
_CUSTOMER: Final = {
    "first_name": "Mock",
    "surname": "Shopper",
    "company_name": None,
    "email_address": "shopper@example.invalid",
    "phone": None,
    "address": None,
    "city": None,
    "state": None,
    "postcode": None,
    "country": None,
}


# -- reading -----------------------------------------------------------------------------------------


def list_invoices(call: Call) -> Answer:
    """
    Answer the seller's invoices by the time of payment or of change and by status, in pages.

    Raises:
        Failure: 400 for a filter that makes no sense.
    """
    query = parsed_query(call.operation, call.request.query)
    wanted = _wanted(query)
    with call.world.lock:
        invoices = marketplace_of(call).invoices.values()
        found = [each for each in invoices if each.seller == seller_of(call) and _fits(each, query)]
        if call.option("mp.invoice-list-include") == "included":
            return page_of(
                call, query, found, lambda _, each: invoice_json(call, each, linked=wanted), _all_of(call, wanted)
            )
        return page_of(call, query, found, lambda _, each: _with_contents(call, each, wanted))


def _wanted(query: Mapping[str, Any]) -> tuple[str, ...]:
    asked = (query["include"] or "").split(",")
    return tuple(name for name in _INCLUDABLE if name in asked)


def _fits(invoice: Invoice, query: Mapping[str, Any]) -> bool:
    return (
        _is_within(invoice.paid_ms, query["since"], query["until"])
        and _is_within(invoice.updated_ms, query["updated_since"], query["updated_before"])
        and query["status"] in (None, invoice.status)
    )


def _is_within(instant_ms: int, since_ms: int | None, before_ms: int | None) -> bool:
    return (since_ms is None or instant_ms >= since_ms) and (before_ms is None or instant_ms < before_ms)


def get_invoice(call: Call) -> Answer:
    """
    Answer one invoice with its line items, shipments and customers.

    Raises:
        Failure: 404 for an invoice that is not the key's.
    """
    with call.world.lock:
        return _one(call, _invoice(call), _INCLUDABLE)


def _invoice(call: Call) -> Invoice:
    return invoice_of(call.world.world, number_in_path(call, "invoice_id"), seller_of(call))


def _one(call: Call, invoice: Invoice, wanted: Sequence[str]) -> Answer:
    body = {
        "links": {"self": f"{call.request.base_url}/api/v2/client/invoices/{invoice.id}"},
        "data": invoice_json(call, invoice, linked=wanted),
        "included": _contents(call, invoice, wanted),
    }
    return answer(call, body)


# -- writing -----------------------------------------------------------------------------------------


def send_invoice(call: Call) -> Answer:
    """
    Mark an invoice as sent; tracking and carrier may come along.

    Raises:
        Failure: 404 for an invoice that is not the key's, 422 for one that cannot be sent.
    """
    attributes = attributes_of(call, "mp-invoice-sent")
    given: Json = {name: attributes[name] for name in ("postage_tracking", "postage_carrier") if name in attributes}
    return _step(call, "invoice.send", given)


def ready_invoice(call: Call) -> Answer:
    """Mark an invoice as ready for collection. Raises as `send_invoice` does."""
    return _step(call, "invoice.ready", {})


def collect_invoice(call: Call) -> Answer:
    """Mark an invoice as collected. Raises as `send_invoice` does."""
    return _step(call, "invoice.collect", {})


def _step(call: Call, kind: str, given: Json) -> Answer:
    with call.world.lock:
        invoice = _invoice(call)
        done(call.world.run({"type": kind, "invoice": invoice.id, "by": seller_of(call), **given}))
        wanted = ("line_items", "shipments") if invoice.shipments else ("line_items",)
        return _one(call, invoice, wanted)


# -- shipments ---------------------------------------------------------------------------------------


def list_shipments(call: Call) -> Answer:
    """
    Answer the shipments of an invoice, in pages.

    Raises:
        Failure: 404 for an invoice that is not the key's.
    """
    query = parsed_query(call.operation, call.request.query)
    with call.world.lock:
        return page_of(call, query, _invoice(call).shipments, shipment_json)


def get_shipment(call: Call) -> Answer:
    """
    Answer one shipment with its line items and how many of each it holds.

    Raises:
        Failure: 404 for a shipment that the invoice does not have.
    """
    with call.world.lock:
        invoice = _invoice(call)
        return _one_shipment(call, invoice, invoice.shipment(number_in_path(call, "shipment_id")))


def create_shipment(call: Call) -> Answer:
    """
    Send some units of an invoice; 201.

    Raises:
        Failure: 404 for an invoice that is not the key's, 422 for line items that cannot be sent.
    """
    attributes = attributes_of(call, "mp-shipment-create")
    command = _tracking(attributes) | {"items": _items(attributes)}
    if attributes.get("dispatched_at") is not None:
        command["dispatched_at"] = attributes["dispatched_at"]
    with call.world.lock:
        invoice = _invoice(call)
        done(call.world.run({"type": "invoice.ship", "invoice": invoice.id, "by": seller_of(call), **command}))
        return _one_shipment(call, invoice, invoice.shipments[-1], status=201)


def update_shipment(call: Call) -> Answer:
    """
    Change tracking number or carrier of a shipment; what is not named stays.

    Raises:
        Failure: 404 for a shipment that the invoice does not have.
    """
    given = _tracking(attributes_of(call, "mp-shipment-update"))
    with call.world.lock:
        invoice = _invoice(call)
        shipment = invoice.shipment(number_in_path(call, "shipment_id"))
        command = {"type": "invoice.track", "invoice": invoice.id, "shipment": shipment.id, "by": seller_of(call)}
        done(call.world.run(command | given))
        return _one_shipment(call, invoice, shipment)


def _tracking(attributes: Json) -> Json:
    names = {"shipment_tracking_number": "tracking", "shipment_carrier": "carrier"}
    return {names[name]: attributes[name] for name in names if attributes.get(name) is not None}


def _items(attributes: Json) -> list[Json]:
    """Return the units to send: shipped_items, or whole lines by the deprecated names that came before it."""
    if attributes.get("shipped_items"):
        return [
            {"line_item": int(item["line_item_id"]), "quantity": item["quantity"]}
            for item in attributes["shipped_items"]
        ]
    lines = attributes.get("line_item_ids") or attributes.get("line_items_ids")
    if not lines:
        raise Failure("unprocessable", "shipped_items must name at least one line item", source="shipped_items")
    return [{"line_item": int(line)} for line in lines]


# -- how they are written ----------------------------------------------------------------------------


def invoice_json(call: Call, invoice: Invoice, *, linked: Sequence[str] = ()) -> Json:
    """Return an invoice as the API writes it: money as strings, instants with an offset."""
    attributes = {
        "postage": "0.0",
        "paid_at": _instant(invoice.paid_ms),
        "status": invoice.status,
        "delivery_type": invoice.delivery_type,
        "ready_at": _instant(invoice.ready_ms),
        "collected_at": _instant(invoice.collected_ms),
        "subtotal": _money(invoice.total),
        "discount": "0.0",
        "total": _money(invoice.total),
        "tax_total": "0.0",
        "created_at": _instant(invoice.paid_ms),
        "message_to_seller": "",
        "expected_delivery_date": None,
        "expected_delivery_slot": None,
        "postage_tracking": _joined(shipment.tracking for shipment in invoice.shipments),
        "postage_carrier": _joined(shipment.carrier for shipment in invoice.shipments),
        "seller_id": invoice.seller,
    }
    written: Json = {"id": _number(call, invoice.id), "type": "invoices", "attributes": attributes}
    if linked:
        written["relationships"] = _links(call, invoice, linked)
    return written


def _joined(values: Any) -> str | None:
    """Return what several shipments have, separated by commas, as the deprecated fields of an invoice do."""
    return ",".join(value for value in values if value is not None) or None


def _links(call: Call, invoice: Invoice, linked: Sequence[str]) -> Json:
    links: Json = {
        "line_items": {"data": [_link(call, "line_items", line.id) for line in invoice.lines]},
        "shipments": {"data": [_link(call, "shipments", shipment.id) for shipment in invoice.shipments]},
        "customer": {"data": {"type": "customers", "id": "customer"}},
        "billing_customer": {"data": {"type": "customers", "id": "billing_customer"}},
    }
    wanted = (*linked, "billing_customer") if "customer" in linked else linked
    return {name: links[name] for name in links if name in wanted}


def _link(call: Call, kind: str, number: int) -> Json:
    return {"type": kind, "id": _number(call, number)}


def _contents(call: Call, invoice: Invoice, wanted: Sequence[str]) -> list[Json]:
    contents = [line_json(call, line) for line in invoice.lines] if "line_items" in wanted else []
    if "customer" in wanted:
        contents += [_customer_json(name) for name in ("customer", "billing_customer")]
    if "shipments" in wanted:
        contents += [shipment_json(call, shipment) for shipment in invoice.shipments]
    return contents


def _all_of(call: Call, wanted: Sequence[str]) -> Any:
    """Return a function from invoices to what they hold, customers once for all."""

    def contents(invoices: Sequence[Invoice]) -> list[Json]:
        found = {(each["type"], each["id"]): each for invoice in invoices for each in _contents(call, invoice, wanted)}
        return list(found.values())

    return contents


def _with_contents(call: Call, invoice: Invoice, wanted: Sequence[str]) -> Json:
    """Return an invoice of a list, with what is included beside type and id in its relationships."""
    written = invoice_json(call, invoice, linked=wanted)
    relationships = written.get("relationships", {})
    for line, link in zip(invoice.lines, relationships.get("line_items", {}).get("data", ()), strict=False):
        link["attributes"] = line_json(call, line)["attributes"]
    for shipment, link in zip(invoice.shipments, relationships.get("shipments", {}).get("data", ()), strict=False):
        link["attributes"] = shipment_json(call, shipment)["attributes"]
    for name in ("customer", "billing_customer"):
        if name in relationships:
            relationships[name]["data"] |= _CUSTOMER
    return written


def _customer_json(name: str) -> Json:
    return {"id": name, "type": "customers", "attributes": dict(_CUSTOMER)}


def line_json(call: Call, line: LineItem) -> Json:
    """Return a line item as the API writes it: neither variant id nor inventory id."""
    attributes = {
        "price": _money(line.price),
        "status": "allocated",
        "subtotal": _money(line.total),
        "tax_total": "0.0",
        "original_tax_rate": None,
        "total": _money(line.total),
        "quantity": line.quantity,
        "taxon_name": None,
        "brand_name": None,
        **line.names,
    }
    return {"id": _number(call, line.id), "type": "line_items", "attributes": attributes}


def shipment_json(call: Call, shipment: InvoiceShipment) -> Json:
    """Return a shipment as the API writes it."""
    attributes = {
        "shipment_tracking_number": shipment.tracking,
        "shipment_carrier": shipment.carrier,
        "dispatched_at": _instant(shipment.dispatched_ms, "milliseconds"),
    }
    return {"id": _number(call, shipment.id), "type": "shipments", "attributes": attributes}


def _one_shipment(call: Call, invoice: Invoice, shipment: InvoiceShipment, status: int = 200) -> Answer:
    units = dict(shipment.items)
    lines = [line for line in invoice.lines if line.id in units]
    data = shipment_json(call, shipment)
    data["relationships"] = {
        "line_items": {"data": [_link(call, "line_items", line.id) for line in lines]},
        "invoice": {"data": _link(call, "invoices", invoice.id)},
        # Shipped items have no ids.
        "shipped_items": {"data": [{"type": "shipped_items"} for _ in lines]},
    }
    shipped = [
        {
            "id": None,
            "type": "shipped_items",
            "attributes": {"line_item_id": _number(call, line.id), "quantity": units[line.id]},
        }
        for line in lines
    ]
    body = {
        "links": {"self": f"{call.request.base_url}/api/v2/client/invoices/{invoice.id}/shipments/{shipment.id}"},
        "data": data,
        "included": [*(line_json(call, line) for line in lines), *shipped],
    }
    return answer(call, body, status)


def _number(call: Call, number: int) -> int | str:
    return str(number) if call.option("mp.invoice-id-type") == "string" else number


def _money(amount: Decimal) -> str:
    text = format(amount, "f")
    return text if "." in text else f"{text}.0"


def _instant(milliseconds: int | None, timespec: str = "seconds") -> str | None:
    if milliseconds is None:
        return None
    return (_EPOCH + timedelta(milliseconds=milliseconds)).isoformat(timespec=timespec)
