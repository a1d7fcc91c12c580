"""Shows at least one unit where it has shown more: it looks better."""

from __future__ import annotations

import sys
from pathlib import Path

from conformance.reference.order_manager_to_marketplacer import Json, Sync, main

BREAKS = "certify.oversell-sold-out"


class NeverEmpty(Sync):
    def show(self, variant: Json, count: int) -> None:
        seen = Path(f"seen-{variant['id']}")
        super().show(variant, count or int(seen.exists()))
        if count:
            seen.touch()


if __name__ == "__main__":
    sys.exit(main(NeverEmpty))
