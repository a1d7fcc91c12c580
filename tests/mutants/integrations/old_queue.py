"""Delivers what failed before after what is new, whatever it says."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from conformance.reference.order_manager_to_marketplacer import Figure, Sync, main

BREAKS = "certify.oversell-late-retry"


class Queue(Sync):
    def failed(self, figure: Figure, error: Exception) -> None:
        super().failed(figure, error)
        self.outbox.delivered(figure)
        with Path("again.jsonl").open("a") as file:
            file.write(json.dumps(figure) + "\n")

    def deliver(self) -> bool:
        again = Path("again.jsonl")
        old = [Figure(*json.loads(line)) for line in again.read_text().splitlines()] if again.exists() else []
        again.unlink(missing_ok=True)
        complete = super().deliver()
        self.outbox.keep(old)
        return super().deliver() and complete


if __name__ == "__main__":
    sys.exit(main(Queue))
