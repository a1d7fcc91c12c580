"""Takes the row for a hint only and delivers what is on hand."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from conformance.reference.order_manager_to_marketplacer import Figure, Json, OrderManager, main

BREAKS = "certify.channel-figure"


class OnHand(OrderManager):
    def figures(self, rows: list[Json], channel: int) -> Iterator[Figure]:
        for figure, row in zip(super().figures(rows, channel), rows, strict=False):
            totals = self.call(
                "GET", "/service/v1.1/productstocks/total", params={"sku": row["masterSku"], "limit": 200}
            )
            units = [each["onHandQuantity"] for each in totals if each["product"]["masterSku"] == row["masterSku"]]
            yield figure._replace(figure=units[0]) if units else figure


if __name__ == "__main__":
    sys.exit(main(source=OnHand))
