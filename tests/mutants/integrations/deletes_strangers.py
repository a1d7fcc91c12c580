"""Removes other sellers' records, as if the list were its own."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Json, Sync, main

BREAKS = "certify.own-record-only"


class Tidy(Sync):
    def show(self, variant: Json, count: int) -> None:
        super().show(variant, count)
        path = f"/api/v2/client/variants/{variant['id']}/inventories"
        for record in self.target.call("GET", path)["data"]:
            if record["attributes"]["seller_id"] != self.seller:
                self.target.call("DELETE", f"{path}/{record['id']}")


if __name__ == "__main__":
    sys.exit(main(Tidy))
