"""Asks for pages with parameters that the API does not have."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from conformance.reference.order_manager_to_marketplacer import Json, Marketplacer, main

BREAKS = "certify.valid-requests"


class OtherPages(Marketplacer):
    def variants(self, sku: str) -> Iterator[Json]:
        page = self.call("GET", "/api/v2/client/variants", params={"sku": sku, "page": 1, "per_page": 100})
        yield from (each for each in page["data"] if each["attributes"]["sku"] == sku)


if __name__ == "__main__":
    sys.exit(main(target=OtherPages))
