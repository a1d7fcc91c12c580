"""Sends the key in MARKETPLACER-API-KEY."""

from __future__ import annotations

import sys
from threading import Event

from conformance.reference.order_manager_to_marketplacer import Marketplacer, main


class KeyHeader(Marketplacer):
    def __init__(self, origin: str, key: str, stop: Event) -> None:
        super().__init__(origin, key, stop)
        self.client.headers["MARKETPLACER-API-KEY"] = key
        del self.client.headers["Authorization"]


if __name__ == "__main__":
    sys.exit(main(target=KeyHeader))
