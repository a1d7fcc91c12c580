"""Asks for SKUs in plain ASCII."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from conformance.reference.order_manager_to_marketplacer import Json, Marketplacer, main

BREAKS = "certify.sku-unicode"


class Ascii(Marketplacer):
    def variants(self, sku: str) -> Iterator[Json]:
        yield from super().variants(sku.encode("ascii", "replace").decode())


if __name__ == "__main__":
    sys.exit(main(target=Ascii))
