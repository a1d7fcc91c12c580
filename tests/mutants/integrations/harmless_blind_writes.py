"""Writes every figure that it reads, without looking what is shown; to an infinite record, too."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Json, Sync, main


class Blind(Sync):
    def show(self, variant: Json, count: int) -> None:
        self.target.write(variant, self.seller, count)


if __name__ == "__main__":
    sys.exit(main(Blind))
