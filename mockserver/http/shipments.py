"""Order Manager's shipment routes: reports from outside, shipping by id, and the list (OM-API-24, OM-API-25)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.core.errors import Refused
from mockserver.core.order_commands import units_to_ship
from mockserver.http.auth import check_scope
from mockserver.http.bulk import ItemError, body_of, bulk_answer, error_code
from mockserver.http.exchange import json_answer
from mockserver.http.order_manager import in_time, page, texts
from mockserver.http.orders import order_named
from mockserver.http.orders_json import (
    order_identifier,
    ship_command,
    ship_date,
    shipment_command,
    shipment_dates,
    shipment_json,
)
from mockserver.http.query import ids, parsed_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mockserver.core.shipments import Shipment
    from mockserver.core.world import World
    from mockserver.http.exchange import Answer, Call

    Query = Mapping[str, Any]
    Row = dict[str, Any]

READ: Final = "read_shipments"
WRITE: Final = "write_shipments"
_A_SECOND: Final = 1_000
_ADDRESS_FILTERS: Final = (
    ("city", "ship_city"),
    ("country", "ship_country"),
    ("state", "ship_state"),
    ("recipient", "ship_name"),
)


# -- reports ---------------------------------------------------------------------------------------


def ship_externally(call: Call) -> Answer:
    """Enter shipments that were made elsewhere, each of a whole order; good reports count whatever the others are."""
    check_scope(call, WRITE)
    body = body_of(call)
    for report in body["shipments"]:  # first of all, so that a bad date leaves every order alone
        shipment_dates(report)
    with call.world.lock:
        told = [_reported(call, index, report) for index, report in enumerate(body["shipments"], start=1)]
        return _answer(call, told)


def _reported(call: Call, index: int, report: Mapping[str, Any]) -> tuple[Row, ItemError | None]:
    name = {key: report.get(key) for key in ("orderId", "orderNumber", "salesChannelId")}
    try:
        order = order_named(call.world.world, name)
        if order.status == "SHIPPED" and order.shipments and call.option("om.shipment-again") == "accepted":
            return _row(order.shipments[-1]), None
        return _row(_ship(call, shipment_command(order, report))), None
    except Refused as refusal:
        return _refused(index, name, None, refusal)


def _ship(call: Call, command: Mapping[str, Any]) -> Shipment:
    outcome = call.world.run(command)
    if outcome.refusal is not None:
        raise outcome.refusal
    made: Any = outcome.result
    return call.world.world.shipments[made["shipment_id"]]


def ship_standard(call: Call) -> Answer:
    """
    Ship orders by their ids as one batch.

    Unless the call asks to complete the batch without them, an order that cannot go keeps the others, too; the reading
    ``om.standard-batch`` may say otherwise.
    """
    check_scope(call, WRITE)
    body = body_of(call)
    with call.world.lock:
        world = call.world.world
        batch = str(body.get("orderBatchNumber") or world.last_ids.get("shipment", 0) + 1)
        wanted = list(enumerate(body["orderIds"], start=1))
        failed = {index: told for index, each in wanted if (told := _unfit(world, index, each, batch)) is not None}
        complete = body.get("completeBatchAndDiscardFailedOrders") or call.option("om.standard-batch") == "good-ones"
        if failed and not complete:
            return _answer(call, failed.values())
        return _answer(call, [failed.get(index) or _shipped(call, each, batch) for index, each in wanted])


def _unfit(world: World, index: int, order_id: int, batch: str) -> tuple[Row, ItemError] | None:
    """Return why an order cannot go out, or None."""
    try:
        units_to_ship(world, ship_command(order_named(world, {"orderId": order_id})))
    except Refused as refusal:
        return _refused(index, {"orderId": order_id}, batch, refusal)
    return None


def _shipped(call: Call, order_id: int, batch: str) -> tuple[Row, None]:
    order = order_named(call.world.world, {"orderId": order_id})
    return _row(_ship(call, ship_command(order) | {"batch_number": batch})), None


# -- answers ---------------------------------------------------------------------------------------


def _row(shipment: Shipment) -> Row:
    return {
        "order": order_identifier(shipment.order),
        "orderBatchNumber": shipment.details.get("batch_number"),
        "shipment": shipment_json(shipment),
        "status": "SUCCESS",
        "processingMessage": None,
    }


def _refused(index: int, name: Mapping[str, Any], batch: str | None, refusal: Refused) -> tuple[Row, ItemError]:
    known = {key: name.get(key) for key in ("orderId", "orderNumber", "salesChannelId")}
    row = {
        "order": known,
        "orderBatchNumber": batch,
        "shipment": None,
        "status": "FAILED",
        "processingMessage": str(refusal),
    }
    identifier = known["orderNumber"] if known["orderId"] is None else known["orderId"]
    return row, ItemError(index, str(refusal), error_code(refusal), str(identifier))


def _answer(call: Call, told: Iterable[tuple[Row, ItemError | None]]) -> Answer:
    """Answer rows, or results and errors, as the reading ``om.shipment-answer`` says."""
    told = list(told)
    if call.option("om.shipment-answer") == "rows":
        return json_answer([row for row, _ in told])
    return bulk_answer([row for row, error in told if error is None], [error for _, error in told if error is not None])


# -- list ------------------------------------------------------------------------------------------


def list_shipments(call: Call) -> Answer:
    """Answer shipments in the order of their ids; filters combine."""
    check_scope(call, READ)
    query = parsed_query(call.operation, call.request.query)
    with call.world.lock:
        shipments = call.world.world.shipments
        rows = (shipments[each] for each in sorted(shipments) if _fits(shipments[each], query))
        return page(call, query, rows, shipment_json)


def _fits(shipment: Shipment, query: Query) -> bool:
    return _fits_ids(shipment, query) and _fits_words(shipment, query) and _fits_dates(shipment, query)


def _fits_ids(shipment: Shipment, query: Query) -> bool:
    warehouse = shipment.warehouse.id if shipment.warehouse else None
    named = {
        "shipmentId": shipment.id,
        "orderId": shipment.order.seq,
        "salesChannelId": shipment.order.channel.id,
        "warehouseId": warehouse,
        "shippingProviderId": shipment.details.get("shipping_provider_id"),
    }
    return all((wanted := ids(query[name])) is None or value in wanted for name, value in named.items())


def _fits_words(shipment: Shipment, query: Query) -> bool:
    told = {
        "batchNumber": shipment.details.get("batch_number"),
        "orderNumber": shipment.order.order_number,
        "trackingNumber": shipment.details.get("tracking_number"),
        "deliveryStatus": shipment.details.get("delivery_status", "UNKNOWN"),
    }
    return all(query[name] is None or value in texts(query[name]) for name, value in told.items()) and all(
        query[name] is None or query[name].lower() == str(shipment.order.details.get(detail)).lower()
        for name, detail in _ADDRESS_FILTERS
    )


def _fits_dates(shipment: Shipment, query: Query) -> bool:
    created_ms, shipped_ms = shipment.created_ms, ship_date(shipment)
    return in_time(
        created_ms - created_ms % _A_SECOND, query["shipmentCreatedFromDate"], query["shipmentCreatedToDate"]
    ) and in_time(shipped_ms - shipped_ms % _A_SECOND, query["shipmentFromDate"], query["shipmentToDate"])
