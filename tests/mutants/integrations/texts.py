"""Sends counts as text."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Json, Marketplacer, main

BREAKS = "certify.whole-numbers"


class Texts(Marketplacer):
    def write(self, variant: Json, seller: int, count: int) -> None:
        super().write(variant, seller, str(count))


if __name__ == "__main__":
    sys.exit(main(target=Texts))
