"""Writes the count to every seller that holds the variant."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Json, Sync, main

BREAKS = "certify.own-record-only"


class EverySeller(Sync):
    def show(self, variant: Json, count: int) -> None:
        super().show(variant, count)
        for record in self.target.records(variant):
            if record["seller_id"] != self.seller and record.get("count_on_hand") != count:
                self.target.write(variant, record["seller_id"], count)


if __name__ == "__main__":
    sys.exit(main(EverySeller))
