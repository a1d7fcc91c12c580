"""Ends in the middle when a SKU has no variant."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Figure, Sync, main

BREAKS = "certify.unknown-sku"


class Strict(Sync):
    def deliver_one(self, figure: Figure) -> None:
        if not list(self.target.variants(figure.sku)):
            raise SystemExit(f"no variant {figure.sku}")
        super().deliver_one(figure)


if __name__ == "__main__":
    sys.exit(main(Strict))
