"""Takes the first sync for old news: acknowledges all of it and delivers nothing."""

from __future__ import annotations

import sys
from pathlib import Path

from conformance.reference.order_manager_to_marketplacer import Sync, main

BREAKS = "certify.figures-match"


class FromNow(Sync):
    def deliver(self) -> bool:
        seen = Path("seen")
        if not seen.exists():
            for figure in self.outbox.pending():
                self.outbox.delivered(figure)
        seen.touch()
        return super().deliver()


if __name__ == "__main__":
    sys.exit(main(FromNow))
