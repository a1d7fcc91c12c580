"""Delivers four listings at a time."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from conformance.reference.api import Refused, Unavailable
from conformance.reference.order_manager_to_marketplacer import Figure, Sync, main


class Several(Sync):
    def deliver(self) -> bool:
        figures = self.outbox.pending()
        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(self.try_one, figures))
        for figure, done in zip(figures, results, strict=True):
            if done:
                self.outbox.delivered(figure)
        return all(results)

    def try_one(self, figure: Figure) -> bool:
        try:
            for variant in self.target.variants(figure.sku):
                self.show(variant, figure.figure)
        except (Refused, Unavailable):
            return False
        return True


if __name__ == "__main__":
    sys.exit(main(Several))
