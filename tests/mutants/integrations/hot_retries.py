"""Tries again at once."""

from __future__ import annotations

import sys

import httpx

from conformance.reference.order_manager_to_marketplacer import Marketplacer, main

BREAKS = "certify.retries-bounded"


class Hot(Marketplacer):
    def pause(self, answer: httpx.Response | None, attempt: int, *, last: bool) -> None:
        if answer is None or answer.status_code == 429:
            super().pause(answer, attempt, last=last)


if __name__ == "__main__":
    sys.exit(main(target=Hot))
