"""Puts the SKU into the address as it stands."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from conformance.reference.order_manager_to_marketplacer import Json, Marketplacer, main

BREAKS = "certify.sku-unicode"


class Unescaped(Marketplacer):
    def variants(self, sku: str) -> Iterator[Json]:
        page = self.call("GET", f"/api/v2/client/variants?sku={sku}&page[size]=100")
        yield from (each for each in page["data"] if each["attributes"]["sku"] == sku)


if __name__ == "__main__":
    sys.exit(main(target=Unescaped))
