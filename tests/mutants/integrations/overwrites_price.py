"""Sends the variant's price along with the count."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Json, Marketplacer, main

BREAKS = "certify.price-kept"


class Priced(Marketplacer):
    def write(self, variant: Json, seller: int, count: int) -> None:
        attributes = {"seller_id": seller, "count_on_hand": count, "price": variant["attributes"]["price"]}
        body = {"data": [{"type": "inventories", "attributes": attributes}]}
        self.call("PUT", f"/api/v2/client/variants/{variant['id']}/inventories", body=body)


if __name__ == "__main__":
    sys.exit(main(target=Priced))
