"""Takes a figure of 0 for no figure."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Json, Sync, main

BREAKS = "certify.zero-is-sent"


class SkipsZero(Sync):
    def show(self, variant: Json, count: int) -> None:
        if count:
            super().show(variant, count)


if __name__ == "__main__":
    sys.exit(main(SkipsZero))
