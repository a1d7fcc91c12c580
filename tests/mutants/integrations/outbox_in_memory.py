"""Keeps what it read in memory until it is delivered."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

from conformance.reference.order_manager_to_marketplacer import Marketplacer, OrderManager, Sync, main
from conformance.reference.outbox import TABLE, Outbox

BREAKS = "certify.crash-recovered"


class InMemory(Outbox):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.file.close()
        self.file = sqlite3.connect(":memory:")
        self.file.execute(TABLE)


class Forgetful(Sync):
    def __init__(self, source: OrderManager, channel: int, target: Marketplacer, seller: int, outbox: Outbox) -> None:
        outbox.file.close()
        super().__init__(source, channel, target, seller, InMemory(Path("outbox.sqlite")))


if __name__ == "__main__":
    sys.exit(main(Forgetful))
