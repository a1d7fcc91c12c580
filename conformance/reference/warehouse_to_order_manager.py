"""
Stands between a warehouse's system and Order Manager: orders out, shipments and levels in.

Run it with ``python -m conformance.reference.warehouse_to_order_manager [--once | --daemon]``. It is configured by the
environment: ORDER_MANAGER_URL, ORDER_MANAGER_TOKEN, WAREHOUSE_ID, the files WAREHOUSE_LEVELS and WAREHOUSE_SHIPMENTS
that the warehouse writes, WAREHOUSE_ORDERS that it reads, and SYNC_INTERVAL_SECONDS. It keeps one file, given.json, in
its working folder.

A level is what the warehouse has available. Order Manager's on hand is that and the locked units.
"""

from __future__ import annotations

import json
import logging
import sys
from collections import Counter, defaultdict
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from conformance.reference.api import Api, Refused, Unavailable
from conformance.reference.program import log_to_stderr, run, setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

log = logging.getLogger(__name__)

WAITING = "AWAITING_SHIPMENT,AWAITING_3PL_EXPORT,AWAITING_DROPSHIP"  # neither on hold nor waiting for stock or money
PAGE = 100
BATCH = 200

Json = dict[str, Any]


class OrderManager(Api):
    """The part of Order Manager that a warehouse needs."""

    seconds = 10.0

    def pages(self, path: str, **params: Any) -> Iterator[Json]:
        """Yield all rows of a list: past the last page there is an empty one."""
        number = 1
        while rows := self.call("GET", path, params={**params, "limit": PAGE, "page": number}):
            yield from rows
            number += 1

    def waiting_orders(self, warehouse: int) -> Iterator[Json]:
        """Yield the orders that this warehouse is to ship."""
        return self.pages("/service/v1.1/orders", status=WAITING, warehouseId=warehouse)

    def order(self, order_id: int) -> Json:
        """Return one order as it stands now."""
        found: Json = self.call("GET", f"/service/v1.1/orders/{order_id}")
        return found

    def stock(self, warehouse: int) -> dict[str, list[Json]]:
        """Return the stock rows of the warehouse by master SKU, those that orders draw from first."""
        rows: dict[str, list[Json]] = defaultdict(list)
        for row in self.pages("/service/v1/inventory", warehouseId=warehouse):
            rows[row["product"]["masterSku"]].append(row)
        for found in rows.values():
            found.sort(key=lambda row: not (row["active"] and row["pickable"]))
        return rows

    def adjust(self, rows: list[Json]) -> list[Json]:
        """Set on hand of stock rows; return why some were not set."""
        answers = [
            self.call("POST", "/service/v1.1/inventory/adjust", body=rows[first : first + BATCH])
            for first in range(0, len(rows), BATCH)
        ]
        return [error for answer in answers for error in answer["errors"]]

    def confirm(self, shipment: Json) -> None:
        """Tell of a shipment. It is sent once only: when no answer comes, the next sync looks what became of it."""
        body = {"notifyCustomer": False, "updateChannel": True, "shipments": [shipment]}
        self.call("PUT", "/service/v1.1/shipment/external", body=body, tries=1)


class Warehouse:
    """One warehouse: its files, and what of Order Manager's orders it was given."""

    def __init__(self, source: OrderManager, number: int) -> None:
        self.source, self.number = source, number
        self.kept = Path("given.json")
        self.orders: dict[str, Json] = json.loads(self.kept.read_text("utf-8")) if self.kept.exists() else {}

    def __call__(self) -> bool:
        """Bring orders, cancellations, shipments and levels over; return whether nothing failed."""
        done = [self.step(each) for each in (self.load, self.withdraw, self.confirm, self.report)]
        return all(done)

    def step(self, function: Callable[[], None]) -> bool:
        """Do one of the four; a failure of one does not keep the others from being done."""
        try:
            function()
        except (Refused, Unavailable) as error:
            log.error("%s: %s", function.__name__, error)
            return False
        return True

    # -- orders ----------------------------------------------------------------------------------------

    def load(self) -> None:
        """Hand waiting orders to the warehouse, each once."""
        waiting = {str(order["orderId"]): order for order in self.source.waiting_orders(self.number)}
        self.orders.update({key: order_of(order) for key, order in waiting.items() if key not in self.orders})
        self.save()

    def withdraw(self) -> None:
        """Withdraw orders that were cancelled after they were handed over."""
        for key, order in self.orders.items():
            if order["state"] == "given" and self.source.order(int(key))["orderStatus"] == "CANCELLED":
                order["state"] = "cancelled"
        self.save()

    def confirm(self) -> None:
        """Confirm what the warehouse shipped, unless Order Manager knows it already."""
        by_name = {(order["order_number"], order["sales_channel_id"]): key for key, order in self.orders.items()}
        for shipment in read(setting("WAREHOUSE_SHIPMENTS")):
            key = by_name.get((shipment["order_number"], shipment["sales_channel_id"]))
            if key is None:
                log.warning("order %s was never handed to the warehouse", shipment["order_number"])
            elif self.orders[key]["state"] != "shipped":
                self.confirm_one(int(key), shipment)
                self.orders[key]["state"] = "shipped"
                self.save()

    def confirm_one(self, order_id: int, shipment: Json) -> None:
        """Confirm one shipment, with carrier and tracking number."""
        if self.source.order(order_id)["orderStatus"] != "SHIPPED":
            method = {"shippingCarrier": shipment["carrier"]}
            self.source.confirm(
                {"orderId": order_id, "trackingNumber": shipment["tracking_number"], "shipMethod": method}
            )

    def save(self) -> None:
        """Write down what the warehouse was given, for the warehouse and for the next start."""
        write(self.kept, self.orders)
        names = ("order_number", "sales_channel_id", "lines")
        told = [
            {**{name: order[name] for name in names}, "cancelled": order["state"] == "cancelled"}
            for order in self.orders.values()
        ]
        write(Path(setting("WAREHOUSE_ORDERS")), told)

    # -- levels ----------------------------------------------------------------------------------------

    def report(self) -> None:
        """Report the levels that differ from what Order Manager has; lots of one SKU are added up."""
        levels: Counter[str] = Counter()
        for row in read(setting("WAREHOUSE_LEVELS")):
            levels[row["sku"]] += int(row["available"])
        stock = self.source.stock(self.number)
        for sku in levels.keys() - stock.keys():
            log.warning("%s has no stock in this warehouse yet: it needs a starting inventory first", sku)
        changes = [change for sku in levels.keys() & stock.keys() for change in self.changes(levels[sku], stock[sku])]
        for error in self.source.adjust(changes):
            log.error("%s was not set: %s", error["identifier"], error["message"])

    def changes(self, level: int, rows: list[Json]) -> Iterator[Json]:
        """Yield the stock rows to set: the first holds the level, and each its locked units."""
        for row in rows:
            on_hand = row["quantityLocked"] + (max(0, level) if row is rows[0] else 0)
            if row["quantity"] != on_hand:
                yield {
                    "masterSku": row["product"]["masterSku"],
                    "onHandQuantity": on_hand,
                    "warehouseId": self.number,
                    "stockLocationName": row["stockLocation"]["location"],
                }


def order_of(order: Json) -> Json:
    """Return what the warehouse needs of an order; a line without a product is not for it."""
    lines = [
        {"sku": item["product"]["masterSku"], "quantity": item["quantityOrdered"]}
        for item in order["orderItems"]
        if item["product"]
    ]
    channel = order["salesChannel"]["salesChannelId"]
    return {"order_number": order["orderNumber"], "sales_channel_id": channel, "lines": lines, "state": "given"}


def read(name: str) -> list[Json]:
    """Return the rows of a file that the warehouse writes; none while there is no file."""
    path = Path(name)
    rows: list[Json] = json.loads(path.read_text("utf-8")) if path.exists() else []
    return rows


def write(path: Path, value: object) -> None:
    """Write a JSON file, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")
    draft.replace(path)


def main(warehouse: type[Warehouse] = Warehouse, source: type[OrderManager] = OrderManager) -> int:
    """Run the program as the environment says; return its exit code."""
    token = setting("ORDER_MANAGER_TOKEN")
    log_to_stderr(token)
    stop = Event()
    return run(warehouse(source(setting("ORDER_MANAGER_URL"), token, stop), int(setting("WAREHOUSE_ID"))), stop)


if __name__ == "__main__":
    sys.exit(main())
