"""Takes a level of 0 for no level."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from conformance.reference.warehouse_to_order_manager import Json, Warehouse, main

BREAKS = "certify.warehouse.levels-arrive"


class SkipsZero(Warehouse):
    def changes(self, level: int, rows: list[Json]) -> Iterator[Json]:
        yield from super().changes(level, rows) if level else ()


if __name__ == "__main__":
    sys.exit(main(SkipsZero))
