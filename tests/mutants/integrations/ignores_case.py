"""Compares SKUs without regard to case."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from conformance.reference.order_manager_to_marketplacer import Json, Marketplacer, main

BREAKS = "certify.sku-case"


class AnyCase(Marketplacer):
    def variants(self, sku: str) -> Iterator[Json]:
        page = self.call("GET", "/api/v2/client/variants", params={"sku": sku, "page[size]": 500})
        yield from (each for each in page["data"] if each["attributes"]["sku"].lower() == sku.lower())


if __name__ == "__main__":
    sys.exit(main(target=AnyCase))
