"""Does not look at an order again."""

from __future__ import annotations

import sys

from conformance.reference.warehouse_to_order_manager import Warehouse, main

BREAKS = "certify.warehouse.cancelled-orders"


class Forgetful(Warehouse):
    def withdraw(self) -> None:
        pass


if __name__ == "__main__":
    sys.exit(main(Forgetful))
