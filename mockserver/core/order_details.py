"""
What an order carries beside its units: addresses, dates, money and remarks. None of it moves a unit.

The names are those of commands and world files; what the wire calls them is for the wire to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.core.errors import Refused, nearest
from mockserver.core.instants import parse_instant
from mockserver.core.model import NO_DETAILS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.core.model import Order, Warehouse

ORDER_TEXTS: Final = (
    "order_type", "ship_name", "ship_company", "ship_address1", "ship_address2", "ship_address3", "ship_city",
    "ship_state", "ship_zip_code", "ship_country", "ship_phone", "ship_email", "requested_shipping_service",
    "currency", "internal_notes", "notes_from_buyer", "notes_to_buyer", "custom_field1", "custom_field2",
    "custom_field3", "gift_message",
)  # fmt: skip
ORDER_DATES: Final = ("order_date", "payment_date", "ship_by_date", "receive_by_date")
ORDER_MONEY: Final = (
    "order_total", "order_item_total", "discount", "shipping_cost", "insurance_cost", "insured_value",
    "confirmation_cost", "amount_paid",
)  # fmt: skip
ORDER_FLAGS: Final = ("gift", "external", "pos", "subscription", "suppress_channel_update")
ORDER_NUMBERS: Final = ("length", "width", "height", "weight")
ORDER_OBJECTS: Final = ("customer", "ship_method", "custom_ship_billing", "cancel_reason")
ORDER_KEYS: Final = frozenset(ORDER_TEXTS + ORDER_DATES + ORDER_MONEY + ORDER_FLAGS + ORDER_NUMBERS + ORDER_OBJECTS)

LINE_TEXTS: Final = ("listing_name", "notes", "purchase_order_item_number")
LINE_MONEY: Final = ("unit_price", "tax", "discount")
LINE_KEYS: Final = frozenset(LINE_TEXTS + LINE_MONEY)

_BY_WAREHOUSE_TYPE: Final = {
    "THIRD_PARTY_LOGISTICS": "AWAITING_3PL_EXPORT",
    "DROPSHIP_VENDOR": "AWAITING_DROPSHIP",
}


def given_details(written: Mapping[str, Any], known: frozenset[str] = ORDER_KEYS) -> Mapping[str, Any]:
    """
    Return the details that a command gives to something new; what is null is left out.

    Raises:
        Refused: ``bad_details`` or ``unknown_detail`` with the nearest one.
    """
    return merged_details(NO_DETAILS, written, known)


def merged_details(
    present: Mapping[str, Any], written: Mapping[str, Any], known: frozenset[str] = ORDER_KEYS
) -> Mapping[str, Any]:
    """
    Return details after a change: what is given replaces, null takes away, the rest stays.

    Raises:
        Refused: ``bad_details`` or ``unknown_detail`` with the nearest one.
    """
    given = written.get("details", NO_DETAILS)
    if not hasattr(given, "items"):
        raise Refused("bad_details", "details must be an object", field="details", value=given)
    for key in given:
        if key not in known:
            hint = nearest(key, known)
            raise Refused("unknown_detail", f"no detail {key!r}", field="details", value=key, nearest=hint)
    kept = {key: value for key, value in {**present, **given}.items() if value is not None}
    return kept or NO_DETAILS


def date_of(order: Order, key: str) -> int | None:
    """Return one of the dates of ``ORDER_DATES`` in milliseconds since 1970, None when it is not known."""
    text = order.details.get(key)
    return None if text is None else parse_instant(text)


def order_date(order: Order) -> int:
    """Return when the buyer ordered: as given, else when the order came to be."""
    given = date_of(order, "order_date")
    return order.created_ms if given is None else given


def payment_date(order: Order) -> int | None:
    """Return when the buyer paid: as given, else with the order unless it awaits payment."""
    given = date_of(order, "payment_date")
    return given if given is not None or order.awaiting_payment else order_date(order)


def fulfillment_source(order: Order) -> Warehouse | None:
    """Return the warehouse that the order's first units lie in or came from, else the one it was told to use."""
    if order.draws:
        return order.draws[0].warehouse
    shipped = next((each.warehouse for each in order.shipments if each.warehouse is not None), None)
    return shipped or order.source


def told_status(order: Order, readings: Mapping[str, str]) -> str:
    """
    Return the status that Order Manager tells of an order.

    An order that lies wholly with a third party or a dropship vendor waits for them, unless the reading
    ``om.awaiting-status`` says that every order awaits shipment.
    """
    if order.status != "AWAITING_SHIPMENT" or readings["om.awaiting-status"] == "awaiting-shipment":
        return order.status
    types = {draw.warehouse.type for draw in order.draws}
    return _BY_WAREHOUSE_TYPE.get(types.pop(), order.status) if len(types) == 1 else order.status


def told_unresolved_status(order: Order) -> str | None:
    """Return why an unresolved order cannot go out; None for every other order."""
    return order.unresolved_status if order.status == "UNRESOLVED" else None
