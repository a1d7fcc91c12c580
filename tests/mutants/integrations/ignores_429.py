"""Takes 429 for any other failure and waits as it likes."""

from __future__ import annotations

import sys

import httpx

from conformance.reference.order_manager_to_marketplacer import OrderManager, main

BREAKS = "certify.quota-waited-out"


class Impatient(OrderManager):
    def pause(self, answer: httpx.Response | None, attempt: int, *, last: bool) -> None:
        super().pause(None, attempt, last=last)


if __name__ == "__main__":
    sys.exit(main(source=Impatient))
