"""Rows of figures that share one shape: a figure, what stands beside it, and what it should reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.figures import ratios, spread
from benchmarks.report import three

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.figures import Aim

Row = dict[str, Any]


def row(
    what: str,
    values: Sequence[float],
    unit: str,
    *,
    aim: Aim | None = None,
    floor: tuple[str, Sequence[float]] | None = None,
    ratio_aim: Aim | None = None,
    note: str = "",
) -> Row:
    """Return a row; ``floor`` is what was measured beside it in the same rounds, with its name."""
    figure = spread(values)
    ratio = None if floor is None else ratios(values, floor[1])
    return {
        "what": what,
        "figure": figure,
        "unit": unit,
        "aim": aim and aim.text,
        "met": aim and aim.is_met_by(figure.median),
        "floor": floor and floor[0],
        "floor_figure": floor and spread(floor[1]),
        "ratio": ratio,
        "ratio_aim": ratio_aim and ratio_aim.text,
        "ratio_met": ratio_aim and ratio and ratio_aim.is_met_by(ratio.median),
        "note": note,
    }


def table(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a table of such rows."""
    head = ("", "least / median / most", "aim", "floor", "its figure", "ratio", "aim", "")
    yield f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}\n"
    for each in rows:
        floor = ("", "", "") if each["floor"] is None else _floor(each)
        cells = (each["what"], f"{three(each['figure'])} {each['unit']}", _judged(each, ""), *floor)
        yield f"| {' | '.join((*cells, _judged(each, 'ratio_'), each['note']))} |\n"


def _floor(each: Row) -> tuple[str, str, str]:
    return each["floor"], three(each["floor_figure"]), three(each["ratio"])


def _judged(each: Row, prefix: str) -> str:
    aim, is_met = each[f"{prefix}aim"], each[f"{prefix}met"]
    return "" if aim is None else f"{aim}: {'met' if is_met else '**missed**'}"
