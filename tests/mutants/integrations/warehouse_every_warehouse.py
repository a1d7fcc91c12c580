"""Writes the levels to every warehouse that holds the product."""

from __future__ import annotations

import sys

from conformance.reference.warehouse_to_order_manager import Json, OrderManager, main

BREAKS = "certify.warehouse.own-warehouse-only"


class Everywhere(OrderManager):
    def adjust(self, rows: list[Json]) -> list[Json]:
        skus = {row["masterSku"]: row["onHandQuantity"] for row in rows}
        others = [
            {
                "masterSku": row["product"]["masterSku"],
                "onHandQuantity": skus[row["product"]["masterSku"]],
                "warehouseId": row["stockLocation"]["warehouseId"],
                "stockLocationName": row["stockLocation"]["location"],
            }
            for row in self.pages("/service/v1/inventory")
            if row["product"]["masterSku"] in skus
        ]
        return super().adjust([*others, *rows])


if __name__ == "__main__":
    sys.exit(main(source=Everywhere))
