"""A scenario as it is run: names resolved, durations in milliseconds, one plan for each row of its table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.scenario.problems import Path
    from conformance.scenario.references import Reference
    from conformance.scenario.text import Text


@dataclass(frozen=True, slots=True)
class Connector:
    """How one channel is kept up to date. Times are milliseconds; a period of None never comes."""

    poll_ms: int | None = 900_000
    first_poll_ms: int | None = None
    push_takes_ms: int = 60_000
    push: str = "set"
    ack: str = "after-push"
    full_sync_ms: int | None = None
    first_full_sync_ms: int | None = None
    guard: str = "none"
    fence: bool = False
    quantity: str = "figure"
    feed: str = "figures"
    gate: str = "none"
    batch: str = "per-item"
    paging: str = "cursor"
    page: int | None = None
    resolution_ms: int = 0
    gap_ms: int = 0
    percent: float | None = None
    rounding: str = "floor"
    buffer: int = 0
    minimum_level: int = 0
    at_least: int = 0
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class Staging:
    """A second reader of the feed, which shows what it reads to nobody; ``shared`` when it moves the same marker."""

    period_ms: int
    first_ms: int
    shared: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """One listing: what it is made of in core products, and the variant by which the marketplace sells it."""

    id: int
    sku: str
    channel: int
    product: str
    needs: tuple[tuple[str, int], ...]
    variant: int | None
    seller: int | None
    infinite: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """One sales channel: what it lists, how late its orders reach Order Manager, how it is kept up to date."""

    id: int
    name: str
    listings: tuple[Listing, ...]
    import_lag_ms: int
    connector: Connector


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens, at a time or at a named occurrence; ``data`` has names resolved and units counted."""

    index: int
    verb: str
    data: Mapping[str, Any]
    at_ms: int | None = None
    during: Reference | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a number must be: ``wanted`` is a value or a comparison; ``at_ms`` None means at the end."""

    name: str
    what: tuple[str | int, ...]
    wanted: object
    at_ms: int | None
    path: Path


@dataclass(frozen=True, slots=True)
class Plan:
    """
    One row, ready to run. Instants of ``events`` and ``until_ms`` count from the start.

    A ``recorded`` one has no connector of ours; with ``moves_itself`` others write to the channels: whoever was
    recorded, or the Integration Manager of the world.
    """

    scenario: str
    name: str
    seed: int
    start_ms: int
    until_ms: int
    document: Mapping[str, Any]
    channels: tuple[Channel, ...]
    staging: Staging | None
    shown: Mapping[int, int]
    shelf: Mapping[tuple[int, str], int]
    events: tuple[Event, ...]
    always: tuple[str, ...]
    breaks: Mapping[str, int]
    expectations: tuple[Expectation, ...]
    warehouses: Mapping[int, str] = field(default_factory=dict)
    recorded: bool = False
    moves_itself: bool = False

    @property
    def listings(self) -> dict[int, Listing]:
        """Every listing by its id, in order."""
        return {listing.id: listing for channel in self.channels for listing in channel.listings}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario file as read: what it says of itself, and one plan a row."""

    id: str
    title: str
    source: str
    document: Mapping[str, Any]
    tags: tuple[str, ...]
    plans: tuple[Plan, ...]
    sha256: str
    text: Text
    tabular: bool = False

    def line_of(self, *path: str | int) -> int:
        """Return the line of a place in the file."""
        return self.text.line_of(path)
