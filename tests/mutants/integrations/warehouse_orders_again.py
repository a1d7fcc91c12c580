"""Hands an order over once more at each sync."""

from __future__ import annotations

import sys
from pathlib import Path

from conformance.reference.warehouse_to_order_manager import Warehouse, main, read, setting, write

BREAKS = "certify.warehouse.orders-downloaded"


class Again(Warehouse):
    def save(self) -> None:
        super().save()
        told = Path(setting("WAREHOUSE_ORDERS"))
        twice = Path("twice")
        if twice.exists():
            write(told, [each for each in read(str(told)) for _ in range(2)])

    def report(self) -> None:
        super().report()
        Path("twice").touch()


if __name__ == "__main__":
    sys.exit(main(Again))
