"""Loses the last row of a full page."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from conformance.reference.order_manager_to_marketplacer import PAGE, Figure, Json, OrderManager, main

BREAKS = "certify.drains-every-page"


class OffByOne(OrderManager):
    def figures(self, rows: list[Json], channel: int) -> Iterator[Figure]:
        return super().figures(rows[:-1] if len(rows) == PAGE else rows, channel)


if __name__ == "__main__":
    sys.exit(main(source=OffByOne))
