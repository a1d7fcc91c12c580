"""Reads a thousand rows at once, below the address without /service."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from conformance.reference.order_manager_to_marketplacer import Figure, OrderManager, main


class LargePages(OrderManager):
    def changes(self, version: str, channel: int) -> Iterator[list[Figure]]:
        path, params = f"/{version}/inventory/acknowledge", {"salesChannelId": channel, "limit": 1000}
        while rows := self.call("POST", path, params=params):
            yield list(self.figures(rows, channel))


if __name__ == "__main__":
    sys.exit(main(source=LargePages))
