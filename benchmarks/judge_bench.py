"""``conformance run`` against the mock on a server of its own: all checks, beside as many bare health requests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, Final

import httpx

from benchmarks import servers
from benchmarks.figures import at_most
from benchmarks.rows import row, table
from conformance.target import SECONDS_PER_CALL, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from benchmarks.rows import Row
    from benchmarks.servers import Running
    from conformance.check import Check
    from conformance.target import Answer
    from conformance.verdict import Run

_AIM: Final = at_most(20.0)
_SLOWEST: Final = 3


class NotConformant(RuntimeError):
    """The mock failed a check: figures of such a run say nothing."""


@dataclass(frozen=True)
class Size:
    """How often to run the checks, which of them, and with how many workers."""

    rounds: int
    names: tuple[str, ...]
    workers: tuple[int, ...]


FULL: Final = Size(rounds=3, names=(), workers=(1, 4))
QUICK: Final = Size(rounds=1, names=("allocation-maximum/*",), workers=(1, 2))


@dataclass(frozen=True)
class Judged:
    """One run: its seconds by the clock, the processor's for judge and server, and each check's by the clock."""

    seconds: float
    judge: float
    server: float
    requests: int
    checks: dict[str, float]


class Counting(Target):
    """A target that counts the requests it is sent."""

    def __init__(self, server: Running) -> None:
        url = f"http://{servers.HOST}:{server.port}"
        super().__init__(url, httpx.Client(timeout=SECONDS_PER_CALL), url)
        self.counter = count()

    def send(self, method: str, url: str, **parts: Any) -> Answer:
        """Send one request."""
        next(self.counter)
        return super().send(method, url, **parts)


def measure(size: Size, told: Callable[[Row], None]) -> list[Row]:
    """Return the rows, each told as soon as it is known."""
    rows = []
    with servers.running(servers.OURS, "/_mock/health") as server:
        checks = _checks(size)
        for workers in size.workers:
            for each in _figures(server, checks, workers, size.rounds):
                told(each)
                rows.append(each)
    return rows


def section(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of the page of figures."""
    yield "\n## Judging a server\n\n"
    yield "All checks of `conformance run` against the mock, which has a process of its own. The floor is as many\n"
    yield "requests for its health, sent the same way by as many workers in turn with the checks.\n"
    yield from table(rows)


def _checks(size: Size) -> list[Check]:
    from conformance.checks import load_checks
    from conformance.runner import selected

    return selected(load_checks(), names=size.names)


def _figures(server: Running, checks: Sequence[Check], workers: int, rounds: int) -> Iterator[Row]:
    runs, floors = [], []
    for _ in range(rounds):
        runs.append(_judged(server, checks, workers))
        floors.append(_bare(server, runs[-1].requests, workers))
    what = f"{len(checks)} checks, {workers} {'worker' if workers == 1 else 'workers'}"
    note = f"{runs[0].requests:,} requests"
    floor = ("as many health requests", floors)
    yield row(what, [run.seconds for run in runs], "s", aim=_AIM, floor=floor, note=note)
    yield row(f"{what}: processor time of the judge", [run.judge for run in runs], "s")
    yield row(f"{what}: processor time of the server", [run.server for run in runs], "s")
    each = sorted(median(run.checks[check.id] for run in runs) * 1e3 for check in checks)
    slowest = sorted(runs[-1].checks.items(), key=lambda item: -item[1])[:_SLOWEST]
    names = ", ".join(f"{name} {seconds * 1e3:,.0f} ms" for name, seconds in slowest)
    yield row(f"{what}: a check", each, "ms", note=f"over the checks; slowest: {names}")


def _judged(server: Running, checks: Sequence[Check], workers: int) -> Judged:
    from conformance.catalogue import defaults
    from conformance.check import Expecting
    from conformance.runner import run_checks

    with Counting(server) as target:
        begun, judge, serving = perf_counter(), process_time(), servers.processor_seconds(server.pids)
        run = run_checks(target, checks, Expecting(defaults()), again=lambda check: check.id, workers=workers)
        taken = perf_counter() - begun, process_time() - judge, servers.processor_seconds(server.pids) - serving
        requests = next(target.counter)
    _check_passed(run)
    return Judged(*taken, requests, {verdict.id: verdict.seconds for verdict in run.verdicts})


def _check_passed(run: Run) -> None:
    if run.exit_code:
        wrong = [f"{verdict.id} {verdict.status}" for verdict in run.verdicts if verdict.status != "passed"]
        raise NotConformant(f"exit code {run.exit_code}: {', '.join(wrong[:5])}")


def _bare(server: Running, requests: int, workers: int) -> float:
    """Return the seconds that so many requests for the server's health take, sent by the same client."""
    with Counting(server) as target, ThreadPoolExecutor(workers) as pool:
        begun = perf_counter()
        list(pool.map(lambda _: target.control("GET", "/health"), range(requests)))
        return perf_counter() - begun
