"""Takes a file of levels for done once it has read it."""

from __future__ import annotations

import sys
from pathlib import Path

from conformance.reference.warehouse_to_order_manager import Warehouse, main, setting

BREAKS = "certify.warehouse.failed-write"


class Once(Warehouse):
    def report(self) -> None:
        levels, done = Path(setting("WAREHOUSE_LEVELS")).read_text(), Path("done.json")
        if not done.exists() or done.read_text() != levels:
            done.write_text(levels)
            super().report()


if __name__ == "__main__":
    sys.exit(main(Once))
