"""What a hunt is about: the scenario's world and connector, what may happen in it, and what must not come of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from conformance.scenario.state import State, state_of
from conformance.scenario.world import open_sim

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.scenario.model import Connector, Listing, Plan, Scenario

UNLIMITED: Final = -1
SUPPORTED: Final = (
    "no_oversell",
    "no_lost_update",
    "no_erased_sale",
    "no_stale_overwrite",
    "converges",
    "books_match",
    "shown_not_negative",
)
# What the search leaves out of the connector: it would answer another question than the one asked.
_UNKNOWN_TO_IT: Final = {
    "quantity": "figure",
    "feed": "figures",
    "gate": "none",
    "batch": "per-item",
    "paging": "cursor",
    "resolution_ms": 0,
}


class BadHunt(ValueError):
    """A hunt that cannot be made of a scenario; the text says what in it and why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How often what may happen; ``orders`` of -1 is no limit."""

    crashes: int = 0
    losses: int = 0
    duplicates: int = 0
    restocks: int = 0
    counts: int = 0
    orders: int = UNLIMITED
    reorder: bool = False


@dataclass(frozen=True, slots=True)
class Seller:
    """One channel that sells: its listings, and how the connector keeps it up to date."""

    name: str
    listings: tuple[Listing, ...]
    connector: Connector


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that a search needs to know. ``waiting`` updates at most are queued, and as many under way."""

    plan: Plan
    sellers: tuple[Seller, ...]
    invariants: tuple[str, ...]
    limits: Limits
    shown: tuple[int, ...]
    on_change: bool
    waiting: int = 2

    @property
    def listings(self) -> tuple[Listing, ...]:
        """Every listing, by channel and then in its order there."""
        return tuple(listing for seller in self.sellers for listing in seller.listings)

    def start(self) -> State:
        """Return the shelf and who may draw on it, before anything has happened."""
        world = open_sim(self.plan.document)
        try:
            return state_of(self.plan, world.stock())
        finally:
            world.close()

    def with_connector(self, **keys: Any) -> Question:
        """Return the same question about a connector that differs in these keys on every channel."""
        sellers = [replace(each, connector=replace(each.connector, **keys)) for each in self.sellers]
        return replace(self, sellers=tuple(sellers))


def question_of(scenario: Scenario) -> Question:
    """
    Return the question that a hunt file asks.

    Raises:
        BadHunt: when it asks for what the search does not know of.
    """
    if len(scenario.plans) != 1:
        raise BadHunt("a hunt is about one world; take 'with' out, or keep one row of it")
    plan, wanted = scenario.plans[0], scenario.document.get("hunt", {})
    invariants = tuple(wanted.get("invariants", ["no_oversell"]))
    for name in invariants:
        if name not in SUPPORTED:
            raise BadHunt(f"hunt.invariants: {name!r} cannot be searched for; possible: {', '.join(SUPPORTED)}")
    sellers = tuple(_seller(plan, number) for number in range(len(plan.channels)) if plan.channels[number].listings)
    if not sellers:
        raise BadHunt("given: no channel lists anything, so nothing can be sold")
    _check_fence(sellers)
    return Question(
        plan=plan,
        sellers=sellers,
        invariants=invariants,
        limits=_limits(wanted),
        shown=_shown_first(plan, sellers),
        on_change=plan.document.get("readings", {}).get("ack.due") == "stock-changed",
    )


def _limits(wanted: Mapping[str, Any]) -> Limits:
    numbers = {key: wanted[key] for key in ("crashes", "losses", "duplicates", "restocks", "counts") if key in wanted}
    orders = wanted.get("orders", "unlimited")
    unlimited = orders == "unlimited"
    return Limits(**numbers, orders=UNLIMITED if unlimited else orders, reorder=wanted.get("reorder", False))


def _seller(plan: Plan, number: int) -> Seller:
    channel = plan.channels[number]
    for key, value in _UNKNOWN_TO_IT.items():
        if getattr(channel.connector, key) != value:
            raise BadHunt(f"given.connector: the search does not know {key.removesuffix('_ms')!r}; replay does")
    for listing in channel.listings:
        if listing.infinite or listing.variant is None:
            raise BadHunt(f"given: {listing.sku} shows no number that can run out; leave it out of a hunt")
    return Seller(channel.name, channel.listings, channel.connector)


def can_be_fenced(sellers: tuple[Seller, ...]) -> bool:
    """Return whether the search knows a fence for what is sold: one product that is no bundle."""
    products = {listing.needs for seller in sellers for listing in seller.listings}
    return len(products) == 1 and all(len(needs) == 1 and needs[0][1] == 1 for needs in products)


def _check_fence(sellers: tuple[Seller, ...]) -> None:
    if any(seller.connector.fence for seller in sellers) and not can_be_fenced(sellers):
        raise BadHunt("given.connector: the search knows a fence around one product that is no bundle")


def _shown_first(plan: Plan, sellers: tuple[Seller, ...]) -> tuple[int, ...]:
    from conformance.scenario.policy import adjusted

    world = open_sim(plan.document)
    try:
        return tuple(
            plan.shown.get(listing.id, adjusted(world.figures([listing.id])[0], seller.connector))
            for seller in sellers
            for listing in seller.listings
        )
    finally:
        world.close()
