"""One run as a picture: step curves of what was promised, shown and deliverable, and below them what happened when."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from conformance.scenario.durations import DAY, HOUR, MINUTE, SECOND, clock_text
from conformance.scenario.report.words import is_idle, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.scenario.checker.watch import Break
    from conformance.scenario.run import Outcome

WIDTH: Final = 480
LEFT: Final = 52
RIGHT: Final = 12
TOP: Final = 44
CURVES: Final = 210
LANE: Final = 24
AXIS: Final = 24
COLOURS: Final = 5
LONGEST_NAME: Final = 8
STEPS: Final = (
    SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE,
    30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 30 * DAY, 365 * DAY,
)  # fmt: skip
FAULTS: Final = ("crash", "throttle", "push lost", "answer lost", "update lost", "push refused", "import lost", "fault")
STOCK: Final = ("count lands", "receive", "adjust", "shelf", "exclude", "rule", "receive booked again", "command",
                "restocked again", "receive not booked")  # fmt: skip

Curve = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Scale:
    """From milliseconds and units to places in the picture; all rows of a scenario share one."""

    until_ms: int
    most: int
    lanes: int

    def x(self, t: int) -> float:
        """Return the place of an instant."""
        return round(LEFT + (WIDTH - LEFT - RIGHT) * t / max(1, self.until_ms), 1)

    def y(self, units: float) -> float:
        """Return the place of a number of units."""
        return round(TOP + CURVES * (1 - units / max(1, self.most)), 1)

    def lane(self, number: int) -> float:
        """Return the middle of a lane below the curves."""
        return TOP + CURVES + 12 + LANE * (number + 0.5)

    @property
    def height(self) -> int:
        """The height of the whole picture."""
        return TOP + CURVES + 12 + LANE * self.lanes + AXIS


def scale_of(outcomes: Sequence[Outcome]) -> Scale:
    """Return the scale that the rows of a scenario share, so that they can be compared."""
    most = 1
    for outcome in outcomes:
        curves = [promised(outcome), *(curve for _, curve in shown(outcome))]
        most = max([most, *(units for curve in curves for _, units in curve)])
    return Scale(_until(outcomes), most, len(outcomes[0].plan.channels) + 1)


def _until(outcomes: Sequence[Outcome]) -> int:
    """Return up to when there is something to see: a little after the last thing that happened in any row."""
    told = (entry["t"] for outcome in outcomes for entry in outcome.log.entries if not is_idle(entry))
    last = max([*told, *(each.t for outcome in outcomes for each in outcome.breaks.values())], default=0)
    whole = outcomes[0].plan.until_ms
    return min(whole, max(last + last // 8, whole // 20, 1))


def promised(outcome: Outcome) -> Curve:
    """Return the units promised, over time."""
    return _tidy([(sample.t, sample.promised) for sample in outcome.state.samples])


def deliverable(outcome: Outcome) -> Curve:
    """Return the units of those promised that can be delivered, over time."""
    return _tidy([(sample.t, sample.deliverable) for sample in outcome.state.samples])


def shown(outcome: Outcome) -> list[tuple[str, Curve]]:
    """Return for each channel what it shows, in component units, over time."""
    listings = list(outcome.plan.listings.values())
    found = []
    for channel in outcome.plan.channels:
        weights = [
            sum(units for _, units in listing.needs) if listing.channel == channel.id else 0 for listing in listings
        ]
        curve = [
            (sample.t, sum(units * weight for units, weight in zip(sample.shown, weights, strict=True)))
            for sample in outcome.state.samples
        ]
        found.append((channel.name, _tidy(curve)))
    return found


def _tidy(points: Curve) -> Curve:
    """Return a step curve without points that change nothing; of one instant the last value counts."""
    by_instant = dict(points)
    kept: Curve = []
    for t, units in by_instant.items():
        if not kept or kept[-1][1] != units:
            kept.append((t, units))
    return kept


def chart(outcome: Outcome, scale: Scale, breaks: Sequence[Break]) -> str:
    """Return the picture as SVG, with these breaks marked."""
    parts = [
        *_frame(scale),
        _area(promised(outcome), deliverable(outcome), scale),
        *(_line(curve, scale, f"c{index % COLOURS}") for index, (_, curve) in enumerate(shown(outcome))),
        _line(deliverable(outcome), scale, "deliverable"),
        _line(promised(outcome), scale, "promised"),
        *_lanes(outcome, scale),
        *_marked_breaks(breaks, scale),
    ]
    label = escape(f"{outcome.plan.name}: promised, deliverable and shown over {clock_text(scale.until_ms)}")
    size = f'viewBox="0 0 {WIDTH} {scale.height}"'
    return f'<svg {size} role="img" aria-label="{label}">{"".join(parts)}</svg>'


# -- the frame --------------------------------------------------------------------------------------


def _frame(scale: Scale) -> Iterator[str]:
    bottom = scale.height - AXIS
    for units in _unit_ticks(scale.most):
        y = scale.y(units)
        yield f'<line class="grid" x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}"/>'
        yield f'<text class="tick" x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{units}</text>'
    for t in _time_ticks(scale.until_ms):
        x = scale.x(t)
        yield f'<line class="grid" x1="{x}" y1="{TOP}" x2="{x}" y2="{bottom}"/>'
        yield f'<text class="tick" x="{x}" y="{bottom + 16}" text-anchor="middle">{clock_text(t)}</text>'


def _unit_ticks(most: int) -> list[int]:
    step = next(
        size * 10**power for power in range(12) for size in (1, 2, 5) if most / (size * 10**power) <= 5
    )  # fmt: skip
    return list(range(0, most + 1, step))


def _time_ticks(until_ms: int) -> list[int]:
    step = next((each for each in STEPS if until_ms / each <= 6), STEPS[-1])
    return list(range(0, until_ms + 1, step))


# -- curves -----------------------------------------------------------------------------------------


def _points(curve: Curve, scale: Scale) -> list[tuple[float, float]]:
    """Return the corners of a step curve, to the end of the run."""
    corners: list[tuple[float, float]] = []
    for t, units in curve:
        if corners:
            corners.append((scale.x(t), corners[-1][1]))
        corners.append((scale.x(t), scale.y(units)))
    if corners:
        corners.append((scale.x(scale.until_ms), corners[-1][1]))
    return corners


def _line(curve: Curve, scale: Scale, name: str) -> str:
    points = " ".join(f"{x},{y}" for x, y in _points(curve, scale))
    return f'<polyline class="curve {name}" points="{points}"/>'


def _area(upper: Curve, lower: Curve, scale: Scale) -> str:
    """Return the units that were promised and cannot be delivered, as an area."""
    corners = [*_points(upper, scale), *reversed(_points(lower, scale))]
    return f'<polygon class="oversold" points="{" ".join(f"{x},{y}" for x, y in corners)}"/>'


# -- marks ------------------------------------------------------------------------------------------


def _lanes(outcome: Outcome, scale: Scale) -> Iterator[str]:
    names = [channel.name for channel in outcome.plan.channels]
    for number, name in enumerate([*names, "stock"]):
        y = scale.lane(number)
        yield f'<line class="lane" x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}"/>'
        colour = f"c{number % COLOURS}" if number < len(names) else ""
        short = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
        text = f'<text class="lane-name {colour}" x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{escape(short)}</text>'
        yield text
    for entry in outcome.log.entries:
        lane = names.index(entry["channel"]) if entry.get("channel") in names else len(names)
        shape = _shape(entry["what"], entry, scale.x(entry["t"]), scale.lane(lane))
        if shape:
            yield f"<g>{_title(entry)}{shape}</g>"


def _shape(what: str, entry: dict[str, Any], x: float, y: float) -> str:
    if what == "order":
        return f'<circle class="order {entry["outcome"]}" cx="{x}" cy="{y}" r="4.5"/>'
    if what == "shown":
        return f'<path class="push" d="M{x},{y - 5} l4,8 h-8 z"/>'
    if what in FAULTS:
        return f'<path class="fault" d="M{x - 4},{y - 4} l8,8 m0,-8 l-8,8"/>'
    if what in STOCK:
        return f'<rect class="stock" x="{x - 3.5}" y="{y - 3.5}" width="7" height="7"/>'
    return ""


def _title(entry: dict[str, Any]) -> str:
    return f"<title>{clock_text(entry['t'])} {escape(sentence(entry))}</title>"


def _marked_breaks(breaks: Sequence[Break], scale: Scale) -> Iterator[str]:
    for number, broken in enumerate(breaks):
        x, y = scale.x(broken.t), 11 + 13 * number
        side, shift = ("end", -5) if x > WIDTH * 0.55 else ("start", 5)
        yield f'<line class="break" x1="{x}" y1="{y - 8}" x2="{x}" y2="{scale.height - AXIS}"/>'
        label = escape(f"{clock_text(broken.t)} {broken.invariant.replace('_', ' ')}")
        yield f'<text class="break-name" x="{x + shift}" y="{y}" text-anchor="{side}">{label}</text>'
