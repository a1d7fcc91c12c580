"""The things of an Order Manager account, as plain slotted objects. Quantities are whole units."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.core.shipments import Shipment

CORE_PRODUCT: Final = "CORE_PRODUCT"
BUNDLE_KIT: Final = "BUNDLE_KIT"
VIRTUAL_PRODUCT: Final = "VIRTUAL_PRODUCT"
PERCENT_OF_AVAILABLE: Final = "PERCENT_OF_AVAILABLE"
MAX_ALLOCATION: Final = "MAX_ALLOCATION"
# A native channel hears of a change after about 15 minutes (OM-PUSH-02).
PUSH_DELAY_MS: Final = 900_000

NO_WAREHOUSES: Final[frozenset[int]] = frozenset()
NO_DETAILS: Final[Mapping[str, Any]] = {}


def no_details() -> Mapping[str, Any]:
    """Return the one empty mapping that everything without details shares."""
    return NO_DETAILS


@dataclass(slots=True, eq=False)
class Warehouse:
    """A place that holds stock."""

    id: int
    name: str
    type: str = "DIRECT_FULFILLMENT"
    active: bool = True
    strict_fifo: bool = False
    use_component_inventory: bool = True
    sales_channel: int | None = None


@dataclass(slots=True, eq=False)
class StockLocation:
    """The units of one master SKU at one location of a warehouse."""

    id: int
    product: Product
    warehouse: Warehouse
    location: str
    on_hand: int = 0
    locked: int = 0
    allocated: int = 0
    in_transit: int = 0
    minimum: int = 0
    draw_rank: int = 1
    pickable: bool = True
    receivable: bool = True
    active: bool = True

    @property
    def available(self) -> int:
        """Units neither locked nor allocated; below zero when more is promised than is there (OM-AVAIL-01)."""
        return self.on_hand - self.locked - self.allocated

    @property
    def drawable(self) -> bool:
        """Whether orders may draw from here and channels may hear of it (OM-AVAIL-03)."""
        return self.active and self.pickable

    @property
    def order_of_drawing(self) -> tuple[int, int, str, int]:
        """Sort key: warehouse id, draw rank, location name, row id (OM-AVAIL-07)."""
        return (self.warehouse.id, self.draw_rank, self.location, self.id)


@dataclass(slots=True, frozen=True)
class Component:
    """So many units of a core product in one bundle."""

    product: Product
    quantity: int


@dataclass(slots=True, frozen=True)
class Rule:
    """
    A channel allocation rule: the normal pair and, if given, the minimum pair (OM-ALLOC-02).

    Percentages are held in hundredths of a percent, so that 33.33 % is exact; caps in units.
    """

    rule_type: str
    value: int
    min_rule_type: str | None = None
    min_value: int = 0


@dataclass(slots=True, eq=False)
class Product:
    """A master SKU: a core product, a bundle or the parent of variations."""

    id: int
    master_sku: str
    type: str = CORE_PRODUCT
    active: bool = True
    allow_backorders: bool = False
    excluded: frozenset[int] = NO_WAREHOUSES
    components: tuple[Component, ...] = ()
    bundles: tuple[Product, ...] = ()
    stock: list[StockLocation] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    rules: dict[int, Rule] | None = None
    details: Mapping[str, Any] = field(default_factory=no_details)


@dataclass(slots=True, eq=False)
class SalesChannel:
    """
    A place where goods are sold; to a native one Order Manager pushes of itself.

    ``closed`` is what allocation asks for: the excluded warehouses and those that are closed to it for other reasons.
    ``listings`` is append-only, so a listing's position in it never changes.
    """

    id: int
    name: str
    active: bool = True
    native: bool = False
    push_delay_ms: int = PUSH_DELAY_MS
    excluded: frozenset[int] = NO_WAREHOUSES
    closed: frozenset[int] = NO_WAREHOUSES
    default_rule: Rule | None = None
    listings: list[Listing] = field(default_factory=list)
    by_sku: dict[str, Listing] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=no_details)


@dataclass(slots=True, eq=False)
class Listing:
    """One listing SKU on one sales channel, sold from one master SKU."""

    id: int
    listing_sku: str
    product: Product
    channel: SalesChannel
    position: int
    created_seq: int
    created_ms: int
    modified_ms: int
    active: bool = True
    push_inventory: bool = True
    fn_sku: str | None = None


@dataclass(slots=True)
class Pick:
    """Units of one stock location that an order holds."""

    row: StockLocation
    units: int


@dataclass(slots=True)
class Draw:
    """
    Line units that an order holds in one warehouse, with the picks that make them up.

    ``groups`` has one entry a component: the units that one line unit takes, and where they lie.
    A core product or a prepackaged bundle has one group of one unit.
    """

    line: int
    warehouse: Warehouse
    units: int
    groups: list[tuple[int, list[Pick]]]


@dataclass(slots=True)
class OrderLine:
    """What was ordered of one listing SKU; ``product`` is None while nobody knows the SKU."""

    listing_sku: str
    product: Product | None
    quantity: int
    cancelled: int = 0
    shipped: int = 0
    details: Mapping[str, Any] = field(default_factory=no_details)

    @property
    def open(self) -> int:
        """Units that are neither cancelled nor shipped."""
        return self.quantity - self.cancelled - self.shipped


@dataclass(slots=True, eq=False)
class Order:
    """
    An order of one sales channel with the units it holds.

    ``seq`` is its id on the wire. ``source`` is the one warehouse that it may draw from, None for every one.
    """

    seq: int
    channel: SalesChannel
    order_number: str
    lines: list[OrderLine]
    created_ms: int
    modified_ms: int
    held: bool = False
    awaiting_payment: bool = False
    cancelled: bool = False
    hold_until_ms: int | None = None
    source: Warehouse | None = None
    draws: list[Draw] = field(default_factory=list)
    shipments: list[Shipment] = field(default_factory=list)
    details: Mapping[str, Any] = field(default_factory=no_details)

    @property
    def key(self) -> tuple[int, str]:
        """Sales channel id and order number: what names an order in every command."""
        return (self.channel.id, self.order_number)

    @property
    def age(self) -> tuple[int, int]:
        """Sort key: older orders are served first, of equally old ones the one that came first (OM-AVAIL-06)."""
        return (self.created_ms, self.seq)

    def held_units(self, line: int) -> int:
        """Return the units that the order holds for one of its lines."""
        return sum(draw.units for draw in self.draws if draw.line == line)

    @property
    def is_allocated(self) -> bool:
        """Whether every open unit is held."""
        return all(self.held_units(index) == line.open for index, line in enumerate(self.lines))

    @property
    def is_finished(self) -> bool:
        """Whether nothing is open any more."""
        return self.cancelled or all(line.open == 0 for line in self.lines)

    @property
    def status(self) -> str:
        """The vendor's order status."""
        if self.cancelled:
            return "CANCELLED"
        if self.is_finished:
            return "SHIPPED"
        if self.held:
            return "ON_HOLD"
        if self.awaiting_payment:
            return "AWAITING_PAYMENT"
        return "AWAITING_SHIPMENT" if self.unresolved_status is None else "UNRESOLVED"

    @property
    def unresolved_status(self) -> str | None:
        """Why the order cannot go out, or None."""
        if self.is_finished:
            return None
        if any(line.product is None and line.open for line in self.lines):
            return "MISSING_PRODUCT_INFO"
        return None if self.is_allocated else "OUT_OF_STOCK"
