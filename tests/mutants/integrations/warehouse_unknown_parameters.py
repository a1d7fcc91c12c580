"""Asks for pages with a parameter that the API does not have."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from conformance.reference.warehouse_to_order_manager import Json, OrderManager, main

BREAKS = "certify.warehouse.valid-requests"


class OtherPages(OrderManager):
    def pages(self, path: str, **params: Any) -> Iterator[Json]:
        yield from super().pages(path, **params, pageSize=100)


if __name__ == "__main__":
    sys.exit(main(source=OtherPages))
