"""
One measurement of one world in a fresh process: ``python -m benchmarks.scale_probe WAY FILE LISTINGS``.

WAY says how the file becomes a world: ``core`` (parsed JSON to world), ``file`` (read, check, build) or ``server`` (as
``mockserver serve`` does it, which keeps the start for a reset). The figures go to stdout as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from mockserver import behaviours
from mockserver.core.world import World
from mockserver.files.world_file import build_world, check_world, read_world
from mockserver.worlds import Worlds

if TYPE_CHECKING:
    from collections.abc import Callable

CHANNEL: Final = 1
READERS: Final = (0, 1, 3)
ROWS: Final = (0, 1, 100)
_MOST_CHANGES: Final = 2_000
_SOURCE: Final = "generated"
_NOTHING: Final = {"format": "stockproof/world/1"}

Seconds = dict[str, float]


@dataclass
class Stopwatch:
    """The seconds of processor time that each named step took: a neighbour on the machine does not count."""

    steps: Seconds = field(default_factory=dict)

    def step(self, name: str, work: Callable[[], Any]) -> Any:
        """Do some work and note how long it takes."""
        begun = time.process_time()
        done = work()
        self.steps[name] = time.process_time() - begun
        return done


def probe(way: str, path: Path, listings: int) -> dict[str, Any]:
    """Return processor time a listing, memory a listing, and what changes and acknowledges cost in that world."""
    build, watch = _builder(way), Stopwatch()
    before = _resident_bytes()
    world = _built(way, path, build, watch)
    after, peak = _resident_bytes(), _peak_bytes()
    timed = {"build"} if way == "core" else {"read", "check", "build"}
    return {
        "way": way,
        "listings": listings,
        "us_a_listing": sum(watch.steps[name] for name in timed & set(watch.steps)) / listings * 1e6,
        "steps_us_a_listing": {name: seconds / listings * 1e6 for name, seconds in watch.steps.items()},
        "bytes_a_listing": (after - before) / listings,
        "peak_bytes_a_listing": (peak - before) / listings,
        "costs_us": _costs(world) if way == "file" else {},
    }


def _built(way: str, path: Path, build: Callable[[Any], World], watch: Stopwatch) -> World:
    """Return the world; the parsed file is gone when this returns."""
    document = watch.step("read", lambda: read_world(path))
    if way != "core":
        watch.step("check", lambda: check_world(document, source=_SOURCE))
    world: World = watch.step("build", lambda: build(document))
    return world


def _builder(way: str) -> Callable[[Any], World]:
    """Return what makes the world, after a first one: modules, registry and schema are not costs of a listing."""
    readings, worlds = behaviours.resolve({}), Worlds()
    builders: dict[str, Callable[[Any], World]] = {
        "core": lambda document: World.from_document(document, readings),
        "file": lambda document: build_world(document, source=_SOURCE),
        "server": lambda document: worlds.create(document).world,
    }
    check_world(_NOTHING, source=_SOURCE)
    builders[way](_NOTHING)
    return builders[way]


# -- memory ------------------------------------------------------------------------------------------


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


# -- what changes and reads cost ---------------------------------------------------------------------


def _costs(world: World) -> Seconds:
    changes, costs = Changes(world), {}
    for readers in READERS:
        for token in range(readers):
            _drain(world, token)
        costs[f"stock change, {readers} reading"] = _median_us(changes.one, count=_MOST_CHANGES)
    for rows in ROWS:
        costs[f"acknowledge of {rows}"] = _acknowledge_us(world, changes, rows)
    return costs


def _drain(world: World, token: int) -> None:
    while world.acknowledge(token, "v1.2", [CHANNEL], 1_000):
        pass


def _median_us(work: Callable[[], object], *, count: int, before: Callable[[], object] = lambda: None) -> float:
    waits = []
    for _ in range(count):
        before()
        begun = time.perf_counter()
        work()
        waits.append(time.perf_counter() - begun)
    return median(waits) * 1e6


def _acknowledge_us(world: World, changes: Changes, rows: int) -> float:
    _drain(world, 0)
    limit = max(rows, 1)
    answered: list[int] = []

    def acknowledge() -> None:
        answered.append(len(world.acknowledge(0, "v1.2", [CHANNEL], limit)))

    def change() -> None:
        for _ in range(rows):
            changes.one()

    cost = _median_us(acknowledge, count=40 if rows > 1 else _MOST_CHANGES, before=change)
    assert set(answered) == {rows}, set(answered)
    return cost


class Changes:
    """
    Stock changes, each of another product than the last and each to another figure.

    The products are alike at every size: core, sold on two channels once each and in no bundle, one stock location,
    no rule; and they are spread evenly over the catalogue.
    """

    def __init__(self, world: World) -> None:
        alike = [product for product in world.products.values() if _is_plain(product)]
        stride = max(1, len(alike) // _MOST_CHANGES)
        chosen = list(islice(alike, 0, None, stride))[:_MOST_CHANGES]
        assert len(chosen) >= max(ROWS), "the world is too small to measure"
        self._world = world
        self._rows = cycle([product.stock[0] for product in chosen])

    def one(self) -> None:
        """Put one unit more on a shelf."""
        row = next(self._rows)
        command = {"type": "stock.set", "master_sku": row.product.master_sku, "warehouse": row.warehouse.id}
        done = self._world.execute({**command, "location": row.location, "on_hand": row.on_hand + 1})
        assert done.status == "done", done.reason


def _is_plain(product: Any) -> bool:
    listed = {listing.channel.id for listing in product.listings if listing.active and listing.push_inventory}
    is_alone = not product.bundles and not product.components and not product.rules and not product.excluded
    if not (product.active and is_alone and len(product.listings) == len(listed) == 2 and CHANNEL in listed):
        return False
    (channel,) = (each.channel for each in product.listings if each.channel.id == CHANNEL)
    return len(product.stock) == 1 and _is_open(product.stock[0], channel.closed)


def _is_open(row: Any, closed: frozenset[int]) -> bool:
    is_shown = row.active and row.pickable and row.warehouse.id not in closed
    return bool(is_shown and row.available >= 0)


if __name__ == "__main__":
    json.dump(probe(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])), sys.stdout)
