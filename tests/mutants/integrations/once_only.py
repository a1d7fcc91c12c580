"""Delivers each listing once in its life."""

from __future__ import annotations

import sys
from pathlib import Path

from conformance.reference.order_manager_to_marketplacer import Figure, Sync, main

BREAKS = "certify.changes-arrive"


class OnceOnly(Sync):
    def deliver_one(self, figure: Figure) -> None:
        done = Path(f"done-{figure.listing}")
        if done.exists():
            self.outbox.delivered(figure)
            return
        super().deliver_one(figure)
        done.touch()


if __name__ == "__main__":
    sys.exit(main(OnceOnly))
