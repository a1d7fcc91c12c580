"""Downloads orders that are on hold, too."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from conformance.reference.warehouse_to_order_manager import WAITING, Json, OrderManager, main

BREAKS = "certify.warehouse.held-orders-stay"


class Held(OrderManager):
    def waiting_orders(self, warehouse: int) -> Iterator[Json]:
        return self.pages("/service/v1.1/orders", status=f"{WAITING},ON_HOLD", warehouseId=warehouse)


if __name__ == "__main__":
    sys.exit(main(source=Held))
