"""The page docs/performance.md, made from the figures of one run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from benchmarks import advise, hunt_bench, hunt_large, judge_bench, loop_bench
from benchmarks.report import three

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_HEAD: Final = """# Performance

Made by `python -m benchmarks all --page docs/performance.md`.
How each figure is taken, and what its floor is, stands in [benchmarks/README.md](../benchmarks/README.md).

Measured on {date} on a machine of {cores} shared cores ({system}), load average {load_average:.1f} at the start, with
Python {python}, Flask {flask}, granian {granian}, orjson {orjson}, SimPy {simpy}.
Neighbours use the same cores, so the ratios say more than the rates.
Every figure is least / median / most over the rounds; an aim is judged by the median.
"""
_START: Final = """
## Start

From starting the process to its first 200.
"""
_START_HEAD: Final = ("", "ms", "bare Flask", "`python -c ''`", "aim", "ms of processor time", "bare Flask")
_HTTP: Final = """
## Over HTTP

Requests a second beside a trivial Flask application on the same server, asked in turn in the same run.
The last column compares the processor time that the two servers take for a request, transport included: unlike the
rates it does not depend on how many cores are free.
"""
_HTTP_HEAD: Final = ("case", "requests/s", "floor", "its requests/s", "ratio", "aim", "ratio by processor time")
_LOADING: Final = """
## Loading a world

Processor time and growth of resident memory a listing; a listing brings its share of products, stock, rules and
inventories with it. At the peak the parsed file and the world are there together.
"""
_COSTS: Final = """
## Changing and reading, by size

Microseconds in the core, without HTTP. Figures should not grow with the catalogue; what they grow by is that a larger
one no longer fits the processor's caches.
"""
_SECTIONS: Final[dict[str, Callable[[list[dict[str, Any]]], Iterator[str]]]] = {
    "advise": advise.section,
    "loop": loop_bench.section,
    "hunt": hunt_bench.section,
    "hunt-large": hunt_large.section,
    "judge": judge_bench.section,
}


def page(document: dict[str, Any]) -> str:
    """Return the page for the figures of a run; a part that was not measured is left out."""
    parts = [_HEAD.format(**document["machine"])]
    scale = document.get("scale", ())
    loading, costs = [row for row in scale if "way" in row], [row for row in scale if "cost" in row]
    if "start" in document:
        parts += [_START, *_table(_START_HEAD, map(_start, document["start"]))]
    if "http" in document:
        parts += [
            _HTTP,
            *_table(_HTTP_HEAD, map(_http, document["http"])),
        ]
    if loading:
        head = ("listings", "from", "µs", "aim", "bytes", "aim", "bytes at the peak")
        parts += [_LOADING, *_table(head, map(_load, loading))]
    if costs:
        sizes = [f"{int(size):,} listings" for size in costs[0]["us"]]
        parts += [_COSTS, *_table(("", *sizes, "growth", "aim"), map(_cost, costs))]
    for name, section in _SECTIONS.items():
        if name in document:
            parts += section(document[name])
    return "".join(parts)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}\n"
    for row in rows:
        yield f"| {' | '.join(row)} |\n"


def _start(row: dict[str, Any]) -> tuple[str, ...]:
    by_clock = three(row["ms"]), three(row["floor_ms"]), three(row["python_ms"])
    return (row["case"], *by_clock, _judged(row), three(row["processor_ms"]), three(row["floor_processor_ms"]))


def _http(row: dict[str, Any]) -> tuple[str, ...]:
    rates = three(row["per_second"]), row["floor"], three(row["floor_per_second"])
    return (row["case"], *rates, three(row["ratio"]), _judged(row), three(row["processor_ratio"]))


def _load(row: dict[str, Any]) -> tuple[str, ...]:
    seconds = three(row["us_a_listing"]), _judged(row, "time_")
    memory = three(row["bytes_a_listing"]), _judged(row, "memory_")
    return (f"{row['listings']:,}", row["way"], *seconds, *memory, three(row["peak_bytes_a_listing"]))


def _cost(row: dict[str, Any]) -> tuple[str, ...]:
    return (row["cost"], *(three(spread) for spread in row["us"].values()), f"{row['growth']:.2f}", _judged(row))


def _judged(row: dict[str, Any], prefix: str = "") -> str:
    aim, is_met = row[f"{prefix}aim"], row[f"{prefix}met"]
    return "" if aim is None else f"{aim}: {'met' if is_met else '**missed**'}"
