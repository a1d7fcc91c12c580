"""Puts the token into the address, too."""

from __future__ import annotations

import sys
from threading import Event

from conformance.reference.warehouse_to_order_manager import OrderManager, main

BREAKS = "certify.warehouse.authenticates"


class InTheOpen(OrderManager):
    def __init__(self, origin: str, key: str, stop: Event) -> None:
        super().__init__(origin, key, stop)
        self.client.params = self.client.params.set("access_token", key)


if __name__ == "__main__":
    sys.exit(main(source=InTheOpen))
