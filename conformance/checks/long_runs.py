"""Long runs of changes, held against arithmetic done beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from conformance import acknowledge
from conformance.checks.worlds import CHANNEL, order_manager_world
from conformance.verdict import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.target import TargetWorld

PAGED: Final = [f"SKU-{number:02}" for number in range(1, 61)]
ROWS_A_PAGE: Final = 7
SKUS: Final = ("CUP", "LAMP", "TRAY")
SECOND: Final = 20
ROUNDS: Final = 30

WORLD_OF_PAGES: Final = order_manager_world(dict.fromkeys(PAGED, 5))
WORLD_OF_TWO_READERS: Final = order_manager_world(dict.fromkeys(SKUS, 50), tokens=2)
WORLD_OF_A_LONG_RUN: Final = order_manager_world(
    dict.fromkeys(SKUS, 40),
    channels=(CHANNEL, SECOND),
    rules=[
        {"master_sku": sku, "sales_channel": SECOND, "rule_type": "PERCENT_OF_AVAILABLE", "value": 33} for sku in SKUS
    ],
)


def pages_under_change(world: TargetWorld) -> Iterator[Difference]:
    """Yield the listings whose last figure told is not their stock."""
    stock = dict.fromkeys(PAGED, 5)
    told: dict[object, object] = {}
    for step in range(len(PAGED)):
        rows = acknowledge.read(world, [CHANNEL], limit=ROWS_A_PAGE)
        told |= {row["listing_id"]: row["figure"] for row in rows}
        if not rows:
            break
        # One already read, one not yet: both must come (again).
        for sku in {PAGED[step], PAGED[-1 - step]} if step < 8 else ():
            stock[sku] = 20 + step
            world.run([_count(sku, stock[sku])])
    for number, sku in enumerate(PAGED, 1):
        if told.get(number) != stock[sku]:
            yield Difference(f"last figure of listing {number}", stock[sku], told.get(number))


def long_run(world: TargetWorld) -> Iterator[Difference]:
    """Yield the figures that are not what is left: all of it on one channel, a third rounded down on the other."""
    on_hand, allocated = dict.fromkeys(SKUS, 40), dict.fromkeys(SKUS, 0)
    told: dict[int, object] = {}
    for step in range(ROUNDS):
        sku = SKUS[step % len(SKUS)]
        for command in _round(step, sku, on_hand, allocated):
            world.run([command])
            told |= acknowledge.drain(world, [CHANNEL, SECOND])
            yield from _wrong(step, sku, on_hand[sku] - allocated[sku], told)


def _round(step: int, sku: str, on_hand: dict[str, int], allocated: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Yield a receipt, two orders, and the end of each: one is shipped, the other cancelled; keep the books beside."""
    order = {"sales_channel": CHANNEL, "lines": [{"listing_sku": f"{sku}-1", "quantity": 1 + step % 4}]}
    units = 1 + step % 4
    on_hand[sku] += step % 3
    yield _receipt(sku, step % 3) if step % 3 else _count(sku, on_hand[sku])
    for name in ("A", "B"):
        allocated[sku] += units
        yield {"type": "order.create", "order_number": f"{name}-{step}", **order}
    on_hand[sku] -= units
    allocated[sku] -= units
    yield {"type": "order.ship", "sales_channel": CHANNEL, "order_number": f"A-{step}"}
    allocated[sku] -= units
    yield {"type": "order.cancel", "sales_channel": CHANNEL, "order_number": f"B-{step}"}


def _receipt(sku: str, units: int) -> dict[str, Any]:
    return {"type": "stock.receive", "master_sku": sku, "warehouse": 1, "units": units}


def _count(sku: str, units: int) -> dict[str, Any]:
    return {"type": "stock.set", "master_sku": sku, "warehouse": 1, "on_hand": units}


def _wrong(step: int, sku: str, left: int, told: dict[int, object]) -> Iterator[Difference]:
    first = 1 + 2 * SKUS.index(sku)
    for listing, wanted in ((first, left), (first + 1, left * 33 // 100)):
        if told.get(listing) != wanted:
            yield Difference(f"round {step}, figure of listing {listing}", wanted, told.get(listing))


def two_readers(world: TargetWorld) -> Iterator[Difference]:
    """Yield where the reader that calls once in the end knows something else than the one that called all along."""
    often: dict[object, object] = {}
    for step in range(ROUNDS):
        sku = SKUS[step % len(SKUS)]
        world.run([_count(sku, 50 - step)])
        often |= {row["listing_id"]: row["figure"] for row in acknowledge.read(world, [CHANNEL], token=0)}
    once = {row["listing_id"]: row["figure"] for row in acknowledge.read(world, [CHANNEL], token=1)}
    # The last change of each of the three: rounds 27, 28 and 29.
    for listing, wanted in ((1, 23), (2, 22), (3, 21)):
        for name, told in (("who called after each change", often), ("who called once", once)):
            if told.get(listing) != wanted:
                yield Difference(f"figure of listing {listing} to the one {name}", wanted, told.get(listing))
