"""Takes a row with a lower listing id than the last one for a repetition."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from conformance.reference.order_manager_to_marketplacer import Figure, Json, OrderManager, main

BREAKS = "certify.reordering-harmless"


class Ascending(OrderManager):
    def figures(self, rows: list[Json], channel: int) -> Iterator[Figure]:
        highest = 0
        for figure in super().figures(rows, channel):
            if figure.listing > highest:
                highest = figure.listing
                yield figure


if __name__ == "__main__":
    sys.exit(main(source=Ascending))
