"""Adds a level that it has reported before once more."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from conformance.reference.warehouse_to_order_manager import Json, Warehouse, main

BREAKS = "certify.warehouse.repeat-is-harmless"


class Adds(Warehouse):
    def changes(self, level: int, rows: list[Json]) -> Iterator[Json]:
        seen = Path(f"seen-{rows[0]['productStockId']}")
        before = rows[0]["quantity"] - rows[0]["quantityLocked"] if seen.exists() else 0
        seen.touch()
        yield from super().changes(level + before, rows)


if __name__ == "__main__":
    sys.exit(main(Adds))
