"""Merchants, warehouse systems, carts and the orders they know, as plain slotted objects. Quantities are units."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from decimal import Decimal

    from mockserver.core.marketplace_model import Sale
    from mockserver.core.model import Order

# An instant (milliseconds since 1970, UTC), then the order of arrival within it.
Stamp = tuple[int, int]
Outcome = Literal["sent", "equal", "failed", "passed_over"]

AUTOMATIC_DELAY_MS: Final = 60_000
INVENTORY_DOWNLOAD_MS: Final = 3_600_000
# The place of a stated as-of instant among what arrived at that instant: an order of the same instant is later.
BEFORE_ARRIVALS: Final = -1


@dataclass(slots=True, frozen=True)
class Level:
    """What a warehouse has available of one SKU, and as of when. It may have a fraction."""

    quantity: Decimal
    as_of: Stamp


@dataclass(slots=True, eq=False)
class WmsWarehouse:
    """A warehouse as the merchant's back end reports it; ``sales_channel`` is set when it is a view of one."""

    name: str
    active: bool = True
    sales_channel: int | None = None
    levels: dict[str, Level] = field(default_factory=dict)
    reported_ms: int | None = None


@dataclass(slots=True, frozen=True)
class OrderManagerTarget:
    """A cart that is the world's Order Manager account; a blank name switches inventory sync off (IM-OM-03)."""

    warehouse_name: str


@dataclass(slots=True, frozen=True)
class SellerTarget:
    """A cart that is a seller of the world's marketplace."""

    seller: int


@dataclass(slots=True, eq=False)
class KnownOrder:
    """An order of a cart that Integration Manager has loaded: units by SKU, cancelled ones taken out."""

    cart: str
    order_number: str
    sales_channel: int | None
    ordered_ms: int
    loaded: Stamp
    delivered_ms: int
    warehouse: str | None
    units: dict[str, int]
    shipped: bool = False

    @property
    def delivered(self) -> Stamp:
        """When it reached the warehouse system; never before it was loaded."""
        return (self.delivered_ms, self.loaded[1])


@dataclass(slots=True, frozen=True)
class Line:
    """What became of one SKU at the latest sync that looked at it."""

    sku: str
    at_ms: int
    outcome: Outcome
    reported: Decimal | None = None
    recent_units: int = 0
    number: int | None = None
    reason: str | None = None


@dataclass(slots=True, frozen=True)
class SyncReport:
    """What one sync of a cart did, in short; ``reason`` says why nothing was sent."""

    at_ms: int
    reason: str | None = None
    sent: int = 0
    equal: int = 0
    failed: int = 0
    passed_over: int = 0


@dataclass(slots=True, eq=False)
class Cart:
    """
    An order source of a merchant.

    ``waiting`` are the SKUs with something new since the last sync, ``touched`` the orders to look at when orders
    are next downloaded, ``sales`` those of the marketplace.
    """

    name: str
    target: OrderManagerTarget | SellerTarget
    schedule_ms: int | None
    automatic_delay_ms: int = AUTOMATIC_DELAY_MS
    order_download_ms: int | None = None
    minimum_level: int = 0
    full_sync: bool = False
    sync_with_warehouse: str | None = None
    waiting: dict[str, None] = field(default_factory=dict)
    touched: dict[int, Order] = field(default_factory=dict)
    sales: list[Sale] = field(default_factory=list)
    lines: dict[str, Line] = field(default_factory=dict)
    last_sync: SyncReport | None = None

    @property
    def is_automatic(self) -> bool:
        """Whether it is synced when something happens, not on a timer."""
        return self.schedule_ms is None

    def hears_of(self, warehouse: str) -> bool:
        """Whether levels of a warehouse reach it: those of the chosen one, or of all combined."""
        return self.sync_with_warehouse in (None, warehouse)


@dataclass(slots=True, eq=False)
class Merchant:
    """One merchant: inside it the SKU is the key (IM-SYNC-06). ``delivery_ms``: from loaded to the warehouse system."""

    name: str
    delivery_ms: int = 0
    inventory_download_ms: int = INVENTORY_DOWNLOAD_MS
    warehouses: dict[str, WmsWarehouse] = field(default_factory=dict)
    carts: dict[str, Cart] = field(default_factory=dict)
    orders: list[KnownOrder] = field(default_factory=list)
    by_key: dict[tuple[int, str], KnownOrder] = field(default_factory=dict)
    by_sku: dict[str, list[KnownOrder]] = field(default_factory=dict)

    @property
    def has_views(self) -> bool:
        """Whether a warehouse of it is a view of a sales channel."""
        return any(warehouse.sales_channel is not None for warehouse in self.warehouses.values())


@dataclass(slots=True, eq=False)
class Job:
    """Something that is done every ``period_ms``, or once when it is set; ``next_ms`` is None when nothing is due."""

    kind: Literal["download", "pull", "sync"]
    merchant: Merchant
    cart: Cart | None
    period_ms: int | None
    next_ms: int | None = None
