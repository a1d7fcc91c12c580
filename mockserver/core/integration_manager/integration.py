"""
All of Integration Manager that one world has, and when it does what.

Schedules are one entry in the world's agenda: the next instant at which there is anything to do. Then all that is due
runs in a fixed order: orders are downloaded, sales channels read, carts synced; each merchant by merchant, as in the
file. Runs with nothing to do are passed over, so that a leap of a thousand years costs no more than one of a day.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from mockserver.core.integration_manager import orders
from mockserver.core.integration_manager.model import Job, Level, OrderManagerTarget, SellerTarget
from mockserver.core.integration_manager.sync import gate, note_idle, sync

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mockserver.core.account import Account
    from mockserver.core.integration_manager.model import Cart, Merchant, Stamp, WmsWarehouse
    from mockserver.core.model import Order, SalesChannel

RUN: Final = {"type": "integration.run"}


class Integration:
    """The merchants of one world, their jobs and what has arrived so far."""

    def __init__(self) -> None:
        self.merchants: dict[str, Merchant] = {}
        self.arrivals = 0
        self._jobs: list[Job] = []
        self._armed_ms: int | None = None
        self._order_carts: list[Cart] = []
        self._sales_seen = 0

    def stamp(self, world: Account) -> Stamp:
        """Return the present instant and the next place among what arrives in it."""
        self.arrivals += 1
        return (world.now_ms, self.arrivals)

    # -- time --------------------------------------------------------------------------------------

    def start(self, world: Account) -> None:
        """Set every schedule to begin one period from now; levels that are there already are new to every cart."""
        self._jobs = [*self._downloads(), *self._pulls(), *self._syncs()]
        self._order_carts = [
            job.cart for job in self._downloads() if job.cart and isinstance(job.cart.target, OrderManagerTarget)
        ]
        for order in world.orders.values():
            self.notice(order)
        self._sales_seen = len(world.marketplace.sales)
        for job in self._jobs:
            job.next_ms = None if job.period_ms is None else world.now_ms + job.period_ms
        for merchant in self.merchants.values():
            for warehouse in merchant.warehouses.values():
                self.levels_changed(world, merchant, warehouse, warehouse.levels)
        self.arm(world)

    def _downloads(self) -> Iterator[Job]:
        for merchant, cart in self._carts():
            if cart.order_download_ms is not None:
                yield Job("download", merchant, cart, cart.order_download_ms)

    def _pulls(self) -> Iterator[Job]:
        for merchant in self.merchants.values():
            if merchant.has_views:
                yield Job("pull", merchant, None, merchant.inventory_download_ms)

    def _syncs(self) -> Iterator[Job]:
        for merchant, cart in self._carts():
            yield Job("sync", merchant, cart, cart.schedule_ms)

    def _carts(self) -> Iterator[tuple[Merchant, Cart]]:
        for merchant in self.merchants.values():
            for cart in merchant.carts.values():
                yield merchant, cart

    def arm(self, world: Account) -> None:
        """Have the world come back at the next instant at which a job has something to do."""
        self.catch_up(world)
        dues = [job.next_ms for job in self._jobs if job.next_ms is not None and self._has_work(world, job)]
        due_ms = min(dues, default=None)
        if due_ms is not None and (self._armed_ms is None or due_ms < self._armed_ms):
            self._armed_ms = due_ms
            world.agenda.put(due_ms, RUN)

    def catch_up(self, world: Account) -> None:
        """Bring up to date the schedules whose runs since then had nothing to do."""
        # What is due at an instant that has still to run is not over.
        until_ms = world.now_ms - 1 if self._armed_ms == world.now_ms else world.now_ms
        for job in self._jobs:
            if job.period_ms is None or job.next_ms is None or job.next_ms > until_ms:
                continue
            passed_ms = job.next_ms + (until_ms - job.next_ms) // job.period_ms * job.period_ms
            job.next_ms = passed_ms + job.period_ms
            if job.kind == "sync" and job.cart is not None:
                note_idle(job.merchant, job.cart, passed_ms, world.readings)

    def _has_work(self, world: Account, job: Job) -> bool:
        if job.cart is None or job.period_ms is None:
            return True
        if job.kind == "download":
            return bool(job.cart.touched or job.cart.sales)
        return gate(job.merchant, job.cart, world.readings) is None

    def run(self, world: Account) -> None:
        """Do every job that is due now."""
        self.catch_up(world)
        self._armed_ms = None
        for job in self._jobs:
            if job.next_ms == world.now_ms:
                job.next_ms = None if job.period_ms is None else job.next_ms + job.period_ms
                self._do(world, job)
        self.arm(world)

    def _do(self, world: Account, job: Job) -> None:
        if job.cart is None:
            self.pull(world, job.merchant)
        elif job.kind == "download":
            self.download(world, job.merchant, job.cart)
        else:
            sync(world, job.merchant, job.cart)

    def next_ms(self, cart: Cart, kind: str) -> int | None:
        """Return when a cart's sync or order download is next due, None when it is not."""
        return next((job.next_ms for job in self._jobs if job.cart is cart and job.kind == kind), None)

    # -- levels ------------------------------------------------------------------------------------

    def levels_changed(self, world: Account, merchant: Merchant, warehouse: WmsWarehouse, skus: Iterable[str]) -> None:
        """Note new records: the carts that are told of the warehouse have something to send (IM-SYNC-02)."""
        told = dict.fromkeys(skus)
        for cart in merchant.carts.values():
            if told and warehouse.active and cart.hears_of(warehouse.name):
                cart.waiting.update(told)
                self._trigger(world, cart)

    def pull(self, world: Account, merchant: Merchant) -> None:
        """Read the figures of the sales channels that stand in as warehouses, by master SKU."""
        for warehouse in merchant.warehouses.values():
            if warehouse.sales_channel is None:
                continue
            as_of = self.stamp(world)
            figures = _figures(world, world.channels[warehouse.sales_channel])
            warehouse.levels = {sku: Level(Decimal(units), as_of) for sku, units in figures.items()}
            warehouse.reported_ms = world.now_ms
            self.levels_changed(world, merchant, warehouse, figures)

    # -- orders ------------------------------------------------------------------------------------

    def notice(self, order: Order) -> None:
        """Note an order of Order Manager that may be another one than before; the next download looks at it."""
        for cart in self._order_carts:
            cart.touched[order.seq] = order

    def observe(self, world: Account) -> None:
        """Take note of what the marketplace has sold since the last look."""
        sales = world.marketplace.sales
        for sale in sales[self._sales_seen :]:
            for merchant, cart in self._carts():
                if cart.target != SellerTarget(sale.seller):
                    continue
                if cart.order_download_ms is None:
                    self.orders_changed(world, merchant, cart, orders.load_sale(world, merchant, cart, sale))
                else:
                    cart.sales.append(sale)
        self._sales_seen = len(sales)
        self.arm(world)

    def download(self, world: Account, merchant: Merchant, cart: Cart) -> None:
        """Load the new orders of a cart, and what was cancelled or shipped of known ones."""
        self.orders_changed(world, merchant, cart, orders.download(world, merchant, cart))

    def orders_changed(self, world: Account, merchant: Merchant, source: Cart, skus: Iterable[str]) -> None:
        """Note that orders moved numbers: automatic carts hear of other carts' orders, others by ``im.sync-gate``."""
        changed = dict.fromkeys(sorted(skus))
        by_number = world.readings["im.sync-gate"] == "changed-number"
        for cart in merchant.carts.values():
            triggered = cart.is_automatic and cart is not source
            if changed and (triggered or by_number):
                cart.waiting.update(changed)
            if changed and triggered:
                self._trigger(world, cart)

    def _trigger(self, world: Account, cart: Cart) -> None:
        """Set an automatic cart's sync to run soon, unless it is set already."""
        for job in self._jobs:
            if job.kind == "sync" and job.cart is cart and cart.is_automatic and job.next_ms is None:
                job.next_ms = world.now_ms + cart.automatic_delay_ms


def _figures(world: Account, channel: SalesChannel) -> dict[str, int]:
    """Return master SKU -> figure of a sales channel's active listings; of several the first one counts."""
    figures: dict[str, int] = {}
    for listing in channel.listings:
        sku = listing.product.master_sku
        shown = world.shown(listing) if sku not in figures else None
        if shown is not None:
            figures[sku] = shown
    return figures
