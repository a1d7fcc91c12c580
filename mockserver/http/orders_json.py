"""Orders and shipments <-> JSON. What nobody has told us of an order is null on the wire."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from mockserver.core.instants import instant_text, is_representable, parse_instant
from mockserver.core.order_details import (
    LINE_MONEY,
    LINE_TEXTS,
    ORDER_DATES,
    ORDER_FLAGS,
    ORDER_MONEY,
    ORDER_NUMBERS,
    ORDER_TEXTS,
    date_of,
    fulfillment_source,
    order_date,
    payment_date,
    told_status,
    told_unresolved_status,
)
from mockserver.http.failures import Failure
from mockserver.http.order_manager import product_info, product_stock, sales_channel, wire_instant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.core.model import Order, StockLocation
    from mockserver.core.shipments import Shipment
    from mockserver.core.world import World

    Document = dict[str, Any]

# World files keep a thousand lines an order at most, so these ids never meet.
_ITEMS_AN_ORDER: Final = 1_000
_CAPITAL: Final = re.compile("[A-Z]")
_SNAKE: Final = re.compile("_([a-z])")
_SIX_PLACES: Final = Decimal("0.000001")
_CARRIER_IDS: Final = ("shipping_provider_id", "shipping_service_id", "package_type_id")
_OBJECT_KEYS: Final = {
    "customer": ("customer_id", "name", "company_name", "email_addresses"),
    "ship_method": ("shipping_carrier", *_CARRIER_IDS, "ltl_ftl_shipment"),
    "custom_ship_billing": ("account_number", "country", "zip_code", "type"),
}


def camel(name: str) -> str:
    """Return the wire's name of a detail: ship_zip_code is shipZipCode."""
    return _SNAKE.sub(lambda match: match[1].upper(), name)


def snake(name: str) -> str:
    """Return the name of a detail that the wire calls so: shipZipCode is ship_zip_code."""
    return _CAPITAL.sub(lambda match: f"_{match[0].lower()}", name)


# -- world -> wire ---------------------------------------------------------------------------------


def order_json(world: World, order: Order) -> Document:
    """Return an order as it is downloaded (OM-API-21)."""
    details = order.details
    source = fulfillment_source(order)
    latest = order.shipments[-1] if order.shipments else None
    return {
        "orderId": order.seq,
        "orderNumber": order.order_number,
        "orderStatus": told_status(order, world.readings),
        "unresolvedStatus": told_unresolved_status(order),
        **{camel(name): details.get(name) for name in ORDER_TEXTS},
        **{camel(name): _instant(date_of(order, name)) for name in ORDER_DATES},
        **{camel(name): _money(details.get(name)) for name in ORDER_MONEY},
        **{camel(name): details.get(name, False) for name in ORDER_FLAGS},
        "orderDate": wire_instant(order_date(order)),
        "createdDate": wire_instant(order.created_ms),
        "modifiedDate": wire_instant(order.modified_ms),
        "paymentDate": _instant(payment_date(order)),
        "shipDate": None if latest is None else wire_instant(ship_date(latest)),
        "holdUntilDate": _instant(order.hold_until_ms),
        "salesChannel": sales_channel(order.channel),
        "fulfillmentSource": None if source is None else {"warehouseId": source.id, "name": source.name},
        "customer": _customer(details.get("customer")),
        "shipMethod": _ship_method(details.get("ship_method")),
        "orderItems": [_item(world, order, index) for index in range(len(order.lines))],
        "cancelReason": _cancel_reason(order),
        "shipment": None if latest is None else shipment_json(latest),
        "shipments": [_short_shipment(each) for each in order.shipments],
        "relatedOrderIds": [],
        "labels": [],
        "orderCartonIds": [],
    }


def ship_date(shipment: Shipment) -> int:
    """Return when a shipment left, in milliseconds since 1970: as reported, else when it was told of."""
    reported = shipment.details.get("ship_date")
    return shipment.created_ms if reported is None else parse_instant(reported)


def shipment_json(shipment: Shipment) -> Document:
    """Return a shipment as GET /v1/shipments and an order show it (OM-API-25)."""
    details, order = shipment.details, shipment.order
    return {
        "shipmentId": shipment.id,
        "orderId": order.seq,
        "orderNumber": order.order_number,
        "type": "FULFILLMENT",
        "created": wire_instant(shipment.created_ms),
        "shipDate": wire_instant(ship_date(shipment)),
        "estimatedArrival": _reported(details, "estimated_arrival"),
        "received": _reported(details, "received"),
        "trackingNumber": details.get("tracking_number"),
        "deliveryStatus": details.get("delivery_status", "UNKNOWN"),
        "warehouseId": shipment.warehouse.id if shipment.warehouse else None,
        "shipMethod": _ship_method(
            {"shipping_carrier": details.get("carrier"), **{name: details.get(name) for name in _CARRIER_IDS}}
        ),
        "carrierFee": _money(details.get("carrier_fee")),
        "insuranceTrackingNumber": details.get("insurance_tracking_number"),
        "transactionId": None,
        "external": shipment.external,
        "batchNumber": details.get("batch_number"),
        "rma": None,
        "shippingLabelUrls": [],
    }


def order_identifier(order: Order) -> Document:
    """Return what names an order in a bulk answer."""
    return {"orderId": order.seq, "orderNumber": order.order_number, "salesChannelId": order.channel.id}


def _short_shipment(shipment: Shipment) -> Document:
    tracking = shipment.details.get("tracking_number")
    return {
        "trackingNumbers": [] if tracking is None else [tracking],
        "items": [
            {"listingSku": shipment.order.lines[line].listing_sku, "quantity": units} for line, units in shipment.units
        ],
    }


def _item(world: World, order: Order, index: int) -> Document:
    line = order.lines[index]
    return {
        "orderItemId": order.seq * _ITEMS_AN_ORDER + index,
        "listingSku": line.listing_sku,
        **{camel(name): line.details.get(name) for name in LINE_TEXTS},
        **{camel(name): _money(line.details.get(name)) for name in LINE_MONEY},
        "product": None if line.product is None else product_info(line.product),
        "quantityOrdered": line.quantity,
        "pickingStocks": [{"productStock": product_stock(world, row)} for row in _picked_rows(order, index)],
    }


def _picked_rows(order: Order, line: int) -> list[StockLocation]:
    """Return the stock rows that hold the units of a line, each once, in the order of drawing."""
    picks = [pick for draw in order.draws if draw.line == line for _, picks in draw.groups for pick in picks]
    return list({pick.row.id: pick.row for pick in picks}.values())


def _cancel_reason(order: Order) -> Document | None:
    reason = order.details.get("cancel_reason")
    if reason is None or not order.cancelled:
        return None
    return {"type": reason.get("type"), "details": reason.get("details")}


def _customer(customer: Mapping[str, Any] | None) -> Document | None:
    if customer is None:
        return None
    named = {camel(name): customer.get(name) for name in ("customer_id", "name", "company_name")}
    return {**named, "emailAddresses": customer.get("email_addresses", [])}


def _ship_method(method: Mapping[str, Any] | None) -> Document | None:
    if method is None or all(value is None for value in method.values()):
        return None
    named = {camel(name): method.get(name) for name in ("shipping_carrier", *_CARRIER_IDS)}
    return {**named, "ltlFtlShipment": method.get("ltl_ftl_shipment", False)}


def _instant(at_ms: int | None) -> str | None:
    return None if at_ms is None else wire_instant(at_ms)


def _reported(details: Mapping[str, Any], name: str) -> str | None:
    return _instant(parse_instant(details[name])) if name in details else None


def _money(amount: Mapping[str, str] | None) -> Document | None:
    if amount is None:
        return None
    text = amount["amount"]
    return {"amount": float(text) if "." in text else int(text), "currency": amount["currency"]}


# -- wire -> commands ------------------------------------------------------------------------------


def order_details(body: Mapping[str, Any]) -> Document:
    """
    Return the details that a body gives to an order; null stays, so that an edit can take away.

    Raises:
        Failure: 400 for a date beyond the calendar.
    """
    return {
        **_plain(body, ORDER_TEXTS + ORDER_FLAGS + ORDER_NUMBERS),
        **{name: told_instant(body, camel(name)) for name in ORDER_DATES if camel(name) in body},
        **{name: told_money(body[camel(name)]) for name in ORDER_MONEY if camel(name) in body},
        **{name: _object(body[camel(name)], keys) for name, keys in _OBJECT_KEYS.items() if camel(name) in body},
    }


def line_details(item: Mapping[str, Any]) -> Document:
    """Return the details that a body gives to an order item."""
    money = {name: told_money(item[camel(name)]) for name in LINE_MONEY if camel(name) in item}
    return given({**_plain(item, LINE_TEXTS), **money})


def shipment_dates(report: Mapping[str, Any]) -> Document:
    """
    Return the dates that a report of a shipment gives.

    Raises:
        Failure: 400 for a date beyond the calendar.
    """
    return {snake(name): told_instant(report, name) for name in ("shipDate", "estimatedArrival", "received")}


def shipment_command(order: Order, report: Mapping[str, Any]) -> Document:
    """
    Return the command for a shipment that a body reports of a whole order.

    Raises:
        Failure: 400 for a date beyond the calendar.
    """
    method = report["shipMethod"]
    return ship_command(order) | given(
        {
            "external": True,
            "tracking_number": report["trackingNumber"],
            "carrier": method["shippingCarrier"],
            **{name: method.get(camel(name)) for name in _CARRIER_IDS},
            **shipment_dates(report),
            "delivery_status": report.get("deliveryStatus"),
            "carrier_fee": told_money(report.get("carrierFee")),
            "insurance_tracking_number": report.get("insuranceTrackingNumber"),
        }
    )


def ship_command(order: Order) -> Document:
    """Return the command that ships everything that is open of an order."""
    return {"type": "order.ship", "sales_channel": order.channel.id, "order_number": order.order_number}


def given(values: Mapping[str, Any]) -> Document:
    """Return the values that are not null."""
    return {name: value for name, value in values.items() if value is not None}


def told_instant(body: Mapping[str, Any], name: str) -> str | None:
    """
    Return a date of a body as commands write it, in UTC; None when it is null or left out.

    Raises:
        Failure: 400 for a date beyond the calendar.
    """
    text = body.get(name)
    if text is None:
        return None
    try:
        at_ms = parse_instant(text)
    except (ValueError, OverflowError):
        at_ms = -1
    if not is_representable(at_ms):
        raise Failure("bad_request", f"{name} must be an instant such as 2026-01-05T09:00:00Z", source=name)
    return instant_text(at_ms)


def told_money(amount: Mapping[str, Any] | None) -> Document | None:
    """Return a sum of money as commands write it, to six places; a null one is None."""
    if amount is None:
        return None
    exact = Decimal(str(amount["amount"])).quantize(_SIX_PLACES)
    text = format(exact, "f").rstrip("0").rstrip(".")
    return {"amount": "0" if text == "-0" else text, "currency": amount["currency"]}


def _plain(body: Mapping[str, Any], names: Sequence[str]) -> Document:
    return {name: body[camel(name)] for name in names if camel(name) in body}


def _object(value: Mapping[str, Any] | None, keys: Sequence[str]) -> Document | None:
    return None if value is None else given({name: value.get(camel(name)) for name in keys})
