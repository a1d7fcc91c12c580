"""Never lowers a count, except to 0."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Json, Sync, main

BREAKS = "certify.oversell-other-channel"


class Upwards(Sync):
    def show(self, variant: Json, count: int) -> None:
        shown = [
            each.get("count_on_hand", 0) for each in self.target.records(variant) if each["seller_id"] == self.seller
        ]
        if count == 0 or not shown or count > shown[0]:
            super().show(variant, count)


if __name__ == "__main__":
    sys.exit(main(Upwards))
