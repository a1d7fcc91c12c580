"""The answer as one HTML file that needs no network and runs no script."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.advise.answer import added_time, findings
from conformance.advise.frontier import costs_of
from conformance.advise.levers import NAMES
from conformance.advise.notation import percent, spelled
from conformance.advise.plot import Plot, shape
from conformance.advise.rules import NO_RULE
from conformance.advise.settings import in_words
from conformance.advise.text import rests_on, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.advise.answer import Answer
    from conformance.advise.frontier import Point
    from conformance.advise.rules import Kind

_HEAD = '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
_VIEW = '<meta name="viewport" content="width=device-width, initial-scale=1">\n'


def page(answer: Answer) -> str:
    """Return the page."""
    style = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'"
    title = answer.question.title or answer.question.sku
    return "".join(
        [
            _HEAD,
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n{_VIEW}',
            f"<title>Oversell advice: {escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n",
            *_top(answer, title),
            "<main>\n",
            *_levers(answer),
            *_settings(answer),
            *_frontier(answer),
            *_limits(answer),
            *_findings(answer),
            f"</main>\n<footer>{escape(rests_on(answer))}</footer>\n</body>\n</html>\n",
        ]
    )


def _top(answer: Answer, title: str) -> Iterator[str]:
    question = answer.question
    yield f'<header class="top"><div>\n<p class="eyebrow">Oversell advice · {escape(title)}</p>\n'
    yield f"<h1>{escape(answer.sentence)}</h1>\n"
    every = "with every order" if question.on_change else f"every {spelled(question.sync_interval)}"
    mix = ", ".join(f"{name} {share:.0%}" for name, share in zip(question.names, question.shares, strict=True))
    about = [
        f"{question.rate:g} orders an hour: {mix}",
        f"{question.stock} units",
        f"sync {every}, {'staggered' if question.staggered else 'all at once'}, {question.write} write",
        f"push {spelled(question.push_latency)}, order import {spelled(question.import_lag)}",
    ]
    yield f'<p class="meta">{"".join(f"<span>{escape(each)}</span>" for each in about)}</p>\n</div></header>\n'


def _section(title: str, lead: str) -> str:
    return f'<section>\n<h2>{escape(title)}</h2>\n<p class="lead">{escape(lead)}</p>\n'


def _table(columns: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> str:
    """Return a table of cells that are HTML already; each row has a class."""
    head = "".join(f'<th scope="col">{each}</th>' for each in columns)
    body = "".join(f'<tr class="{kind}">{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>\n' for kind, cells in rows)
    return f'<div class="card wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n'


def _levers(answer: Answer) -> Iterator[str]:
    target = percent(answer.question.target)
    lead = (
        "The share of stock-outs that oversell, and by how many units on average. Stranded units stay unsold;"
        " time is how much longer it takes to sell what is sold."
    )
    yield _section(f"The smallest setting that keeps oversells below {target}", lead)
    columns = ("lever", "setting", "oversells", "units", "stranded", "time", "enough")
    today = answer.today
    current = answer.question.current
    rule = "no rule" if current == NO_RULE else escape(current.means(answer.question.names))
    rows = [
        ("", [f"today: {rule}", "", percent(today.chance), f"{today.oversold:.2g}", f"{today.stranded:.1f}", "", ""])
    ]
    yield _table(columns, [*rows, *_lever_rows(answer)]) + "</section>\n"


def _lever_rows(answer: Answer) -> Iterator[tuple[str, Sequence[str]]]:
    for lever in answer.levers:
        outcome = lever.outcome
        time = "" if lever.kind == "sync-interval" else f"{added_time(lever, answer.without) * 100:+.0f} %"
        word = '<span class="good">advised</span>' if lever is answer.best else escape(verdict(lever, answer) or "yes")
        yield (
            "advised" if lever is answer.best else "",
            [lever.name, escape(lever.setting), percent(outcome.chance), f"{outcome.oversold:.2g}",
             f"{outcome.stranded:.1f}", time, word],
        )  # fmt: skip


def _settings(answer: Answer) -> Iterator[str]:
    settings = answer.settings
    if settings is None:
        return
    yield _section("What to enter in Order Manager", "Channel allocation of this product, channel by channel.")
    level = "as it is" if settings.minimum_level is None else str(settings.minimum_level)
    rows = [
        ("", [escape(each.sales_channel), in_words(each.rule_type, each.value),
              in_words(each.min_rule_type, each.min_value), level])
        for each in settings.channels
    ]  # fmt: skip
    yield _table(("sales channel", "rule type and value", "min. rule type and value", "minimum level"), rows)
    yield _list(settings.notes) + "</section>\n"


def _frontier(answer: Answer) -> Iterator[str]:
    best = [point for point in answer.points if point.is_best]
    lead = (
        f"{len(answer.points)} rules; strong marks are the {len(best)} that no other beats at everything."
        " Hover over a mark for its rule. Dearer rules are not drawn."
    )
    yield _section("What safety costs", lead)
    advised = answer.best.rule if answer.settings is not None and answer.best else None
    target, names = answer.question.target, answer.question.names
    reach = _reach(answer)
    plots = (
        Plot(
            "Oversells against stranded units", "units stranded", lambda each: each.stranded, reach[0], target, advised
        ),
        Plot("Oversells against selling time", "hours added", lambda each: each.added_hours, reach[1], target, advised),
    )
    cards = "".join(f'<figure class="card">{plot.svg(answer.points, names)}</figure>' for plot in plots)
    yield f'<div class="plots">{cards}</div>\n{_legend(answer.points)}'
    summary = f"The {len(best)} best rules as a table"
    yield f"<details><summary>{summary}</summary>\n{_best(best, names)}</details>\n</section>\n"


def _reach(answer: Answer) -> tuple[float, float]:
    """Return how many stranded units and added hours are drawn: what the levers cost that are enough, and some more."""
    costs = [
        costs_of(lever.outcome, answer.without, answer.question)
        for lever in answer.levers
        if lever.is_enough and lever.kind != "sync-interval"
    ] or [(1.0, 1.0)]
    return max(max(each[0] for each in costs) * 1.2, 0.1), max(max(each[1] for each in costs) * 1.2, 0.1)


def _legend(points: Sequence[Point]) -> str:
    kinds: list[Kind] = list(dict.fromkeys(point.rule.kind for point in points))
    marks = "".join(
        f'<li><svg viewBox="-8 -8 16 16" class="{kind}" aria-hidden="true">{shape(kind)}</svg>'
        f"{NAMES.get(kind, 'no rule')}</li>"
        for kind in kinds
    )
    return f'<ul class="legend">{marks}</ul>\n'


def _best(points: Sequence[Point], names: Sequence[str]) -> str:
    rows = [
        (
            "",
            [
                escape(each.rule.means(names)),
                percent(each.outcome.chance),
                f"{each.stranded:.2f}",
                f"{each.added_hours:.2f}",
            ],
        )
        for each in sorted(points, key=lambda each: each.outcome.chance)
    ]
    return _table(("rule", "oversells", "units stranded", "hours added"), rows)


def _limits(answer: Answer) -> Iterator[str]:
    lead = "Cancel rates as if this product were the whole account; the margin is in percentage points."
    yield _section("What a marketplace allows", lead)
    after = answer.best.outcome if answer.best and not answer.is_met_today else answer.today
    rows = []
    for limit in answer.limits:
        cells = [f'<a href="{escape(limit.source)}" rel="noreferrer">{escape(limit.name)}</a>', escape(limit.text)]
        for rate in (answer.today.cancel_rate, after.cancel_rate):
            kind = "good" if limit.is_kept_by(rate) else "bad"
            cells += [percent(rate), f'<span class="{kind}">{limit.percent - rate * 100:+.2f}</span>']
        rows.append(("", [*cells, escape(limit.window), limit.read_on]))
    columns = ("marketplace", "limit", "today", "margin", "advised", "margin", "over", "read on")
    yield _table(columns, rows) + "</section>\n"


def _findings(answer: Answer) -> Iterator[str]:
    yield "<section>\n<h2>Besides</h2>\n" + _list(findings(answer))
    told = "".join(f"<li>{escape(str(each))}</li>" for each in answer.comparisons)
    yield f'<details><summary>How the engines agree</summary><ul class="notes">{told}</ul></details>\n</section>\n'


def _list(texts: Iterable[str]) -> str:
    return f'<ul class="notes">{"".join(f"<li>{escape(each)}</li>" for each in texts)}</ul>\n'
