"""Takes 429 for any other failure and waits as it likes."""

from __future__ import annotations

import sys

import httpx

from conformance.reference.warehouse_to_order_manager import OrderManager, main

BREAKS = "certify.warehouse.quota-waited-out"


class Impatient(OrderManager):
    def pause(self, answer: httpx.Response | None, attempt: int, *, last: bool) -> None:
        super().pause(None, attempt, last=last)


if __name__ == "__main__":
    sys.exit(main(source=Impatient))
