"""Keeps one unit back."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Json, Marketplacer, main

BREAKS = "certify.figures-match"


class Careful(Marketplacer):
    def write(self, variant: Json, seller: int, count: int) -> None:
        super().write(variant, seller, max(0, count - 1))


if __name__ == "__main__":
    sys.exit(main(target=Careful))
