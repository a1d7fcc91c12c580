"""Takes the figures of all sales channels for its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from conformance.reference.order_manager_to_marketplacer import PAGE, Figure, OrderManager, figure_of, main

BREAKS = "certify.own-channel-only"


class AllChannels(OrderManager):
    def changes(self, version: str, channel: int) -> Iterator[list[Figure]]:
        channels = ",".join(str(each["salesChannelId"]) for each in self.call("GET", "/service/v1/saleschannels"))
        path, params = f"/service/{version}/inventory/acknowledge", {"salesChannelId": channels, "limit": PAGE}
        while rows := self.call("POST", path, params=params):
            yield [figure_of(row) for row in rows]


if __name__ == "__main__":
    sys.exit(main(source=AllChannels))
