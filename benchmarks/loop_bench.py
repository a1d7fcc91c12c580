"""The event loop of replays, beside SimPy on the same model, and whole replays. Processor time of one core."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

from benchmarks.figures import at_least, at_most
from benchmarks.loop_models import Gaps, Result, gaps, on_lean_simpy, on_simpy, on_timeline
from benchmarks.rows import row, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.rows import Row
    from conformance.scenario.model import Plan, Scenario

SCENARIOS: Final = Path(__file__).resolve().parent.parent / "fixtures" / "scenarios"
THOUSAND: Final = "thousand events/s"
TEXT: Final = """
format: stockproof/scenario/1
id: two-channels-by-chance
seed: 1
clock: {start: 2026-01-05T09:00:00Z, until: 20h}
given:
  warehouses: [W1]
  products: {MUG: {on_hand: {W1: 200}}}
  channels:
    mkt: {listings: {MUG-M: MUG}, orders_reach_om: 0s}
    shop: {listings: {MUG-S: MUG}, orders_reach_om: 0s}
  connector: {poll: every 15m, push_takes: 5m, push: watermark}
when:
  - {at: 0s, orders: {channel: mkt, poisson: 6/h}}
  - {at: 0s, orders: {channel: shop, poisson: 6/h}}
then:
  always: [ledger, books_match]
"""
Engine = Callable[[Gaps], Result]


class Disagreement(RuntimeError):
    """Two engines came to other numbers from the same shoppers."""


@dataclass(frozen=True)
class Size:
    """How many runs of the model, of the scenario with everything, and of the library make a round."""

    rounds: int
    bare: int
    whole: int
    library: int


FULL: Final = Size(rounds=7, bare=300, whole=10, library=1_000)
QUICK: Final = Size(rounds=1, bare=2, whole=1, library=45)


def measure(size: Size, told: Callable[[Row], None]) -> list[Row]:
    """Return the rows, each told as soon as it is known."""
    rows = []
    for each in _rows(size):
        told(each)
        rows.append(each)
    return rows


def section(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of the page of figures."""
    yield "\n## Replays\n\n"
    yield "The loop alone runs a model of two channels that sell from one stock; SimPy runs the same one, in turn in\n"
    yield "the same run and with the same shoppers, and must come to the same numbers. Processor time of one core.\n"
    yield from table(rows)


def _rows(size: Size) -> Iterator[Row]:
    given = [gaps(seed) for seed in range(size.bare)]
    engines: tuple[tuple[Engine, list[float]], ...] = ((on_timeline, []), (on_simpy, []), (on_lean_simpy, []))
    whole: list[float] = []
    plan = _plan()
    count = _events_of(plan)
    for _ in range(size.rounds):
        _agree([_run(engine, given, rates) for engine, rates in engines])
        whole.append(count * size.whole / _seconds(lambda: _replay_plan(plan, size.whole)) / 1e3)
    (_, ours), (_, simpy), (_, lean) = engines
    processes = ("SimPy", simpy)
    yield row("event loop, bare", ours, THOUSAND, aim=at_least(1_000), floor=processes, ratio_aim=at_least(4.0))
    yield row("event loop, bare", ours, THOUSAND, floor=("SimPy with callbacks for pushes", lean))
    note = f"{count} events a run; the floor is SimPy bare"
    yield row("with log, world and invariants", whole, THOUSAND, aim=at_least(200), floor=processes, note=note)
    yield from _library(size)


def _run(engine: Engine, given: list[Gaps], rates: list[float]) -> list[Result]:
    """Return what every run comes to, and add the rate of all of them."""
    begun = process_time()
    results = [engine(each) for each in given]
    rates.append(sum(result.events for result in results) / (process_time() - begun) / 1e3)
    return results


def _agree(results: list[list[Result]]) -> None:
    if any(each != results[0] for each in results):
        raise Disagreement("the engines come to different numbers from the same shoppers")


# -- whole replays -----------------------------------------------------------------------------------


def _plan() -> Plan:
    from conformance.scenario.loading import loads

    return loads(TEXT, source="two-channels-by-chance").plans[0]


def _replay_plan(plan: Plan, times: int) -> None:
    from conformance.scenario.run import run_plan

    for _ in range(times):
        run_plan(plan)


def _events_of(plan: Plan) -> int:
    """Return how many actions the loop carries out in one run; it is counted once, beside the clock."""
    from conformance.scenario.timeline import Timeline

    count, pop = 0, Timeline.pop

    def counted(timeline: Timeline, until_ms: int) -> Any:
        nonlocal count
        action = pop(timeline, until_ms)
        count += action is not None
        return action

    with patch.object(Timeline, "pop", counted):
        _replay_plan(plan, 1)
    return count


def _library(size: Size) -> Iterator[Row]:
    from conformance.scenario.loading import load

    files = sorted(SCENARIOS.glob("*.yaml"))
    reading = [_seconds(lambda: [load(file) for file in files]) / len(files) * 1e3]
    yield row("reading and checking a scenario file", reading, "ms", note="once; kept afterwards")
    load_and_replay(files)
    chosen = list(islice(cycle(files), size.library))
    seconds = [_seconds(lambda: load_and_replay(chosen)) for _ in range(size.rounds)]
    runs = sum(len(scenario.plans) for scenario in map(load, chosen))
    note = f"{len(files)} files in turn, {runs:,} rows of what-ifs, every expectation judged"
    yield row(f"{size.library:,} scenario runs", seconds, "s", aim=at_most(5.0), note=note)
    yield row("scenario runs", [size.library / each for each in seconds], "runs/s")


def load_and_replay(files: Iterable[Path]) -> None:
    """Replay scenario files; one that was read before is not read again."""
    from conformance.scenario.loading import load
    from conformance.scenario.result import replay

    for file in files:
        scenario: Scenario = load(file)
        if not replay(scenario).passed:
            raise Disagreement(f"{file.name} does not come out as it says")


def _seconds(work: Callable[[], object]) -> float:
    begun = process_time()
    work()
    return process_time() - begun
