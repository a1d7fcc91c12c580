"""What is true while a scenario runs, beside what Order Manager and the channels believe."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.scenario.checker.deliverable import Demand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.scenario.model import Listing, Plan
    from conformance.scenario.world import Place


@dataclass(slots=True, eq=False)
class Order:
    """
    An accepted order of one listing; ``entry`` is the place in the log where it was accepted.

    ``import_number`` counts the orders that Order Manager has heard of, this one included; 0 before.
    """

    id: str
    listing: Listing
    qty: int
    accepted_ms: int
    entry: int
    hold: bool = False
    imported_ms: int | None = None
    import_number: int = 0
    cancelled: int = 0
    shipped: int = 0

    @property
    def promised(self) -> int:
        """Units that were not cancelled."""
        return self.qty - self.cancelled

    @property
    def open(self) -> int:
        """Units that were neither cancelled nor shipped."""
        return self.qty - self.cancelled - self.shipped


@dataclass(slots=True, eq=False)
class Message:
    """
    One listing update on its way to a channel: a value, and which orders were in it when it was read.

    ``included`` is the number of imports by then: later ones, and orders not imported yet, are not in the value.
    """

    number: int
    listing: Listing
    figure: int
    value: int
    read_ms: int
    version: int
    included: int
    entry: int
    full: bool = False
    acknowledged: bool = False
    lost: bool = False
    rejected: bool = False
    held_back: bool = False
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """The numbers from one instant on, until the next sample."""

    t: int
    promised: int
    deliverable: int
    capacity: int
    exposed: int
    shown: tuple[int, ...]
    allocated: tuple[int, ...]

    @property
    def oversold(self) -> int:
        """Promised units that cannot be delivered."""
        return self.promised - self.deliverable


@dataclass(slots=True)
class Tally:
    """How often things happened."""

    refused_units: int = 0
    refused_orders: int = 0
    lost_sales_units: int = 0
    lost_updates: int = 0
    duplicated: int = 0
    reordered: int = 0
    crashes: int = 0
    raises: int = 0
    rejected_writes: int = 0


@dataclass(slots=True)
class State:
    """The shelf, the orders, what channels show, and how all of it went over time."""

    orders: dict[str, Order] = field(default_factory=dict)
    by_listing: dict[int, list[Order]] = field(default_factory=dict)
    imports: int = 0
    open_units: dict[int, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    shown: dict[int, int] = field(default_factory=dict)
    allocated: dict[int, int] = field(default_factory=dict)
    stock: Mapping[Place, tuple[int, int, int]] = field(default_factory=dict)
    shelf: dict[Place, int] = field(default_factory=dict)
    first_shelf: dict[Place, int] = field(default_factory=dict)
    movements: list[tuple[Place, int]] = field(default_factory=list)
    forgotten: dict[Place, dict[tuple[int, str], int]] = field(default_factory=dict)
    closed_by_channel: dict[int, frozenset[int]] = field(default_factory=dict)
    closed_by_product: dict[str, frozenset[int]] = field(default_factory=dict)
    open_warehouses: frozenset[int] = frozenset()
    unbuilt: frozenset[int] = frozenset()
    owned: dict[int, int] = field(default_factory=dict)
    _eligible: dict[int, frozenset[int]] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    figures: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    shows: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    sales: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    reads: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    counts_under_way: int = 0
    last_input_ms: int = 0
    tally: Tally = field(default_factory=Tally)

    def move(self, place: Place, units: int) -> None:
        """Put units on the shelf, or take them off, and enter the movement."""
        self.shelf[place] = self.shelf.get(place, 0) + units
        self.movements.append((place, units))

    def warehouses_for(self, listing: Listing) -> frozenset[int]:
        """Return the warehouses that may serve a listing: neither its channel nor its product leaves them out."""
        known = self._eligible.get(listing.id)
        if known is None:
            closed = self.closed_by_channel.get(listing.channel, frozenset())
            others = {number for number, channel in self.owned.items() if channel != listing.channel}
            known = self.open_warehouses - closed - others - self.closed_by_product.get(listing.product, frozenset())
            self._eligible[listing.id] = known
        return known

    def exclude(self, warehouses: frozenset[int], *, channel: int | None = None, product: str | None = None) -> None:
        """Replace the warehouses that a channel, or a product, leaves out."""
        if channel is not None:
            self.closed_by_channel[channel] = warehouses
        if product is not None:
            self.closed_by_product[product] = warehouses
        self._eligible.clear()

    def demand(self, listing: Listing, units: int) -> Demand:
        """Return what it takes to serve units of a listing."""
        is_bundle = listing.needs != ((listing.product, 1),)
        ready = listing.product if is_bundle else None
        return Demand(listing.needs, self.warehouses_for(listing), units, ready, self.unbuilt)

    def demands(self) -> list[Demand]:
        """Return the open units of accepted orders, one demand a listing, in order of acceptance."""
        return [
            self.demand(self.by_listing[number][0].listing, units) for number, units in self.open_units.items() if units
        ]

    def accept(self, order: Order) -> None:
        """Enter an order: from now on it is promised."""
        self.orders[order.id] = order
        self.by_listing.setdefault(order.listing.id, []).append(order)
        self.open_units[order.listing.id] = self.open_units.get(order.listing.id, 0) + order.open

    def imported(self, order: Order, at_ms: int) -> None:
        """Note that Order Manager has heard of an order."""
        if order.imported_ms is None:
            self.imports += 1
            order.imported_ms, order.import_number = at_ms, self.imports

    def less(self, order: Order, *, cancelled: int = 0, shipped: int = 0) -> None:
        """Note that units of an order were cancelled, or have left the warehouse."""
        order.cancelled += cancelled
        order.shipped += shipped
        self.open_units[order.listing.id] -= cancelled + shipped

    def missing(self, listing: int, included: int) -> int:
        """Return the units of accepted orders of a listing that a value read after so many imports does not know of."""
        return sum(
            order.qty - order.cancelled
            for order in self.by_listing.get(listing, ())
            if order.imported_ms is None or order.import_number > included
        )

    def supply(self) -> dict[Place, int]:
        """Return the units on the shelf that are not locked."""
        return {
            place: units - (self.stock[place][1] if place in self.stock else 0) for place, units in self.shelf.items()
        }


def state_of(plan: Plan, stock: Mapping[Place, tuple[int, int, int]]) -> State:
    """Return the state at the start of a row: the shelf holds what the books say, unless the file says otherwise."""
    account: Mapping[str, Any] = plan.document.get("order_manager", {})
    warehouses = account.get("warehouses", ())
    shelf = {place: on_hand for place, (on_hand, _, _) in stock.items()} | dict(plan.shelf)
    return State(
        stock=stock,
        shelf=dict(shelf),
        first_shelf=dict(shelf),
        closed_by_channel={
            row["id"]: frozenset(row.get("excluded_warehouses", ())) for row in account.get("sales_channels", ())
        },
        closed_by_product={
            row["master_sku"]: frozenset(row.get("excluded_warehouses", ())) for row in account.get("products", ())
        },
        open_warehouses=frozenset(row["id"] for row in warehouses if row.get("active", True)),
        unbuilt=frozenset(row["id"] for row in warehouses if not row.get("use_component_inventory", True)),
        owned=_owned(warehouses, plan.document.get("readings", {})),
    )


def _owned(warehouses: Iterable[Mapping[str, Any]], readings: Mapping[str, str]) -> dict[int, int]:
    """Return the warehouses that serve one channel only, with that channel: a marketplace's own."""
    own = {
        kind
        for kind, reading, usual in (
            ("FBA", "alloc.fba-stock", "own-channel-only"),
            ("WFS", "alloc.wfs-stock", "shared"),
        )
        if readings.get(reading, usual) == "own-channel-only"
    }
    return {row["id"]: row.get("sales_channel", 0) for row in warehouses if row.get("type") in own}
