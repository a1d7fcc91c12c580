"""The answer on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from conformance.advise.answer import added_time, findings
from conformance.advise.notation import percent
from conformance.advise.settings import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from conformance.advise.answer import Answer
    from conformance.advise.frontier import Point
    from conformance.advise.levers import Lever

_ROWS = 12


def rendered(answer: Answer) -> Group:
    """Return everything that is told about an answer, to be printed by rich."""
    return Group(*_parts(answer))


def _parts(answer: Answer) -> Iterable[RenderableType]:
    yield Text(answer.sentence, style="bold")
    yield _headed(f"Smallest setting that keeps it below {percent(answer.question.target)}", _levers(answer))
    if answer.settings is not None:
        yield _headed("To enter in Order Manager", _settings(answer))
        level = answer.settings.minimum_level
        lines = [f"minimum level of the product: {'as it is' if level is None else level}", *answer.settings.notes]
        yield Text("\n".join(f"- {line}" for line in lines))
    yield _headed("What a marketplace allows, as if this product were the whole account", _limits(answer))
    shown = around_the_target(answer)
    total = len(answer.points)
    title = f"Best of {total} rules: no other is better in every column (those near the target)"
    yield _headed(title, _points(shown, answer))
    yield _headed("Besides", Text("\n".join(f"- {each}" for each in findings(answer))))
    yield Text(f"\n{rests_on(answer)}")


def rests_on(answer: Answer) -> str:
    """Return how the figures were come by."""
    runs = answer.today.runs
    how = f"simulated with {runs:,} stock-outs each" if runs else "exact"
    return f"Figures: {how}. {len(answer.comparisons)} comparisons of law, exact programme and simulation: all agree."


def _headed(title: str, body: RenderableType) -> Group:
    return Group(Text(f"\n{title}", style="bold"), body)


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right")
    return table


def _levers(answer: Answer) -> Table:
    table = _table("lever", "setting", "oversells", "units", "stranded", "time", "")
    for lever in answer.levers:
        outcome = lever.outcome
        added = f"{added_time(lever, answer.without) * 100:+.0f} %"
        table.add_row(
            lever.name, lever.setting, percent(outcome.chance), f"{outcome.oversold:.2g}", f"{outcome.stranded:.1f}",
            "" if lever.kind == "sync-interval" else added, verdict(lever, answer),
        )  # fmt: skip
    return table


def verdict(lever: Lever, answer: Answer) -> str:
    """Return in a few words whether a lever is enough, and what that takes besides."""
    if lever is answer.best:
        return "advised"
    if not lever.is_enough:
        return "not enough"
    if lever.kind == "sync-interval":
        return f"{answer.question.sync_interval / lever.question.sync_interval:.0f} times the syncs"
    return "with a fence only" if lever.kind == "split" else ""


def _settings(answer: Answer) -> Table:
    settings = answer.settings
    assert settings is not None  # noqa: S101 - the caller looked
    table = _table("sales channel", "rule type", "min. rule type")
    for pair in settings.channels:
        normal, least = in_words(pair.rule_type, pair.value), in_words(pair.min_rule_type, pair.min_value)
        table.add_row(pair.sales_channel, normal, least)
    return table


def _limits(answer: Answer) -> Table:
    table = _table("marketplace", "limit", "today", "margin", "advised", "margin")
    after = answer.best.outcome.cancel_rate if answer.best and not answer.is_met_today else answer.today.cancel_rate
    for limit in answer.limits:
        cells = []
        for rate in (answer.today.cancel_rate, after):
            margin = limit.percent - rate * 100
            cells += [percent(rate), f"{margin:+.2f}" + ("" if limit.is_kept_by(rate) else " broken")]
        table.add_row(limit.name, limit.text, *cells)
    return table


def around_the_target(answer: Answer) -> list[Point]:
    """Return the best points next to the target, safest first."""
    points = sorted((point for point in answer.points if point.is_best), key=lambda each: each.outcome.chance)
    safe = sum(point.outcome.chance < answer.question.target for point in points)
    first = max(0, min(safe - _ROWS // 2, len(points) - _ROWS))
    return points[first : first + _ROWS]


def _points(points: Iterable[Point], answer: Answer) -> Table:
    table = _table("rule", "oversells", "stranded", "hours added")
    for point in points:
        means = point.rule.means(answer.question.names)
        chance = percent(point.outcome.chance)
        table.add_row(means, chance, f"{point.stranded:.2f}", f"{point.added_hours:.2f}")
    return table
