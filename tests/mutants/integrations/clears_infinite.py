"""Sends infinite: false with every count."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Json, Sync, main

BREAKS = "certify.infinite-kept"


class Finite(Sync):
    def show(self, variant: Json, count: int) -> None:
        attributes = {"seller_id": self.seller, "count_on_hand": count, "infinite": False}
        path = f"/api/v2/client/variants/{variant['id']}/inventories"
        self.target.call("PUT", path, body={"data": [{"type": "inventories", "attributes": attributes}]})


if __name__ == "__main__":
    sys.exit(main(Finite))
