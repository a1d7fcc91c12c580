"""Adds up rows of one listing, as if they were lots."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from conformance.reference.order_manager_to_marketplacer import Figure, Json, OrderManager, main

BREAKS = "certify.duplicates-harmless"


class AddsUp(OrderManager):
    def figures(self, rows: list[Json], channel: int) -> Iterator[Figure]:
        units: dict[int, Figure] = {}
        for each in super().figures(rows, channel):
            before = units.get(each.listing)
            units[each.listing] = each._replace(figure=each.figure + (before.figure if before else 0))
        yield from units.values()


if __name__ == "__main__":
    sys.exit(main(source=AddsUp))
