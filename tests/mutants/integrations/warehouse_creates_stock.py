"""Gives a product its starting inventory when it has none."""

from __future__ import annotations

import sys

from conformance.reference.warehouse_to_order_manager import Warehouse, main, read, setting

BREAKS = "certify.warehouse.unknown-product"


class Creates(Warehouse):
    def report(self) -> None:
        stock = self.source.stock(self.number)
        for row in read(setting("WAREHOUSE_LEVELS")):
            if row["sku"] not in stock:
                self.create(row["sku"], row["available"])
        super().report()

    def create(self, sku: str, units: int) -> None:
        for product in self.source.pages("/service/v1.1/products", sku=sku):
            if product["masterSku"] == sku:
                row = {"productId": product["productId"], "warehouseId": self.number, "stockLocationName": "GLOBAL"}
                self.source.call("PUT", "/service/v1.1/inventory", body=[{**row, "quantity": units}])


if __name__ == "__main__":
    sys.exit(main(Creates))
