"""Forgets a figure that was refused."""

from __future__ import annotations

import sys

from conformance.reference.api import Refused
from conformance.reference.order_manager_to_marketplacer import Figure, Sync, main

BREAKS = "certify.failed-push-422"


class Forgets(Sync):
    def failed(self, figure: Figure, error: Exception) -> None:
        super().failed(figure, error)
        if isinstance(error, Refused):
            self.outbox.delivered(figure)


if __name__ == "__main__":
    sys.exit(main(Forgets))
