"""Tries ten times, a little more than 100 ms apart."""

from __future__ import annotations

import sys
import time
from typing import Any

import httpx

from conformance.reference.order_manager_to_marketplacer import Marketplacer, main


class Persistent(Marketplacer):
    def call(self, method: str, path: str, **options: Any) -> Any:
        return super().call(method, path, **{**options, "tries": 10})

    def pause(self, answer: httpx.Response | None, attempt: int, *, last: bool) -> None:
        time.sleep(0.11)


if __name__ == "__main__":
    sys.exit(main(target=Persistent))
