"""Reads the wait as seconds: a thousand times too long."""

from __future__ import annotations

import sys

import httpx

from conformance.reference.order_manager_to_marketplacer import OrderManager, main

BREAKS = "certify.quota-waited-out"
HEADER = "x-skubana-quota-retryAfter"


class Patient(OrderManager):
    def pause(self, answer: httpx.Response | None, attempt: int, *, last: bool) -> None:
        if answer is not None and HEADER in answer.headers:
            answer.headers[HEADER] = str(float(answer.headers[HEADER]) * 1000)
        super().pause(answer, attempt, last=last)


if __name__ == "__main__":
    sys.exit(main(source=Patient))
