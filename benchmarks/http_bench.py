"""Requests a second of the hot routes, each beside a trivial Flask application on the same server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, Final

from benchmarks import http_world, load, servers
from benchmarks.figures import Aim, at_least, ratios, spread
from benchmarks.floor_app import ROWS
from benchmarks.http_world import MANY_RECORDS, ONE_RECORD, HostedWorld

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from benchmarks.load import Measured, Plan

_IDLE, _ONE, _MANY = range(3)
# A body that names one row is longer than this; "[]" is not.
_ONE_ROW_BYTES: Final = 40
_SMALL_AIM: Final = at_least(0.7)
_ROWS_AIM: Final = at_least(3.0)


@dataclass(frozen=True)
class Size:
    """How much to measure: rounds, requests a round, listings, open connections."""

    rounds: int
    small_requests: int
    large_requests: int
    interleaved_requests: int
    listings: int
    connections: int = 8


FULL: Final = Size(rounds=7, small_requests=12_000, large_requests=300, interleaved_requests=1_500, listings=20_000)
QUICK: Final = Size(rounds=1, small_requests=60, large_requests=4, interleaved_requests=10, listings=2_000)


@dataclass(frozen=True)
class Case:
    """One thing that is asked of the mock, and what the floor is asked instead."""

    name: str
    floor_name: str
    ours: Callable[[], Measured]
    floor: Callable[[], Measured]
    aim: Aim | None


def measure(size: Size) -> list[dict[str, Any]]:
    """Return one row of figures a case; both servers run all the time and are asked in turn."""
    with servers.running(servers.OURS, "/_mock/health") as ours, servers.running(servers.FLOOR, "/") as floor:
        return [_figures(case, size.rounds) for case in Cases(size, ours.port, floor.port)]


def _figures(case: Case, rounds: int) -> dict[str, Any]:
    floor, ours = [], []
    for _ in range(rounds):
        floor.append(case.floor())
        ours.append(case.ours())
    ratio = ratios([each.per_second for each in ours], [each.per_second for each in floor])
    return {
        "case": case.name,
        "floor": case.floor_name,
        "per_second": spread([each.per_second for each in ours]),
        "floor_per_second": spread([each.per_second for each in floor]),
        "p50_ms": spread([each.p50 * 1e3 for each in ours]),
        "p99_ms": spread([each.p99 * 1e3 for each in ours]),
        "ratio": ratio,
        "aim": None if case.aim is None else case.aim.limit,
        "met": None if case.aim is None else case.aim.is_met_by(ratio.median),
    }


class Cases:
    """The cases, over one world on the mock. Iterating makes them in order; some need what an earlier one left."""

    def __init__(self, size: Size, port: int, floor_port: int) -> None:
        self._size = size
        self._port = port
        self._floor_port = floor_port
        self._world = http_world.create(port, http_world.document(listings=size.listings, sellers=ROWS))
        self._shares = cycle((50, 100))
        self._units = cycle((7, 8))

    def __iter__(self) -> Iterator[Case]:
        """Yield the cases."""
        world = self._world
        self._drain(_IDLE)
        yield self._small("acknowledge, nothing new", [world.acknowledge_text(_IDLE, ROWS)], at_least_bytes=2)
        yield from self._acknowledges()
        get_one = world.inventories_text(ONE_RECORD)
        yield self._small("GET inventories, 1 record", [get_one], at_least_bytes=_ONE_ROW_BYTES)
        yield from self._many("GET inventories, 1,000 records", self._get_many, "/records")
        put_get = [world.put_text({2: 5, 3: 6, 4: 7}), world.inventories_text(http_world.THREE_RECORDS)]
        yield self._small("PUT of three, then GET", put_get, at_least_bytes=3 * _ONE_ROW_BYTES)

    def _acknowledges(self) -> Iterator[Case]:
        self._drain(_ONE)
        floor = self._floor_small("POST")
        ours = lambda: self._limited(_ONE, 1, self._size.small_requests)  # noqa: E731
        yield Case("acknowledge of 1 row, from a backlog", "constant", ours, lambda: load.measure(floor), _SMALL_AIM)
        yield self._interleaved()
        self._drain(_MANY)
        yield from self._many("acknowledge of 1,000 rows", self._acknowledge_many, "/rows", method="POST")

    # -- kinds of cases ------------------------------------------------------------------------------

    def _small(self, name: str, requests: list[str], *, at_least_bytes: int) -> Case:
        size = self._size
        ours = load.Plan(self._port, requests, size.small_requests, size.connections, at_least_bytes)
        methods = [text.partition(" ")[0] for text in requests]
        floor = replace(ours, port=self._floor_port, requests=[_to_floor(text) for text in requests])
        del methods
        return Case(name, "constant", lambda: load.measure(ours), lambda: load.measure(floor), _SMALL_AIM)

    def _interleaved(self) -> Case:
        """One connection; before each timed request one listing changes, so each answers one row."""
        changes = [self._world.command_text(http_world.one_changes(units)) for units in islice(self._units, 2)]
        ours = load.Plan(
            self._port,
            [self._world.acknowledge_text(_ONE, ROWS)],
            self._size.interleaved_requests,
            smallest_body=_ONE_ROW_BYTES,
            before=changes,
            before_port=self._port,
        )
        floor = replace(ours, port=self._floor_port, requests=[_to_floor(ours.requests[0])])
        name = "acknowledge of 1 row, just changed"
        return Case(name, "constant", lambda: self._after_draining(ours), lambda: load.measure(floor), _SMALL_AIM)

    def _many(self, name: str, ours: Callable[[], Measured], path: str, method: str = "GET") -> Iterator[Case]:
        """Twice the same case: beside Flask's own jsonify, and beside the fastest encoder."""
        for label, suffix, aim in (("jsonify", "", _ROWS_AIM), ("orjson", "/orjson", None)):
            request = load.request_text(method, path + suffix)
            floor = load.Plan(self._floor_port, [request], self._size.large_requests, 2, smallest_body=20 * ROWS)
            yield Case(name, f"rendered anew, {label}", ours, lambda floor=floor: load.measure(floor), aim)  # type: ignore[misc]
