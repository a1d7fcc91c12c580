"""Takes the first variant that the filter answers, if it contains the SKU."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice

from conformance.reference.order_manager_to_marketplacer import Json, Marketplacer, main

BREAKS = "certify.sku-substring"


class FirstMatch(Marketplacer):
    def variants(self, sku: str) -> Iterator[Json]:
        page = self.call("GET", "/api/v2/client/variants", params={"sku": sku})
        yield from islice((each for each in page["data"] if sku in each["attributes"]["sku"]), 1)


if __name__ == "__main__":
    sys.exit(main(target=FirstMatch))
