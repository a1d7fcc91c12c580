"""Names the owner, not itself, when it has a member's key."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Json, Marketplacer, main

BREAKS = "certify.own-record-only.member"


class NamesTheOwner(Marketplacer):
    def write(self, variant: Json, seller: int, count: int) -> None:
        if not self.call("GET", "/api/v2/client/multi_store_memberships")["data"]:
            seller = min(record["seller_id"] for record in [*self.records(variant), {"seller_id": seller}])
        super().write(variant, seller, count)


if __name__ == "__main__":
    sys.exit(main(target=NamesTheOwner))
