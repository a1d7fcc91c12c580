"""Makes a variant for a SKU that the marketplace does not know."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Figure, Sync, main

BREAKS = "certify.unknown-sku"


class Creates(Sync):
    def deliver_one(self, figure: Figure) -> None:
        if not list(self.target.variants(figure.sku)):
            attributes = {"sku": figure.sku, "count_on_hand": figure.figure, "price": 1}
            self.target.call("POST", "/api/v2/client/adverts/1/variants", body={"data": {"attributes": attributes}})
        super().deliver_one(figure)


if __name__ == "__main__":
    sys.exit(main(Creates))
