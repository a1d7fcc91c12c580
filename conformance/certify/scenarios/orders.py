"""A warehouse's orders: downloaded, withdrawn, shipped and confirmed."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from conformance.certify.history import last
from conformance.certify.scenarios.scene import Scene
from conformance.certify.scenarios.warehouse import VARIABLES, tell
from conformance.certify.stage import Finding
from conformance.certify.warehouse_world import SECOND_SHOP, SHOP, household
from conformance.verdict import Difference, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.certify.history import Exchange
    from conformance.certify.stage import Stage

Name = tuple[str, int]
Lines = dict[str, int]

SHIPPED: Final[Name] = ("S-1", SHOP)
CANCELLED: Final[Name] = ("S-1", SECOND_SHOP)  # the same number on another channel is another order
HELD: Final[Name] = ("H-1", SHOP)
ELSEWHERE: Final[Name] = ("E-1", SHOP)  # the other warehouse's
LATER: Final[Name] = ("S-2", SHOP)
LINES: Final[dict[Name, Lines]] = {
    SHIPPED: {"KETTLE": 2, "PAN": 1},
    CANCELLED: {"KETTLE": 4},
    HELD: {"PAN": 3},
    ELSEWHERE: {"PIN": 1},
    LATER: {"PAN": 5},
}
CARRIER: Final = "UPS"
TRACKING: Final = "1Z999"


def orders(stage: Stage) -> Iterator[Finding]:
    """Let orders come, be downloaded, cancelled and shipped."""
    tell(stage)
    stage.change(*(_create(name) for name in (SHIPPED, CANCELLED, HELD, ELSEWHERE)))
    stage.sync()
    stage.settle_daemon(lambda: SHIPPED in _open(stage) and CANCELLED in _open(stage))
    first = _loaded(stage)
    stage.change(_create(LATER), _cancel(CANCELLED))
    tell(stage, shipments=[_shipment(SHIPPED)])
    stage.sync()
    stage.settle_daemon(lambda: LATER in _open(stage) and CANCELLED not in _open(stage) and bool(_confirmed(stage)))
    yield _downloaded(stage, first)
    yield _held(stage)
    yield _withdrawn(stage, first)
    stage.idle()
    yield _shipped(stage)


def _create(name: Name) -> dict[str, Any]:
    lines = [{"listing_sku": f"{sku}-L", "quantity": units} for sku, units in LINES[name].items()]
    order = {"type": "order.create", "sales_channel": name[1], "order_number": name[0], "lines": lines}
    return {**order, "hold": True} if name == HELD else order


def _cancel(name: Name) -> dict[str, Any]:
    return {"type": "order.cancel", "sales_channel": name[1], "order_number": name[0]}


def _shipment(name: Name) -> dict[str, Any]:
    return {"order_number": name[0], "sales_channel_id": name[1], "carrier": CARRIER, "tracking_number": TRACKING}


# -- what the warehouse was given ----------------------------------------------------------------------


def _loaded(stage: Stage) -> list[tuple[Name, Lines, bool]]:
    """Return the orders in the warehouse's file: name, units by SKU, whether they are withdrawn."""
    try:
        rows = json.loads((stage.folder / "orders.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [_row(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _row(row: dict[str, Any]) -> tuple[Name, Lines, bool]:
    lines: Counter[str] = Counter()
    for line in row.get("lines") or ():
        if isinstance(line, dict) and isinstance(line.get("quantity"), int):
            lines[str(line.get("sku"))] += line["quantity"]
    channel = str(row.get("sales_channel_id"))
    name = (str(row.get("order_number")), int(channel) if channel.isdecimal() else 0)
    return name, dict(lines), row.get("cancelled") is True


def _open(stage: Stage) -> dict[Name, Lines]:
    return {name: lines for name, lines, withdrawn in _loaded(stage) if not withdrawn}


def _reads(stage: Stage) -> list[Exchange]:
    return [each for each in stage.history.all() if each.method == "GET" and "/orders" in each.path]


def _downloaded(stage: Stage, first: list[tuple[Name, Lines, bool]]) -> Finding:
    now = _loaded(stage)
    times = {when: Counter(name for name, _, _ in rows) for when, rows in (("first", first), ("now", now))}
    known_first, known = {name: lines for name, lines, _ in first}, {name: lines for name, lines, _ in now}
    found = [
        _line(name, known_first.get(name)) for name in (SHIPPED, CANCELLED) if known_first.get(name) != LINES[name]
    ]
    found += [_line(LATER, known.get(LATER))] if known.get(LATER) != LINES[LATER] else []
    found += [
        Difference(f"WAREHOUSE_ORDERS, times that {_text(name)} stands there", 1, count)
        for counted in times.values()
        for name, count in counted.items()
        if count > 1
    ]
    found += (
        [Difference(f"WAREHOUSE_ORDERS, {_text(ELSEWHERE)}", "the other warehouse's", "loaded")]
        if ELSEWHERE in known
        else []
    )
    return Finding("certify.warehouse.orders-downloaded", tuple(found), last(_reads(stage), 4))


def _line(name: Name, actual: Lines | None) -> Difference:
    return Difference(f"WAREHOUSE_ORDERS, {_text(name)}", LINES[name], actual)


def _text(name: Name) -> str:
    return f"order {name[0]} of sales channel {name[1]}"


def _held(stage: Stage) -> Finding:
    check = "certify.warehouse.held-orders-stay"
    if not _reads(stage):
        return Finding(check, missing="no orders were read")
    there = HELD in {name for name, _, _ in _loaded(stage)}
    difference = Difference(f"WAREHOUSE_ORDERS, {_text(HELD)}", "on hold, not loaded", "loaded")
    return Finding(check, (difference,) if there else (), last(_reads(stage), 4))


def _withdrawn(stage: Stage, first: list[tuple[Name, Lines, bool]]) -> Finding:
    check = "certify.warehouse.cancelled-orders"
    if CANCELLED not in {name for name, _, _ in first}:
        return Finding(check, missing="the order that was cancelled had not been downloaded")
    difference = Difference(f"WAREHOUSE_ORDERS, {_text(CANCELLED)}", "cancelled, or gone", "still to be shipped")
    return Finding(check, (difference,) if CANCELLED in _open(stage) else (), last(_reads(stage), 4))


# -- what Order Manager was told ------------------------------------------------------------------------


def _confirmed(stage: Stage) -> list[dict[str, Any]]:
    """Return Order Manager's shipments of the order that the warehouse shipped."""
    request = {"api": "order_manager", "as": {"token": 0}, "method": "GET", "path": "/v1/shipments"}
    answer = stage.world.call(request)
    rows = answer.json
    if answer.status != 200 or not isinstance(rows, list):
        raise UnexpectedAnswer("GET /v1/shipments", "200 with a list", answer.status)
    return [row for row in rows if isinstance(row, dict) and row.get("orderNumber") == SHIPPED[0]]


def _shipped(stage: Stage) -> Finding:
    told = _confirmed(stage)
    reports = [each for each in stage.history.all() if each.method == "PUT" and "/shipment/" in each.path]
    found = []
    if len(told) != 1:
        found.append(Difference(f"Order Manager, shipments of {_text(SHIPPED)}", 1, len(told)))
    for row in told:
        method = row.get("shipMethod") or {}
        given = [method.get("shippingCarrier"), row.get("trackingNumber")]
        if given != [CARRIER, TRACKING]:
            found.append(Difference("Order Manager, carrier and tracking number", [CARRIER, TRACKING], given))
    if len(reports) > 1:
        found.append(Difference("shipment reports sent", 1, len(reports)))
    return Finding("certify.warehouse.shipments-confirmed", tuple(found), last(reports))


SCENES: Final = (Scene("warehouse-orders", household, orders, VARIABLES),)
