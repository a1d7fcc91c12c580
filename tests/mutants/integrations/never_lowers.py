"""Sets a count once, and raises it; a lower one goes out only when it is 0."""

from __future__ import annotations

import sys
from pathlib import Path

from conformance.reference.order_manager_to_marketplacer import Json, Sync, main

BREAKS = "certify.oversell-other-channel"


class Upwards(Sync):
    def show(self, variant: Json, count: int) -> None:
        written = Path(f"written-{variant['id']}")
        shown = [
            each.get("count_on_hand", 0) for each in self.target.records(variant) if each["seller_id"] == self.seller
        ]
        if count == 0 or not written.exists() or not shown or count > shown[0]:
            super().show(variant, count)
            written.touch()


if __name__ == "__main__":
    sys.exit(main(Upwards))
