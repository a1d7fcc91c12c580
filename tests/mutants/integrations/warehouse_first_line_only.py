"""Hands over the first line of an order."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from conformance.reference.warehouse_to_order_manager import Json, OrderManager, main

BREAKS = "certify.warehouse.orders-downloaded"


class FirstLine(OrderManager):
    def waiting_orders(self, warehouse: int) -> Iterator[Json]:
        for order in super().waiting_orders(warehouse):
            yield {**order, "orderItems": order["orderItems"][:1]}


if __name__ == "__main__":
    sys.exit(main(source=FirstLine))
