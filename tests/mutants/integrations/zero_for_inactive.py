"""Takes inactive listings for sold out."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Sync, main

BREAKS = "certify.inactive-left-alone"


class Zeroes(Sync):
    def deliver(self) -> bool:
        for listing in self.source.call(
            "GET", "/service/v1/listings", params={"salesChannelId": self.channel, "limit": 500}
        ):
            if not listing["active"]:
                for variant in self.target.variants(listing["listingSku"]):
                    self.show(variant, 0)
        return super().deliver()


if __name__ == "__main__":
    sys.exit(main(Zeroes))
