"""
The state of one isolated account: catalogue, stock, rules, orders, feed, marketplace and virtual time.

It changes only through commands, readings of the feed and time. After each it settles:
waiting orders are tried again, and the feed learns of every listing that may show something else.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from mockserver.core import allocation, orders
from mockserver.core.agenda import Agenda
from mockserver.core.errors import Refused
from mockserver.core.feed import Feed, Row
from mockserver.core.integration_manager.integration import Integration
from mockserver.core.marketplace import Marketplace
from mockserver.core.native import NativeChannels
from mockserver.core.webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mockserver.core.model import Listing, Order, Product, SalesChannel, Warehouse
    from mockserver.core.shipments import Shipment

    Handler = Callable[["Account", Mapping[str, Any]], object]

OWN_WAREHOUSE_READINGS: Final = {"FBA": "alloc.fba-stock", "WFS": "alloc.wfs-stock"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command; a refused one changed nothing and ``reason`` says why."""

    status: Literal["done", "refused"]
    reason: str | None = None
    result: object = None
    refusal: Refused | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """What a seller sells on the marketplace becomes an order of this sales channel, after the lag."""

    sales_channel: int
    seller: int
    import_lag_ms: int = 0


@dataclass(slots=True)
class Touched:
    """What a command has moved so far: products with other stock, listings to look at, listings due anyway, orders."""

    stock: set[Product] = field(default_factory=set)
    listings: dict[int, Listing] = field(default_factory=dict)
    forced: dict[int, Listing] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget everything."""
        self.stock.clear()
        self.listings.clear()
        self.forced.clear()
        self.orders.clear()


class Account(ABC):
    """The state of one isolated account. See the module's text."""

    def __init__(self, readings: Mapping[str, str], *, now_ms: int, seed: int = 0) -> None:
        self.readings = dict(readings)
        self.now_ms = now_ms
        self.started_ms = now_ms
        self.seed = seed
        self.warehouses: dict[int, Warehouse] = {}
        self.channels: dict[int, SalesChannel] = {}
        self.products: dict[str, Product] = {}
        self.products_by_id: dict[int, Product] = {}
        self.listings: dict[int, Listing] = {}
        self.orders: dict[tuple[int, str], Order] = {}
        self.orders_by_id: dict[int, Order] = {}
        self.shipments: dict[int, Shipment] = {}
        self.waiting: dict[int, Order] = {}
        self.unmapped: dict[int, Order] = {}
        self._waiting_for: dict[Product, set[int]] = {}
        self.links: dict[int, Link] = {}
        self.importing: set[tuple[int, str]] = set()
        self.order_manager_extra: dict[str, Any] = {}
        self.seller_keys: dict[int, str] = {}
        self.marketplace = Marketplace(self.readings)
        self.agenda = Agenda()
        self.integration = Integration()
        self.native = NativeChannels()
        self.webhooks = Webhooks()
        self.feed = Feed(self.readings, self.shown)
        self.inactive_warehouses: frozenset[int] = frozenset()
        self.seq = 0
        self.last_ids: dict[str, int] = {}
        self.touched = Touched()
        self.features: set[str] = set()

    # -- numbers -----------------------------------------------------------------------------------

    def figure(self, listing: Listing) -> int:
        """Return the units that a listing may show after exclusions, rule, rounding and cap (OM-ACK-03)."""
        figure = allocation.channel_figure(listing.product, listing.channel, self.inactive_warehouses, self.readings)
        return allocation.share_of(listing, figure, self.readings)

    def shown(self, listing: Listing) -> int | None:
        """Return what the feed tells of a listing, or None when it is silent about it."""
        figure = allocation.channel_figure(listing.product, listing.channel, self.inactive_warehouses, self.readings)
        return allocation.shown_figure(listing, figure, self.readings)

    # -- change ------------------------------------------------------------------------------------

    @abstractmethod
    def execute(self, command: Mapping[str, Any]) -> Outcome:
        """Run one command at the present virtual instant; a refused one changes nothing."""

    def acknowledge(
        self, token: int, version: str, channels: Sequence[int], limit: int, acknowledged: Iterable[int] = ()
    ) -> list[Row]:
        """
        Answer the due rows of some sales channels for one caller and mark them as told (OM-ACK-03 to 05).

        Raises:
            KeyError: for a sales channel that the world does not have.
        """
        chosen = [self.channels[channel] for channel in dict.fromkeys(channels)]
        return self.feed.read(token=token, version=version, channels=chosen, limit=limit, acknowledged=acknowledged)

    def advance_to(self, instant_ms: int, *, until_delivery: bool = False) -> int:
        """
        Move virtual time forward, firing every due effect in order of due time, then of being set.

        With ``until_delivery`` time stops, once the effects of that instant have fired, where a webhook is to be sent.
        Returns the number of effects fired.

        Raises:
            Refused: ``backwards`` when the instant has passed.
        """
        if instant_ms < self.now_ms:
            raise Refused("backwards", "time does not run backwards", field="to", value=instant_ms)
        fired = 0
        while (effect := self.agenda.pop_due(instant_ms)) is not None:
            self.now_ms, command = max(self.now_ms, effect[0]), effect[1]
            self.execute(command)
            fired += 1
            if until_delivery and self.webhooks.outgoing:
                instant_ms = self.now_ms
        self.now_ms = instant_ms
        return fired

    # -- for commands ------------------------------------------------------------------------------

    def next_id(self, kind: str) -> int:
        """Return the next free id of a kind of thing."""
        self.last_ids[kind] = self.last_ids.get(kind, 0) + 1
        return self.last_ids[kind]

    def add_order(self, order: Order) -> None:
        """Enter a new order."""
        self.orders[order.key] = self.orders_by_id[order.seq] = order

    def recompute_closed(self, channel: SalesChannel) -> None:
        """Bring up to date which warehouses are closed to a channel: excluded, inactive, or another channel's own."""
        own = {
            warehouse.id
            for warehouse in self.warehouses.values()
            if warehouse.type in OWN_WAREHOUSE_READINGS
            and warehouse.sales_channel != channel.id
            and self.readings[OWN_WAREHOUSE_READINGS[warehouse.type]] == "own-channel-only"
        }
        channel.closed = channel.excluded | self.inactive_warehouses | own

    def touch_stock(self, product: Product) -> None:
        """Note that a stock level of the product moved."""
        self.touched.stock.add(product)

    def touch_order(self, order: Order) -> None:
        """Note an order that may need something else now."""
        self.touched.orders[order.seq] = order

    def touch_listing(self, listing: Listing, *, forced: bool = False) -> None:
        """Note a listing that may show something else; a forced one is due whatever it shows."""
        (self.touched.forced if forced else self.touched.listings)[listing.id] = listing

    # -- settling ----------------------------------------------------------------------------------

    def settle(self) -> None:
        """Try waiting orders again, in creation order, then tell the feed what may have changed."""
        self.seq += 1
        self._retry_waiting_orders()
        self._tell_feed()
        if self.integration.merchants:
            self.integration.observe(self)
        if self.marketplace.changes:
            self.webhooks.tell(self)
        self.touched.clear()

    def _retry_waiting_orders(self) -> None:
        touched = self.touched
        for order in touched.orders.values():
            self.file_order(order)
        candidates = {seq for product in touched.stock for seq in self._waiting_for.get(product, ())}
        candidates.update(seq for seq in touched.orders if seq in self.waiting)
        if not candidates:
            return
        allocator = orders.Allocator(self.warehouses, self.readings)
        for order in sorted((self.waiting[seq] for seq in candidates), key=lambda each: each.age):
            held = sum(draw.units for draw in order.draws)
            allocator.allocate(order)
            if sum(draw.units for draw in order.draws) != held:
                touched.stock.update(orders.products_of(order))
                # Its status may be another one now, and downloads go by the date of the last change.
                order.modified_ms = self.now_ms
            self.file_order(order)

    def file_order(self, order: Order) -> None:
        """Keep the order under waiting, under unmapped, or under neither, as its state demands."""
        waits = orders.is_waiting(order, self.readings)
        for product in orders.products_of(order):
            queue = self._waiting_for.setdefault(product, set())
            (queue.add if waits else queue.discard)(order.seq)
            if not queue:
                del self._waiting_for[product]
        _keep(self.waiting, order, wanted=waits)
        _keep(self.unmapped, order, wanted=order.unresolved_status == "MISSING_PRODUCT_INFO")
        self.integration.notice(order)

    def _tell_feed(self) -> None:
        touched = self.touched
        affected = self._listings_of(touched.stock) | touched.listings | touched.forced
        figures: dict[tuple[str, int], int] = {}
        for listing_id in sorted(affected):
            listing = affected[listing_id]
            if listing.channel.native:
                self.native.changed(self, listing)
            if not self.feed.listens_to(listing.channel):
                continue
            key = (listing.product.master_sku, listing.channel.id)
            if key not in figures:
                figures[key] = allocation.channel_figure(
                    listing.product, listing.channel, self.inactive_warehouses, self.readings
                )
            shown = allocation.shown_figure(listing, figures[key], self.readings)
            self.feed.changed(listing, shown, seq=self.seq, forced=listing_id in touched.forced)

    def _listings_of(self, products: Iterable[Product]) -> dict[int, Listing]:
        found: dict[int, Listing] = {}
        for product in products:
            for each in (product, *product.bundles):
                for listing in each.listings:
                    found[listing.id] = listing
        return found


def _keep(shelf: dict[int, Order], order: Order, *, wanted: bool) -> None:
    if wanted:
        shelf[order.seq] = order
    else:
        shelf.pop(order.seq, None)
