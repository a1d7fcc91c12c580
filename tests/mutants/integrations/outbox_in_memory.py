"""Keeps what it read in memory until it is delivered, and reads v1.2 only."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

from conformance.reference.order_manager_to_marketplacer import Marketplacer, OrderManager, Sync, main
from conformance.reference.outbox import TABLE, Outbox

BREAKS = "certify.crash-recovered"


class Memory(Outbox):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.file.close()
        self.file = sqlite3.connect(":memory:")
        self.file.execute(TABLE)


class InMemory(Sync):
    def __init__(self, source: OrderManager, channel: int, target: Marketplacer, seller: int, outbox: Outbox) -> None:
        super().__init__(source, channel, target, seller, Memory(Path("outbox.sqlite")))


if __name__ == "__main__":
    sys.exit(main(InMemory))
