"""Sends quantities as 7.0."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from conformance.reference.warehouse_to_order_manager import Json, Warehouse, main

BREAKS = "certify.warehouse.whole-numbers"


class Floats(Warehouse):
    def changes(self, level: int, rows: list[Json]) -> Iterator[Json]:
        for change in super().changes(level, rows):
            yield {**change, "onHandQuantity": float(change["onHandQuantity"])}


if __name__ == "__main__":
    sys.exit(main(Floats))
