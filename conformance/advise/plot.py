"""The frontier as an inline SVG: how often a rule oversells against what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import floor, log10
from typing import TYPE_CHECKING, Final

from conformance.advise.notation import percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.advise.frontier import Point
    from conformance.advise.rules import Kind, Rule

_WIDTH, _HEIGHT = 480, 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 14, 30, 44
# Rarer than this is drawn on the lower edge.
_RAREST: Final = 1e-4
# A shape of its own for each lever, so that colour is not needed to tell them apart.
_SHAPES: Final[dict[Kind, str]] = {
    "none": "M-5-5L5 5M5-5L-5 5",
    "buffer": "M-4.5-4.5h9v9h-9z",
    "percent": "M0-6L6 0L0 6L-6 0z",
    "cap": "M-5-2h10v4h-10z",
    "minimum-level": "M0-5.5L5.5 4.5h-11z",
    "red-zone": "M0-5a5 5 0 1 0 .01 0z",
    "split": "M0 5.5L5.5-4.5h-11z",
}


@dataclass(frozen=True, slots=True)
class Plot:
    """One panel: which cost it shows, how far it reaches, the target, which rule is advised."""

    title: str
    unit: str
    cost: Callable[[Point], float]
    reach: float
    target: float
    advised: Rule | None

    def svg(self, points: Sequence[Point], names: Sequence[str]) -> str:
        """Return the panel; every point says on hovering which rule it is."""
        most = _round_up(self.reach)
        kept = [point for point in points if self.cost(point) <= most]
        parts = [
            f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(self.title)}">',
            f'<text class="title" x="{_LEFT}" y="14">share of stock-outs that oversell</text>',
            *_chances(),
            *self._costs(most),
            *self._aim(),
            *(self._mark(point, names, most) for point in sorted(kept, key=self._depth)),
            "</svg>",
        ]
        return "".join(parts)

    def _depth(self, point: Point) -> int:
        return 2 if point.rule == self.advised else int(point.is_best)

    def _costs(self, most: float) -> Iterator[str]:
        for step in range(5):
            value = most * step / 4
            x = _x(value, most)
            yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}"/>'
            yield f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 17}" text-anchor="middle">{value:g}</text>'
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        yield f'<text class="title" x="{middle}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(self.unit)}</text>'

    def _aim(self) -> Iterator[str]:
        y = _y(self.target)
        yield f'<line class="target" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        name = f"target {percent(self.target)}"
        yield f'<text class="target-name" x="{_WIDTH - _RIGHT}" y="{y - 5:.1f}" text-anchor="end">{name}</text>'

    def _mark(self, point: Point, names: Sequence[str], most: float) -> str:
        x, y = _x(self.cost(point), most), _y(point.outcome.chance)
        role = "advised" if point.rule == self.advised else "best" if point.is_best else "rest"
        says = f"{point.rule.means(names)}: {percent(point.outcome.chance)}, {self.cost(point):.2f} {self.unit}"
        return (
            f'<g transform="translate({x:.1f} {y:.1f})" class="{role} {point.rule.kind}">'
            f"<title>{escape(says)}</title>{shape(point.rule.kind)}</g>"
        )


def shape(kind: Kind) -> str:
    """Return the mark of a lever, around the origin."""
    line = ' stroke="currentColor" stroke-width="2"' if kind == "none" else ""
    return f'<path d="{_SHAPES[kind]}"{line}/>'


def _chances() -> Iterator[str]:
    for exponent in range(round(log10(_RAREST)), 1):
        y = _y(10.0**exponent)
        least = "≤ " if exponent == round(log10(_RAREST)) else ""
        yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{least}{10.0 ** (exponent + 2):g} %</text>'


def _x(value: float, most: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * value / most


def _y(chance: float) -> float:
    share = log10(max(chance, _RAREST)) / log10(_RAREST)
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * share


def _round_up(value: float) -> float:
    """Return the next number that four steps divide into short ones."""
    if value <= 0:
        return 1.0
    size = 10.0 ** floor(log10(value))
    return next((step * size for step in (1, 2, 4, 6, 8) if step * size >= value), 10 * size)
