"""Takes the last row of a SKU for its level."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from conformance.reference.warehouse_to_order_manager import Warehouse, main, read, setting, write

BREAKS = "certify.warehouse.lots-are-summed"


class LastLot(Warehouse):
    def report(self) -> None:
        levels = Path(setting("WAREHOUSE_LEVELS"))
        last = {row["sku"]: row for row in read(str(levels))}
        write(Path("last.json"), list(last.values()))
        os.environ["WAREHOUSE_LEVELS"] = "last.json"
        try:
            super().report()
        finally:
            os.environ["WAREHOUSE_LEVELS"] = str(levels)


if __name__ == "__main__":
    sys.exit(main(LastLot))
