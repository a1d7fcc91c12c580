"""Takes a push that was answered with 503 for delivered."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Figure, Sync, main

BREAKS = "certify.failed-push-503"


class Forgets(Sync):
    def failed(self, figure: Figure, error: Exception) -> None:
        super().failed(figure, error)
        if "503" in str(error):
            self.outbox.delivered(figure)


if __name__ == "__main__":
    sys.exit(main(Forgets))
