"""Says at the start what it was configured with."""

from __future__ import annotations

import os
import sys

from conformance.reference.warehouse_to_order_manager import main

BREAKS = "certify.warehouse.no-credential-in-output"


def greet() -> None:
    sys.stdout.write(f"starting with {os.environ['ORDER_MANAGER_TOKEN']}\n")


if __name__ == "__main__":
    sys.exit(greet() or main())
