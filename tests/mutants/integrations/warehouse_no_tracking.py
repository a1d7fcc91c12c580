"""Confirms without the tracking number: it names the order instead."""

from __future__ import annotations

import sys

from conformance.reference.warehouse_to_order_manager import Json, OrderManager, main

BREAKS = "certify.warehouse.shipments-confirmed"


class NoTracking(OrderManager):
    def confirm(self, shipment: Json) -> None:
        super().confirm({**shipment, "trackingNumber": str(shipment["orderId"])})


if __name__ == "__main__":
    sys.exit(main(source=NoTracking))
