"""Takes a push whose connection broke for delivered: it must have arrived."""

from __future__ import annotations

import sys

from conformance.reference.api import Unavailable
from conformance.reference.order_manager_to_marketplacer import Json, Marketplacer, main

BREAKS = "certify.failed-push-reset"


class Hopeful(Marketplacer):
    def write(self, variant: Json, seller: int, count: int) -> None:
        body = {"data": [{"attributes": {"seller_id": seller, "count_on_hand": count}}]}
        try:
            self.call("PUT", f"/api/v2/client/variants/{variant['id']}/inventories", body=body, tries=1)
        except Unavailable as error:
            if "Protocol" not in str(error) and "ReadError" not in str(error):
                raise


if __name__ == "__main__":
    sys.exit(main(target=Hopeful))
