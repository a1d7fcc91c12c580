"""Sends the variant's price along when it has a member's key."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Json, Marketplacer, main

BREAKS = "certify.price-kept.member"


class Priced(Marketplacer):
    def write(self, variant: Json, seller: int, count: int) -> None:
        if self.call("GET", "/api/v2/client/multi_store_memberships")["data"]:
            super().write(variant, seller, count)
            return
        attributes = {"count_on_hand": count, "price": variant["attributes"]["price"]}
        path = f"/api/v2/client/variants/{variant['id']}/inventories"
        self.call("PUT", path, body={"data": [{"attributes": attributes}]})


if __name__ == "__main__":
    sys.exit(main(target=Priced))
