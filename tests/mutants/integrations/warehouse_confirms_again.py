"""Confirms every shipment at every sync."""

from __future__ import annotations

import sys

from conformance.reference.warehouse_to_order_manager import Json, Warehouse, main

BREAKS = "certify.warehouse.shipments-confirmed"


class Again(Warehouse):
    def confirm(self) -> None:
        for order in self.orders.values():
            if order["state"] == "shipped":
                order["state"] = "given"
        super().confirm()

    def confirm_one(self, order_id: int, shipment: Json) -> None:
        method = {"shippingCarrier": shipment["carrier"]}
        self.source.confirm({"orderId": order_id, "trackingNumber": shipment["tracking_number"], "shipMethod": method})


if __name__ == "__main__":
    sys.exit(main(Again))
