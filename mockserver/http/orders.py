"""Order Manager's order routes: download, create, edit in bulk, cancel (OM-API-21 to 23)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from mockserver.core.errors import Refused, nearest
from mockserver.core.order_details import fulfillment_source, order_date, payment_date
from mockserver.core.order_details import told_status as status_of
from mockserver.core.order_details import told_unresolved_status as unresolved_status_of
from mockserver.http.auth import check_scope
from mockserver.http.bulk import ItemError, body_of, bulk_answer, error_code, run
from mockserver.http.exchange import json_answer
from mockserver.http.failures import Failure
from mockserver.http.order_manager import in_time, page, texts
from mockserver.http.orders_json import (
    given,
    line_details,
    order_details,
    order_identifier,
    order_json,
    ship_date,
    told_instant,
)
from mockserver.http.query import ids, parsed_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mockserver.core.model import Order
    from mockserver.core.world import World
    from mockserver.http.exchange import Answer, Call

    Query = Mapping[str, Any]

READ: Final = "read_orders"
WRITE: Final = "write_orders"
STATUSES: Final = (
    "UNRESOLVED", "AWAITING_PAYMENT", "AWAITING_SHIPMENT", "AWAITING_MC_FULFILLMENT", "AWAITING_3PL_EXPORT",
    "AWAITING_DROPSHIP", "PENDING_FULFILLMENT", "SHIPPED", "CANCELLED", "ON_HOLD", "SKU_UNPROCESSED",
    "PROCESSED_OUTSIDE_OF_SKUBANA", "FBA_INBOUND_SHIPMENT_PLAN",
)  # fmt: skip
_A_SECOND: Final = 1_000


# -- download --------------------------------------------------------------------------------------


def list_orders(call: Call) -> Answer:
    """
    Answer orders in the order of their ids; filters combine.

    Raises:
        Failure: 400 for a status that does not exist.
    """
    check_scope(call, READ)
    query = parsed_query(call.operation, call.request.query)
    wanted = _statuses(query["status"])
    with call.world.lock:
        world = call.world.world
        rows = (
            order
            for order in _candidates(world, ids(query["orderId"]))
            if (wanted is None or status_of(order, world.readings) in wanted) and _fits(order, query)
        )
        return page(call, query, rows, lambda order: order_json(world, order))


def _statuses(text: str | None) -> frozenset[str] | None:
    if text is None:
        return None
    wanted = texts(text)
    for status in sorted(wanted.difference(STATUSES)):
        hint = nearest(status, STATUSES)
        message = f"status must be one of {', '.join(STATUSES)}, not {status[:40]!r}"
        raise Failure("bad_request", f"{message}; nearest valid: {hint!r}" if hint else message, source="status")
    return wanted


def _candidates(world: World, wanted: frozenset[int] | None) -> Iterable[Order]:
    if wanted is None:
        return world.orders_by_id.values()
    return [world.orders_by_id[each] for each in sorted(wanted) if each in world.orders_by_id]


def _fits(order: Order, query: Query) -> bool:
    return _fits_names(order, query) and _fits_dates(order, query) and _fits_goods(order, query)


def _fits_names(order: Order, query: Query) -> bool:
    numbers, channels, reason = query["orderNumber"], ids(query["salesChannelId"]), query["unresolvedStatus"]
    return (
        (numbers is None or order.order_number in texts(numbers))
        and (channels is None or order.channel.id in channels)
        and (reason is None or unresolved_status_of(order) in texts(reason))
        and query["external"] in (None, order.details.get("external", False))
    )


def _fits_dates(order: Order, query: Query) -> bool:
    shipped = ship_date(order.shipments[-1]) if order.shipments else None
    return all(
        _in_time(at_ms, query[f"{name}DateFrom"], query[f"{name}DateTo"])
        for name, at_ms in (
            ("created", order.created_ms),
            ("modified", order.modified_ms),
            ("order", order_date(order)),
            ("payment", payment_date(order)),
            ("ship", shipped),
        )
    )


def _in_time(at_ms: int | None, since: int | None, until: int | None) -> bool:
    """Whether a date lies between two; it counts in whole seconds, as it is told. An unknown one lies nowhere."""
    if since is None and until is None:
        return True
    return at_ms is not None and in_time(at_ms - at_ms % _A_SECOND, since, until)


def _fits_goods(order: Order, query: Query) -> bool:
    products, warehouses = ids(query["productId"]), ids(query["warehouseId"])
    return (
        products is None or any(line.product is not None and line.product.id in products for line in order.lines)
    ) and (warehouses is None or not warehouses.isdisjoint(_warehouses(order)))


def _warehouses(order: Order) -> set[int]:
    """Return the warehouses that the order draws from, else the one that it came from or is bound to."""
    source = fulfillment_source(order)
    return {draw.warehouse.id for draw in order.draws} | ({source.id} if source else set())


def get_order(call: Call) -> Answer:
    """
    Answer one order.

    Raises:
        Failure: 404 for an unknown id.
    """
    check_scope(call, READ)
    given_id = call.path["orderId"]
    with call.world.lock:
        world = call.world.world
        order = world.orders_by_id.get(int(given_id)) if given_id.isascii() and given_id.isdigit() else None
        if order is None:
            raise Failure("not_found", f"no order {given_id[:40]}")
        return json_answer(order_json(world, order))


def order_named(world: World, name: Mapping[str, Any]) -> Order:
    """
    Return the order of an ``orderId``, or of an ``orderNumber`` on a ``salesChannelId``.

    Raises:
        Refused: ``unknown_order`` with the nearest one.
    """
    own_id, channel, number = name.get("orderId"), name.get("salesChannelId"), name.get("orderNumber")
    if own_id is not None:
        return world.orders_by_id.get(own_id) or _no_order(own_id, world.orders_by_id)
    return world.orders.get((int(channel or 0), str(number))) or _no_order(
        number, [each for key, each in world.orders if key == channel]
    )


def _no_order(wanted: object, known: Iterable[object]) -> NoReturn:
    raise Refused("unknown_order", f"no order {wanted!r}", value=wanted, nearest=nearest(wanted, known))


# -- write -----------------------------------------------------------------------------------------


def create_order(call: Call) -> Answer:
    """
    Create an order and answer it; listing SKUs that nobody knows leave it unresolved.

    Raises:
        Failure: 400 for a missing field, an unknown sales channel or an order number that is taken.
    """
    check_scope(call, WRITE)
    body = body_of(call)
    with call.world.lock:
        outcome = run(call, _creation(call.world.world, body))
        created: Any = outcome.result
        world = call.world.world
        return json_answer(order_json(world, world.orders_by_id[created["order_id"]]))


def _creation(world: World, body: Mapping[str, Any]) -> dict[str, Any]:
    channel = body["salesChannelId"]
    return given(
        {
            "type": "order.create",
            "sales_channel": channel,
            "order_number": body.get("orderNumber") or _free_number(world, channel),
            "lines": [_line(item) for item in body["orderItems"]],
            "hold_until": told_instant(body, "holdUntilDate"),
            "fulfillment_source": _source(body.get("fulfillmentSource")),
            "details": given(order_details(body)),
        }
    )


def _free_number(world: World, channel: int) -> str:
    number = world.last_ids.get("order", 0) + 1
    while (channel, f"OM-{number}") in world.orders:
        number += 1
    return f"OM-{number}"


def _line(item: Mapping[str, Any]) -> dict[str, Any]:
    line = {"listing_sku": item["listingSku"], "quantity": item["quantityOrdered"], "unmapped": True}
    details = line_details(item)
    return {**line, "details": details} if details else line


def _source(written: Mapping[str, Any] | float | None) -> int | None:
    """Return the warehouse that a body names, as an id or as an object; JSON may write an id as 1.0 too."""
    source: Any = written["warehouseId"] if isinstance(written, dict) else written
    return None if source is None else int(source)


def update_orders(call: Call) -> Answer:
    """Edit orders one by one; those that can be edited are, the others are told as errors."""
    check_scope(call, WRITE)
    body = body_of(call)
    details = [order_details(item) for item in body]  # first of all, so that a bad date leaves every order alone
    results, errors = [], []
    with call.world.lock:
        for index, item in enumerate(body, start=1):
            try:
                order = order_named(call.world.world, item["orderIdentifier"])
                _edit(call, order, item, details[index - 1])
            except Refused as refusal:
                errors.append(ItemError(index, str(refusal), error_code(refusal), _name(item["orderIdentifier"])))
                continue
            results.append(order)
        readings = call.world.world.readings
        told = [order_identifier(order) | {"orderStatus": status_of(order, readings)} for order in results]
        return bulk_answer(told, errors)


def _edit(call: Call, order: Order, item: Mapping[str, Any], details: Mapping[str, Any]) -> None:
    command: dict[str, Any] = {
        "type": "order.update",
        "sales_channel": order.channel.id,
        "order_number": order.order_number,
        "details": details,
    }
    if "fulfillmentSource" in item:
        command["fulfillment_source"] = _source(item["fulfillmentSource"])
    outcome = call.world.run(command)
    if outcome.refusal is not None:
        raise outcome.refusal


def _name(identifier: Mapping[str, Any]) -> str:
    own_id = identifier.get("orderId")
    return str(identifier["orderNumber"] if own_id is None else own_id)


def cancel_order(call: Call) -> Answer:
    """
    Cancel what is open of an order, named in the query, and answer the order.

    Raises:
        Failure: 400 without a name or for an order of which nothing is open, 404 for one that does not exist.
    """
    check_scope(call, WRITE)
    query = parsed_query(call.operation, call.request.query)
    by_number = query["orderNumber"] is not None and query["salesChannelId"] is not None
    if query["orderId"] is None and not by_number:
        raise Failure("bad_request", "name the order by orderId, or by orderNumber and salesChannelId")
    with call.world.lock:
        world = call.world.world
        try:
            order = order_named(world, query)
        except Refused as refusal:
            raise Failure("not_found", str(refusal)) from None
        run(call, _cancellation(order, query))
        return json_answer(order_json(world, order))


def _cancellation(order: Order, query: Query) -> dict[str, Any]:
    return given(
        {
            "type": "order.cancel",
            "sales_channel": order.channel.id,
            "order_number": order.order_number,
            "reason_type": query["cancelReasonType"],
            "reason_details": query["cancelReason"],
        }
    )
