"""Sends infinite: false when it has a member's key."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Json, Sync, main

BREAKS = "certify.infinite-kept.member"


class Finite(Sync):
    def show(self, variant: Json, count: int) -> None:
        if self.target.call("GET", "/api/v2/client/multi_store_memberships")["data"]:
            super().show(variant, count)
            return
        path = f"/api/v2/client/variants/{variant['id']}/inventories"
        attributes = {"count_on_hand": count, "infinite": False}
        self.target.call("PUT", path, body={"data": [{"attributes": attributes}]})


if __name__ == "__main__":
    sys.exit(main(Finite))
