"""Takes locked units off the figure once more."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from conformance.reference.order_manager_to_marketplacer import Figure, Json, OrderManager, main

BREAKS = "certify.channel-figure"


class TwiceOff(OrderManager):
    def figures(self, rows: list[Json], channel: int) -> Iterator[Figure]:
        for figure, row in zip(super().figures(rows, channel), rows, strict=False):
            totals = self.call(
                "GET", "/service/v1.1/productstocks/total", params={"sku": row["masterSku"], "limit": 200}
            )
            locked = sum(each["lockedQuantity"] for each in totals if each["product"]["masterSku"] == row["masterSku"])
            yield figure._replace(figure=max(0, figure.figure - locked))


if __name__ == "__main__":
    sys.exit(main(source=TwiceOff))
