"""Sends Order Manager's token along to the marketplace."""

from __future__ import annotations

import os
import sys
from threading import Event

from conformance.reference.order_manager_to_marketplacer import Marketplacer, main

BREAKS = "certify.authenticates"


class Talkative(Marketplacer):
    def __init__(self, origin: str, key: str, stop: Event) -> None:
        super().__init__(origin, key, stop)
        self.client.headers["X-Source-Token"] = os.environ["ORDER_MANAGER_TOKEN"]


if __name__ == "__main__":
    sys.exit(main(target=Talkative))
