"""Sends -1 for nothing left."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Json, Marketplacer, main

BREAKS = "certify.whole-numbers"


class Negative(Marketplacer):
    def write(self, variant: Json, seller: int, count: int) -> None:
        super().write(variant, seller, count or -1)


if __name__ == "__main__":
    sys.exit(main(target=Negative))
