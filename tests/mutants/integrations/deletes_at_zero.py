"""Removes its record when nothing is left."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Json, Sync, main

BREAKS = "certify.zero-is-sent"


class Deletes(Sync):
    def show(self, variant: Json, count: int) -> None:
        path = f"/api/v2/client/variants/{variant['id']}/inventories"
        for record in self.target.call("GET", path)["data"] if count == 0 else ():
            if record["attributes"]["seller_id"] == self.seller:
                self.target.call("DELETE", f"{path}/{record['id']}")
        if count:
            super().show(variant, count)


if __name__ == "__main__":
    sys.exit(main(Deletes))
