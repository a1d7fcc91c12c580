"""Sends again what failed, as it was, in place of the newer figure."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from conformance.reference.order_manager_to_marketplacer import Figure, Sync, main

BREAKS = "certify.oversell-late-retry"


class Replays(Sync):
    def failed(self, figure: Figure, error: Exception) -> None:
        super().failed(figure, error)
        Path("replay.json").write_text(json.dumps(figure))

    def deliver_one(self, figure: Figure) -> None:
        old = Figure(*json.loads(Path("replay.json").read_text())) if Path("replay.json").exists() else figure
        if old.listing == figure.listing and old != figure:
            self.outbox.delivered(figure)
            Path("replay.json").unlink()
            figure = old
        super().deliver_one(figure)


if __name__ == "__main__":
    sys.exit(main(Replays))
