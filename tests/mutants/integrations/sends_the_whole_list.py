"""Sends all sellers' records back as it read them, with its own count changed."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Json, Marketplacer, main

BREAKS = "certify.own-record-only"


class WholeList(Marketplacer):
    def write(self, variant: Json, seller: int, count: int) -> None:
        counts = {each["seller_id"]: each["count_on_hand"] for each in self.records(variant) if "count_on_hand" in each}
        entries = [{"seller_id": each, "count_on_hand": units} for each, units in (counts | {seller: count}).items()]
        body = {"data": [{"type": "inventories", "attributes": entry} for entry in entries]}
        self.call("PUT", f"/api/v2/client/variants/{variant['id']}/inventories", body=body)


if __name__ == "__main__":
    sys.exit(main(target=WholeList))
