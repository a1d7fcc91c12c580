"""As a member it names no seller and sends an array of two, of which the last one counts."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Json, Marketplacer, main


class OwnWay(Marketplacer):
    def write(self, variant: Json, seller: int, count: int) -> None:
        if self.call("GET", "/api/v2/client/multi_store_memberships")["data"]:
            super().write(variant, seller, count)
            return
        body = {"data": [{"attributes": {"count_on_hand": each}} for each in (count + 1, count)]}
        self.call("PUT", f"/api/v2/client/variants/{variant['id']}/inventories", body=body)


if __name__ == "__main__":
    sys.exit(main(target=OwnWay))
