"""Keeps every figure that it was ever told, and compares all of them with the marketplace at each sync."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path

from conformance.reference.api import Refused, Unavailable
from conformance.reference.order_manager_to_marketplacer import Sync, main


class Compares(Sync):
    def deliver(self) -> bool:
        known = json.loads(Path("known.json").read_text()) if Path("known.json").exists() else {}
        known |= {figure.sku: figure.figure for figure in self.outbox.pending()}
        Path("known.json").write_text(json.dumps(known))
        complete = super().deliver()
        for sku, count in known.items():
            for variant in self.target.variants(sku):
                with suppress(Refused, Unavailable):
                    self.show(variant, count)
        return complete


if __name__ == "__main__":
    sys.exit(main(Compares))
