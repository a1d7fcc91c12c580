"""Stops at the first listing that cannot be written, and starts there again."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Figure, Sync, main

BREAKS = "certify.failed-push-blocks-nobody"


class InLine(Sync):
    def failed(self, figure: Figure, error: Exception) -> None:
        raise SystemExit(f"{figure.sku}: {error}")


if __name__ == "__main__":
    sys.exit(main(InLine))
