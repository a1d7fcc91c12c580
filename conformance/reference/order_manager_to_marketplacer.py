"""
Brings the figures of one sales channel of Order Manager to a Marketplacer seller.

Run it with ``python -m conformance.reference.order_manager_to_marketplacer [--once | --daemon]``. It is configured by
the environment: ORDER_MANAGER_URL, ORDER_MANAGER_TOKEN, SALES_CHANNEL_ID, MARKETPLACER_URL, MARKETPLACER_API_KEY,
MARKETPLACER_SELLER_ID and SYNC_INTERVAL_SECONDS. It keeps one file, outbox.sqlite, in its working folder.

Reading a figure acknowledges it: Order Manager does not tell it again. So every row is on disk before the next call,
and leaves the disk only when the marketplace has it.
"""

from __future__ import annotations

import logging
import re
import sys
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from conformance.reference.api import Api, Refused, Unavailable
from conformance.reference.outbox import Figure, Outbox
from conformance.reference.program import log_to_stderr, run, setting

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)

# Each version of the endpoint has a marker of its own: what a lost reply or a crash took away from one, the other still
# tells. The second is always read after the first, so it never brings anything older.
VERSIONS = ("v1.2", "v1.1")
PAGE = 100
OUTAGE = 3  # so many listings in a row without an answer: the marketplace is down
UNKNOWN_SECONDS = 3600.0  # a SKU without a variant is looked for again after an hour, or when its figure changes
UNPROCESSABLE = 422

Json = dict[str, Any]


class OrderManager(Api):
    """The part of Order Manager that says what changed."""

    seconds = 10.0  # longer than elsewhere: an answer that nobody waits for is a lost one

    def changes(self, version: str, channel: int) -> Iterator[list[Figure]]:
        """Yield page after page of changed figures until there are no more; each call acknowledges what it answers."""
        path, params = f"/service/{version}/inventory/acknowledge", {"salesChannelId": channel, "limit": PAGE}
        while rows := self.call("POST", path, params=params):
            yield list(self.figures(rows, channel))

    def figures(self, rows: list[Json], channel: int) -> Iterator[Figure]:
        """Yield the figures of the channel. A row that makes no sense must not take the others with it."""
        for row in rows:
            try:
                if int(row["salesChannelId"]) == channel:
                    yield figure_of(row)
            except (KeyError, TypeError, ValueError):
                log.exception("a row that nobody can read: %r", row)


def figure_of(row: Json) -> Figure:
    """Return the figure in a row as a whole number, never below 0."""
    return Figure(int(row["listingId"]), row["listingSku"], max(0, int(row["availableQuantity"])))


class Marketplacer(Api):
    """The part of Marketplacer's seller API that holds stock."""

    content_type = "application/vnd.api+json"
    seconds = 3.0

    def variants(self, sku: str) -> Iterator[Json]:
        """Yield the variants with exactly this SKU. The filter of the API may answer others that look like it."""
        number: int | None = 1
        while number:
            query = {"sku": sku, "page[number]": number, "page[size]": PAGE}
            page = self.call("GET", "/api/v2/client/variants", params=query)
            yield from (each for each in page["data"] if each["attributes"]["sku"] == sku)
            number = next_page(page, number)

    def records(self, variant: Json) -> list[Json]:
        """Return the attributes of all sellers' inventories of a variant."""
        found = self.call("GET", f"/api/v2/client/variants/{variant['id']}/inventories")["data"]
        return [record["attributes"] for record in found]

    def write(self, variant: Json, seller: int, count: int) -> None:
        """Set the count of one seller's record, and nothing else; whoever is not named keeps what it has."""
        attributes = {"seller_id": seller, "count_on_hand": count}
        body = {"data": [{"type": "inventories", "attributes": attributes}]}
        self.call("PUT", f"/api/v2/client/variants/{variant['id']}/inventories", body=body)

    def write_single(self, variant: Json, count: int) -> None:
        """Set the count of a variant that is not shared between stores: it has no inventories."""
        body = {"count_on_hand": {str(variant["id"]): count}}
        self.call("POST", "/api/v2/client/variants/stock_on_hand", body=body)


def next_page(page: Json, number: int) -> int | None:
    """Return the number of the page after this one; None on the last, which may name itself as the next."""
    link = page.get("links", {}).get("next") or ""
    found = re.search(r"page(?:\[|%5B)number(?:\]|%5D)=(\d+)", link, re.IGNORECASE)
    return int(found[1]) if found and int(found[1]) > number else None


class Sync:
    """One sales channel, one seller, and the figures on their way from one to the other."""

    def __init__(self, source: OrderManager, channel: int, target: Marketplacer, seller: int, outbox: Outbox) -> None:
        self.source, self.channel = source, channel
        self.target, self.seller = target, seller
        self.outbox = outbox

    def __call__(self) -> bool:
        """Read what changed, deliver what is pending; return whether nothing failed."""
        read = [self.read(version) for version in VERSIONS]
        return self.deliver() and all(read)

    def read(self, version: str) -> bool:
        """Put what changed into the outbox, page by page; return whether everything came."""
        try:
            for page in self.source.changes(version, self.channel):
                self.outbox.keep(page)
        except (Refused, Unavailable) as error:
            log.error("reading changes: %s", error)
            return False
        return True

    def deliver(self) -> bool:
        """Deliver what is pending, each listing by itself; return whether nothing failed."""
        failed = silent = 0
        for figure in self.outbox.pending():
            try:
                self.deliver_one(figure)
                silent = 0
            except (Refused, Unavailable) as error:
                self.failed(figure, error)
                failed += 1
                silent = silent + 1 if isinstance(error, Unavailable) else 0
            if silent == OUTAGE:
                log.error("the marketplace does not answer; the rest stays in the outbox")
                break
        return failed == 0

    def failed(self, figure: Figure, error: Exception) -> None:
        """Keep a figure that could not be delivered for the next sync."""
        log.error("%s stays in the outbox: %s", figure.sku, error)
        self.outbox.failed(figure)

    def deliver_one(self, figure: Figure) -> None:
        """Deliver one figure. Where the marketplace has no such SKU yet, look again some other time."""
        variants = list(self.target.variants(figure.sku))
        for variant in variants:
            self.show(variant, figure.figure)
        if variants:
            self.outbox.delivered(figure)
        else:
            log.warning("the marketplace has no variant with the SKU %r", figure.sku)
            self.outbox.postponed(figure, UNKNOWN_SECONDS)

    def show(self, variant: Json, count: int) -> None:
        """Make the marketplace show a count, unless it does so already or never runs out."""
        records = self.target.records(variant)
        own = next((record for record in records if int(record["seller_id"]) == self.seller), None)
        if own and (own.get("infinite") or own.get("count_on_hand") == count):
            return
        try:
            self.target.write(variant, self.seller, count)
        except Refused as error:
            if records or error.status != UNPROCESSABLE:
                raise
            self.show_single(variant, count)

    def show_single(self, variant: Json, count: int) -> None:
        """Do the same for a variant of a single seller, whose stock is its own."""
        if not variant["attributes"].get("infinite"):
            self.target.write_single(variant, count)


def main(
    sync: type[Sync] = Sync, source: type[OrderManager] = OrderManager, target: type[Marketplacer] = Marketplacer
) -> int:
    """Run the program as the environment says; return its exit code."""
    token, key = setting("ORDER_MANAGER_TOKEN"), setting("MARKETPLACER_API_KEY")
    log_to_stderr(token, key)
    stop = Event()
    one_sync = sync(
        source(setting("ORDER_MANAGER_URL"), token, stop),
        int(setting("SALES_CHANNEL_ID")),
        target(setting("MARKETPLACER_URL"), key, stop),
        int(setting("MARKETPLACER_SELLER_ID")),
        Outbox(Path("outbox.sqlite")),
    )
    return run(one_sync, stop)


if __name__ == "__main__":
    sys.exit(main())
