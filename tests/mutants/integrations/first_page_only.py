"""Reads one page of each sync."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice

from conformance.reference.order_manager_to_marketplacer import Figure, OrderManager, main

BREAKS = "certify.drains-every-page"


class FirstPage(OrderManager):
    def changes(self, version: str, channel: int) -> Iterator[list[Figure]]:
        yield from islice(super().changes(version, channel), 1)


if __name__ == "__main__":
    sys.exit(main(source=FirstPage))
