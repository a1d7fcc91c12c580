"""Ends when a SKU has no stock row."""

from __future__ import annotations

import sys

from conformance.reference.warehouse_to_order_manager import Warehouse, main, read, setting

BREAKS = "certify.warehouse.unknown-product"


class Strict(Warehouse):
    def report(self) -> None:
        stock = self.source.stock(self.number)
        for row in read(setting("WAREHOUSE_LEVELS")):
            if row["sku"] not in stock:
                raise SystemExit(f"no stock of {row['sku']}")
        super().report()


if __name__ == "__main__":
    sys.exit(main(Strict))
