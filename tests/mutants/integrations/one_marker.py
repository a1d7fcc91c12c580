"""Reads v1.2 only: what a lost reply took away never comes again."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Sync, main

BREAKS = "certify.lost-acknowledge-reply"


class OneMarker(Sync):
    def read(self, version: str) -> bool:
        return version == "v1.1" or super().read(version)


if __name__ == "__main__":
    sys.exit(main(OneMarker))
