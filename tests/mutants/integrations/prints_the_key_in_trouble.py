"""Prints the headers of a request that failed."""

from __future__ import annotations

import sys

import httpx

from conformance.reference.order_manager_to_marketplacer import Marketplacer, main

BREAKS = "certify.no-credential-in-output"


class Verbose(Marketplacer):
    def pause(self, answer: httpx.Response | None, attempt: int, *, last: bool) -> None:
        sys.stderr.write(f"failed: {dict(self.client.headers)}\n")
        super().pause(answer, attempt, last=last)


if __name__ == "__main__":
    sys.exit(main(target=Verbose))
