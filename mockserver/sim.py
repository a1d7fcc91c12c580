"""
A world in this process, for whoever drives one without HTTP: the target ``sim`` of the suite.

The suite knows it by the entry point of group ``conformance.targets`` only, so that neither imports the other.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.behaviours import resolve
from mockserver.core.world import World
from mockserver.files.world_file import check_world, problems_of
from mockserver.files.world_problems import WorldFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

VERSION = "v1.2"
EVERYTHING = 1_000_000_000


class UnusableWorld(ValueError):
    """A world file that no world can be made of; the text says why."""


class Units(NamedTuple):
    """What Order Manager believes of one product in one warehouse."""

    on_hand: int
    locked: int
    allocated: int


def open_world(document: Mapping[str, Any], *, checked: bool = False) -> SimWorld:
    """
    Return the world of a world file; one that was ``checked`` before is taken at its word.

    Raises:
        UnusableWorld: when the file breaks its schema, names an unknown reading, or contradicts itself.
    """
    try:
        if not checked:
            check_world(document, source="world")
        with problems_of("world"):
            return SimWorld(World.from_document(document, resolve(document.get("readings", {}))))
    except WorldFileError as error:
        raise UnusableWorld(str(error)) from None


class SimWorld:
    """One world, changed by the same commands as over HTTP."""

    def __init__(self, world: World) -> None:
        self.world = world

    def execute(self, command: Mapping[str, Any]) -> tuple[bool, str | None, Any]:
        """Run one command now; return whether it was done, the reason if not, and its result."""
        outcome = self.world.execute(command)
        return outcome.status == "done", outcome.reason, outcome.result

    def advance_to(self, instant_ms: int) -> int:
        """Move virtual time on; return how many effects fired."""
        return self.world.advance_to(instant_ms)

    def read_feed(self, channels: Sequence[int], token: int = 0) -> list[tuple[int, int]]:
        """Return the due rows of some channels as (listing id, figure)."""
        rows = self.world.acknowledge(token, VERSION, channels, EVERYTHING)
        return [(row.listing.id, row.figure) for row in rows]

    def confirm(self, channels: Sequence[int], listings: Sequence[int], token: int = 0) -> None:
        """Confirm rows that were read, where the reading ``ack.consumption`` asks for it."""
        self.world.acknowledge(token, VERSION, channels, 0, listings)

    def figures(self, listings: Iterable[int]) -> list[int]:
        """Return what each listing may show."""
        world = self.world
        return [world.figure(world.listings[listing]) for listing in listings]

    def stock(self) -> dict[tuple[int, str], Units]:
        """Return what Order Manager believes, by warehouse and product."""
        found: dict[tuple[int, str], Units] = {}
        for sku, product in self.world.products.items():
            for row in product.stock:
                before = found.get((row.warehouse.id, sku), Units(0, 0, 0))
                found[row.warehouse.id, sku] = Units(
                    before.on_hand + row.on_hand, before.locked + row.locked, before.allocated + row.allocated
                )
        return found

    def allocations(self) -> dict[tuple[int, str], dict[tuple[int, str], int]]:
        """Return the units that each order holds: (channel, order number) -> (warehouse, product) -> units."""
        found: dict[tuple[int, str], dict[tuple[int, str], int]] = {}
        for key, order in self.world.orders.items():
            held = found.setdefault(key, {})
            for draw in order.draws:
                for _, picks in draw.groups:
                    for pick in picks:
                        place = (pick.row.warehouse.id, pick.row.product.master_sku)
                        held[place] = held.get(place, 0) + pick.units
        return found

    def counts(self) -> dict[tuple[int, int], int]:
        """Return what the marketplace shows, by (variant, seller)."""
        found: dict[tuple[int, int], int] = {}
        for variant in self.world.marketplace.variants.values():
            if variant.seller is not None:
                found[variant.id, variant.seller] = variant.count_on_hand
            for held in variant.inventories.values():
                found[variant.id, held.seller] = held.count_on_hand
        return found

    def document(self) -> dict[str, Any]:
        """Return the present state as a world file."""
        return self.world.to_document()

    def copy(self) -> SimWorld:
        """Return a world of its own in the same state."""
        return SimWorld(copy.deepcopy(self.world))

    def forget(self) -> None:
        """Do nothing: nothing is kept."""

    def close(self) -> None:
        """Do nothing: there is nothing to give back."""
