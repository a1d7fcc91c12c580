"""Tries again after 50 ms."""

from __future__ import annotations

import sys
import time

import httpx

from conformance.reference.order_manager_to_marketplacer import Marketplacer, main

BREAKS = "certify.retries-bounded"


class Quick(Marketplacer):
    def pause(self, answer: httpx.Response | None, attempt: int, *, last: bool) -> None:
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main(target=Quick))
