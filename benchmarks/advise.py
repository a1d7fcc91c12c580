"""The advisor: its law at full size, and how fast its engines are. Times are processor time of one core."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from time import process_time
from typing import TYPE_CHECKING, Any, Final

from benchmarks.figures import Aim, at_least, at_most, spread
from benchmarks.report import three

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.advise.question import Question
    from conformance.advise.rules import Rule


@dataclass(frozen=True)
class Size:
    """How many stock-outs a case has, and how often a time is taken."""

    runs: int
    rounds: int


QUICK: Final = Size(runs=500, rounds=1)
FULL: Final = Size(runs=20_000, rounds=5)

_A_SECOND: Final = at_least(25.0)
_FRONTIER: Final = at_most(2.0)


def measure(size: Size, _tell: Callable[[dict[str, Any]], None]) -> list[dict[str, Any]]:
    """Return the rows, each printed as soon as it is known."""
    rows = []
    for row in chain(_laws(size), _table(size), _speeds(size), _frontiers(size)):
        print(line(row), flush=True)
        rows.append(row)
    return rows


def line(row: dict[str, Any]) -> str:
    """Return one row as a line."""
    if "errors" in row:
        return (
            f"{row['advise']}: simulated {row['simulated']:.4g} ± {row['standard_error']:.2g}, {row['other']} "
            f"{row['wanted']:.4g}, {row['errors']:+.1f} standard errors{_verdict(row)}"
        )
    return f"{row['advise']}: {three(row['figure'])} {row['unit']}{_verdict(row)}"


def section(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of the page of figures."""
    yield "\n## The advisor\n\nThe simulation against the law and the exact programme, 20,000 stock-outs a case.\n"
    yield "\n| case | simulated | law or programme | standard errors |\n|---|---|---|---|\n"
    for row in (each for each in rows if "errors" in each):
        simulated = f"{row['simulated']:.4g} ± {row['standard_error']:.2g}"
        yield f"| {row['advise']} | {simulated} | {row['wanted']:.4g} | {row['errors']:+.1f} |\n"
    yield "\n| speed (processor time of one core) | least / median / most | aim |\n|---|---|---|\n"
    for row in (each for each in rows if "figure" in each):
        met = "" if row["aim"] is None else f"{row['aim']}: {'met' if row['met'] else 'missed'}"
        yield f"| {row['advise']} | {three(row['figure'])} {row['unit']} | {met} |\n"


def _verdict(row: dict[str, Any]) -> str:
    return "" if row["aim"] is None else f" (aim {row['aim']}: {'met' if row['met'] else 'MISSED'})"


def _asked(shares: tuple[float, ...], every: float, push: float = 0, lag: float = 0, **more: Any) -> Question:
    from conformance.advise.question import Question

    more = {"rate": 12.0, "write": "watermark", "stock": 200, **more}
    times = {"sync_interval": every / 60, "push_latency": push / 60, "import_lag": lag / 60}
    return Question(names=tuple("abcd"[: len(shares)]), shares=shares, **times, **more)


def _cases() -> dict[str, Question]:
    two, uneven, three_equal, one = (0.5, 0.5), (0.75, 0.25), (1 / 3,) * 3, (1.0,)
    return {
        "on change 15 m, 50/50": _asked(two, 0, 15),
        "on change 30 m, 75/25": _asked(uneven, 0, 30),
        "on change 30 m, three": _asked(three_equal, 0, 30),
        "T 15": _asked(two, 15),
        "T 15 L 15, together": _asked(two, 15, 15),
        "T 15 L 15, staggered": _asked(two, 15, 15, staggered=True),
        "T 60 L 15, 75/25, staggered, 60 units": _asked(uneven, 60, 15, staggered=True, stock=60),
        "T 60 L 6, three, staggered": _asked(three_equal, 60, 6, staggered=True),
        "T 15 L 15 I 5, watermark": _asked(two, 15, 15, 5),
        "T 15 L 15 I 5, absolute": _asked(two, 15, 15, 5, write="absolute"),
        "T 60 L 15 I 5, watermark": _asked(two, 60, 15, 5),
        "T 60 L 15 I 5, absolute": _asked(two, 60, 15, 5, write="absolute"),
        "one channel, L 15, absolute": _asked(one, 15, 15, write="absolute"),
        "one channel, L 6 I 6, absolute": _asked(one, 15, 6, 6, write="absolute"),
        "one channel, L 15 I 5, absolute": _asked(one, 15, 15, 5, write="absolute"),
    }


def _laws(size: Size) -> Iterator[dict[str, Any]]:
    from conformance.advise.engines import run_simulation
    from conformance.advise.law import expected_oversold
    from conformance.advise.rules import NO_RULE

    def row(name: str, question: Question, runs: int, seed: int) -> dict[str, Any]:
        sample = run_simulation(question, [NO_RULE.table(len(question.names), question.stock)], runs, seed)
        error = float(sample.units_error[0])
        return _compared(f"law, {name}", float(sample.units[0]), error, expected_oversold(question), "law")

    for name, question in _cases().items():
        yield from _looked_at_twice(partial(row, name, question), size.runs)


def _looked_at_twice(row: Callable[[int, int], dict[str, Any]], runs: int) -> Iterator[dict[str, Any]]:
    """Yield a comparison; where it misses, also the one with four times the runs that the advisor would decide by."""
    first = row(runs, 1)
    yield first
    if not first["met"]:
        second = row(4 * runs, 2)
        yield {**second, "advise": f"{second['advise']}, second look with {4 * runs:,} runs"}


def _table(size: Size) -> Iterator[dict[str, Any]]:
    """Yield the table of smallest settings: chance and units, without a rule and with the red zone."""
    from conformance.advise.engines import run_simulation
    from conformance.advise.programme import solve
    from conformance.advise.rules import NO_RULE, Rule

    def row(question: Question, rule: Rule, what: str, runs: int, seed: int) -> dict[str, Any]:
        table = rule.table(2, question.stock)
        sample, exact = run_simulation(question, [table], runs, seed), solve(table, question.window_demand)
        case = f"{what}, 50/50, {question.rate:g} orders a window, {rule.kind} {rule.value or ''}".rstrip()
        if what == "chance":
            error = (exact.chance * (1 - exact.chance) / runs) ** 0.5
            return _compared(case, float(sample.chance[0]), error, exact.chance, "programme")
        error = (exact.oversold_variance / runs) ** 0.5
        return _compared(case, float(sample.units[0]), error, exact.oversold, "programme")

    for window, level in {0.5: 2, 1.5: 4, 3.0: 6, 9.0: 13, 30.0: 38}.items():
        question = _asked((0.5, 0.5), 60, rate=window, stock=100)
        for rule in (NO_RULE, Rule("red-zone", level)):
            for what in ("chance", "units"):
                yield from _looked_at_twice(partial(row, question, rule, what), size.runs)


def _compared(name: str, simulated: float, error: float, wanted: float, other: str) -> dict[str, Any]:
    errors = (simulated - wanted) / error if error else 0.0
    row = {"advise": name, "simulated": simulated, "standard_error": error, "wanted": wanted, "other": other}
    return {**row, "errors": errors, "aim": "within 3 standard errors", "met": abs(errors) <= 3}


def _speeds(size: Size) -> Iterator[dict[str, Any]]:
    """Yield accepted orders a second, in millions: neither refused ones, syncs nor pushes are counted."""
    from conformance.advise.rules import NO_RULE

    for name, question in (
        ("3 orders a window", _asked((0.5, 0.5), 15)),
        ("9 orders a window", _asked((0.5, 0.5), 45)),
        ("3 orders a window, L 15, absolute", _asked((0.5, 0.5), 15, 15, write="absolute")),
        ("3 orders a window, L 5, staggered, three", _asked((1 / 3,) * 3, 15, 5, staggered=True)),
        ("push with every order, L 15", _asked((0.5, 0.5), 0, 15)),
    ):
        aim = None if question.on_change else _A_SECOND
        rates = [_orders_a_second(question, NO_RULE, size.runs, number) for number in range(size.rounds)]
        yield _timed(f"simulation, {name}", rates, "million orders/s", aim)


def _orders_a_second(question: Question, rule: Rule, runs: int, seed: int) -> float:
    from conformance.advise.engines import run_simulation

    tables = [rule.table(len(question.names), question.stock)]
    start = process_time()
    sample = run_simulation(question, tables, runs, seed)
    seconds = process_time() - start
    sold = sample.runs * question.stock + int(sample.oversold.sum()) - int(sample.stranded.sum())
    return sold / seconds / 1e6


def _frontiers(size: Size) -> Iterator[dict[str, Any]]:
    from conformance.advise.answer import advise
    from conformance.advise.engines import Engines
    from conformance.advise.frontier import candidates, frontier

    engines = Engines(runs=max(1000, size.runs))
    for name, question in (
        ("exact", _asked((0.5, 0.5), 15, rate=36, stock=100)),
        ("simulated", _asked((0.5, 0.5), 15, 15, stock=100)),
    ):
        rules = (candidates(question) * 2)[:200]
        times = [_seconds(partial(frontier, question, engines, rules)) for _ in range(size.rounds)]
        yield _timed(f"frontier of {len(rules)} rules, {name}", times, "s", _FRONTIER)
        times = [_seconds(partial(advise, replace(question, seed=n), engines)) for n in range(size.rounds)]
        yield _timed(f"whole answer, {name}", times, "s", None)


def _seconds(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return process_time() - start


def _timed(name: str, values: list[float], unit: str, aim: Aim | None) -> dict[str, Any]:
    figure = spread(values)
    met = None if aim is None else aim.is_met_by(figure.median)
    return {"advise": name, "figure": figure, "unit": unit, "aim": aim and aim.text, "met": met}
