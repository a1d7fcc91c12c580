"""Puts the token into the address, too."""

from __future__ import annotations

import sys
from threading import Event

from conformance.reference.order_manager_to_marketplacer import OrderManager, main

BREAKS = "certify.authenticates"


class InTheOpen(OrderManager):
    def __init__(self, origin: str, key: str, stop: Event) -> None:
        super().__init__(origin, key, stop)
        self.client.params = self.client.params.set("access_token", key)


if __name__ == "__main__":
    sys.exit(main(source=InTheOpen))
