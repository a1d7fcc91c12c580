"""Requests a second of the hot routes, each beside a trivial Flask application on the same server."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from benchmarks import http_world, load, servers
from benchmarks.figures import Aim, at_least, ratios, spread
from benchmarks.floor_app import ROWS, SMALL
from benchmarks.http_world import MANY_RECORDS, ONE_RECORD, THREE_RECORDS
from benchmarks.load import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.http_world import HostedWorld

Pids = tuple[int, ...]

# A body that names one row is longer than this; "[]" is not.
_ROW_BYTES: Final = 40
_SMALL_AIM: Final = at_least(0.7)
_ROWS_AIM: Final = at_least(3.0)


@dataclass(frozen=True)
class Size:
    """How much to measure: rounds; small, large and interleaved requests a round; listings of the world."""

    rounds: int
    small: int
    large: int
    interleaved: int
    listings: int


FULL: Final = Size(rounds=7, small=16_000, large=300, interleaved=2_000, listings=20_000)
QUICK: Final = Size(rounds=1, small=64, large=8, interleaved=8, listings=2_000)


@dataclass(frozen=True)
class Case:
    """One thing that is asked of the mock, and what the floors are asked instead."""

    name: str
    plan: Plan
    floors: tuple[tuple[str, Plan, Aim | None], ...]


def measure(size: Size, told: Callable[[dict[str, Any]], None]) -> list[dict[str, Any]]:
    """Return a row of figures for each case and floor, each told as soon as known; the servers are asked in turn."""
    rows = []
    with servers.running(servers.OURS, "/_mock/health") as ours, servers.running(servers.FLOOR, "/") as floor:
        for case in _cases(size, ours.port, floor.port):
            for row in _figures(case, size.rounds, ours.pids, floor.pids):
                told(row)
                rows.append(row)
    return rows


def _figures(case: Case, rounds: int, pids: Pids, floor_pids: Pids) -> Iterator[dict[str, Any]]:
    ours: list[load.Measured] = []
    floors: list[list[load.Measured]] = [[] for _ in case.floors]
    for _ in range(rounds):
        for measured, (_, plan, _) in zip(floors, case.floors, strict=True):
            measured.append(load.measure(replace(plan, pids=floor_pids)))
        ours.append(load.measure(replace(case.plan, pids=pids)))
    for measured, (name, _, aim) in zip(floors, case.floors, strict=True):
        yield _row(case.name, name, ours, measured, aim)


def _row(
    case: str, floor_name: str, ours: list[load.Measured], floor: list[load.Measured], aim: Aim | None
) -> dict[str, Any]:
    ratio = ratios([each.per_second for each in ours], [each.per_second for each in floor])
    return {
        "case": case,
        "floor": floor_name,
        "per_second": spread([each.per_second for each in ours]),
        "floor_per_second": spread([each.per_second for each in floor]),
        "p50_ms": spread([each.p50 * 1e3 for each in ours]),
        "p99_ms": spread([each.p99 * 1e3 for each in ours]),
        "server_us": spread([each.server_seconds * 1e6 for each in ours]),
        "floor_server_us": spread([each.server_seconds * 1e6 for each in floor]),
        "ratio": ratio,
        "processor_ratio": ratios(
            [1 / each.server_seconds for each in ours], [1 / each.server_seconds for each in floor]
        ),
        "aim": aim and aim.text,
        "met": aim and aim.is_met_by(ratio.median),
    }


def _cases(size: Size, port: int, floor_port: int) -> Iterator[Case]:
    yield from _acknowledges(size, port, floor_port)
    yield from _inventories(size, port, floor_port)


# -- acknowledge -------------------------------------------------------------------------------------


def _acknowledges(size: Size, port: int, floor_port: int) -> Iterator[Case]:
    for name, plan in (
        ("nothing new", _nothing_new),
        ("1 row just changed", _just_changed),
        ("1 row of a backlog", _backlog),
    ):
        with _drained(port, size) as world:
            yield _small(f"acknowledge, {name}", plan(world, size), floor_port)
    with _drained(port, size) as world:
        yield _rows("acknowledge, 1,000 rows", _thousands(world, size), floor_port, "/rows", size)


@contextmanager
def _drained(port: int, size: Size) -> Iterator[HostedWorld]:
    """Give a world whose one reader has read everything."""
    world = http_world.create(port, http_world.document(listings=size.listings, sellers=3))
    world.drain(limit=ROWS)
    yield world
    world.drop()


def _nothing_new(world: HostedWorld, size: Size) -> Plan:
    return Plan(world.port, [world.acknowledge_text(ROWS)], size.small)


def _just_changed(world: HostedWorld, size: Size) -> Plan:
    """One connection; before each timed request one listing changes, so each answers one row."""
    changes = [world.command_text(http_world.one_changes(units)) for units in (7, 8)]
    return _after(world, changes, limit=ROWS, batch=1, count=size.interleaved, connections=1)


def _backlog(world: HostedWorld, size: Size) -> Plan:
    """Everything changes, then it is read row by row."""
    return _after(world, _shares(world), limit=1, batch=size.listings, count=2 * size.listings, connections=8)


def _thousands(world: HostedWorld, size: Size) -> Plan:
    """Everything changes, then it is read by the thousand."""
    batch = size.listings // ROWS
    plan = _after(world, _shares(world), limit=ROWS, batch=batch, count=_even(size.large, batch), connections=2)
    return replace(plan, smallest_body=_ROW_BYTES * ROWS)


def _shares(world: HostedWorld) -> list[str]:
    return [world.command_text(http_world.everything_changes(share)) for share in (50, 100)]


def _after(world: HostedWorld, changes: list[str], *, limit: int, batch: int, count: int, connections: int) -> Plan:
    requests = [world.acknowledge_text(limit)]
    return Plan(world.port, requests, count, connections, _ROW_BYTES, batch, changes, world.port)


def _even(count: int, batch: int) -> int:
    """Return a count in an even number of batches, so that every plan leaves the world as it found it."""
    return max(1, round(count / batch / 2)) * 2 * batch


# -- inventories -------------------------------------------------------------------------------------


def _inventories(size: Size, port: int, floor_port: int) -> Iterator[Case]:
    world = http_world.create(port, http_world.document(listings=3, sellers=ROWS))
    one = Plan(port, [world.inventories_text(ONE_RECORD)], size.small, smallest_body=_ROW_BYTES)
    yield _small("GET inventories, 1 record", one, floor_port)
    put_get = [world.put_text({2: 5, 3: 6, 4: 7}), world.inventories_text(THREE_RECORDS)]
    yield _small("PUT of three, then GET", Plan(port, put_get, size.small, smallest_body=3 * _ROW_BYTES), floor_port)
    many = replace(one, requests=[world.inventories_text(MANY_RECORDS)], count=size.large, connections=2)
    many = replace(many, smallest_body=_ROW_BYTES * ROWS)
    yield _rows("GET inventories, 1,000 records", many, floor_port, "/records", size)
    world.drop()


# -- floors ------------------------------------------------------------------------------------------


def _small(name: str, plan: Plan, floor_port: int) -> Case:
    """Beside constant bytes: the same methods, headers and bodies, another path."""
    requests = [_to("/small", text) for text in plan.requests]
    is_interleaved = plan.batch == 1
    floor = replace(plan, port=floor_port, requests=requests, before=plan.before if is_interleaved else [])
    floor = replace(floor, smallest_body=len(SMALL))
    return Case(name, plan, (("constant bytes", floor, _SMALL_AIM),))


def _rows(name: str, plan: Plan, floor_port: int, path: str, size: Size) -> Case:
    """Beside a thousand rows rendered anew: by Flask's own jsonify, and by the fastest encoder at hand."""
    plain = replace(plan, port=floor_port, before=[], count=size.large, batch=0)
    by_jsonify = replace(plain, requests=[_to(path, text) for text in plan.requests])
    by_orjson = replace(plain, requests=[_to(f"{path}/orjson", text) for text in plan.requests])
    return Case(name, plan, (("rendered by jsonify", by_jsonify, _ROWS_AIM), ("rendered by orjson", by_orjson, None)))


def _to(path: str, request: str) -> str:
    """Return the request with another path; everything else, its length included, stays."""
    method, _, rest = request.split(" ", 2)
    return f"{method} {path} {rest}"
