"""Replays as one page: what-if rows side by side, each with its curves, what broke first and why, and its log."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from conformance.scenario.durations import clock_text, instant_text
from conformance.scenario.report.chart import COLOURS, chart, scale_of
from conformance.scenario.report.style import STYLE
from conformance.scenario.report.words import TITLES, causal_chain, is_idle, marked_breaks, sentence
from conformance.scenario.result import TIERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.scenario.report.chart import Scale
    from conformance.scenario.result import Replay, Row

NUMBERS: Final = (
    ("oversold_units", "oversold units", True),
    ("oversold_units_as_routed", "as routed", False),
    ("oversold_orders", "oversold orders", True),
    ("peak_oversold_units", "peak", False),
    ("refused_units", "refused units", False),
    ("stranded_units", "stranded units", False),
    ("lost_updates", "lost updates", True),
    ("converged", "converged", False),
    ("exposure_unit_seconds", "exposure, unit-seconds", False),
)


def page(replays: Sequence[Replay]) -> str:
    """Return the page, complete in itself."""
    title = replays[0].scenario.title or replays[0].scenario.id if len(replays) == 1 else "Oversell scenarios"
    body = "".join([_head(title, replays), *(_scenario(each) for each in replays), _foot(replays)])
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )


def _head(title: str, replays: Sequence[Replay]) -> str:
    if len(replays) == 1:
        return ""
    rows = [row for replay in replays for row in replay.rows]
    failed = sum(not row.passed for row in rows)
    verdict = f"{failed} of {len(rows)} rows failed" if failed else f"all {len(rows)} rows as expected"
    links = "".join(
        f'<li><a href="#{escape(each.scenario.id)}">{escape(_numbered(each))}</a> {_badge(passed=each.passed)}</li>'
        for each in replays
    )
    return f'<header><h1>{escape(title)}</h1><p class="sum">{len(replays)} scenarios, {verdict}</p><ul class="index">{links}</ul></header>'  # noqa: E501


def _numbered(replay: Replay) -> str:
    number = replay.scenario.document.get("mechanism")
    title = replay.scenario.title or replay.scenario.id
    return title if number is None else f"{number} {title}"


def _foot(replays: Sequence[Replay]) -> str:
    return f"<footer>Units are component units. {TIERS[replays[0].tier].capitalize()}.</footer>"


def _badge(*, passed: bool) -> str:
    return '<span class="badge ok">passed</span>' if passed else '<span class="badge bad">failed</span>'


def _scenario(replay: Replay) -> str:
    scenario, document = replay.scenario, replay.scenario.document
    scale = scale_of([row.outcome for row in replay.rows])
    tags = [*([document["mechanism"]] if "mechanism" in document else []), *scenario.tags]
    return "".join(
        [
            f'<section id="{escape(scenario.id)}"><h2>{escape(scenario.title or scenario.id)} {_badge(passed=replay.passed)}</h2>',  # noqa: E501
            f'<p class="id">{escape(scenario.id)} {"".join(map(_tag, tags))}</p>',
            _text(document, "why", "Why it happens"),
            _text(document, "prevented_by", "What helps"),
            _table(replay),
            _legend(replay),
            f'<div class="rows{" single" if len(replay.rows) == 1 else ""}">',
            *(_row(row, scale) for row in replay.rows),
            f'</div><p class="hash">start {instant_text(replay.rows[0].outcome.plan.start_ms)} · log {replay.log_sha256}</p></section>',  # noqa: E501
        ]
    )


def _tag(tag: str) -> str:
    return f"<span class=tag>{escape(tag)}</span>"


def _text(document: Any, key: str, heading: str) -> str:
    return f'<p class="told"><b>{heading}.</b> {escape(str(document[key]).strip())}</p>' if key in document else ""


# -- the table ----------------------------------------------------------------------------------------


def _table(replay: Replay) -> str:
    head = "".join(f"<th scope=col>{heading}</th>" for _, heading, _ in NUMBERS)
    body = "".join(
        f"<tr><th scope=row>{escape(row.outcome.plan.name)}</th>{''.join(_cells(row))}<td>{_badge(passed=row.passed)}</td></tr>"  # noqa: E501
        for row in replay.rows
    )
    return f'<div class="scroll"><table><thead><tr><th scope=col>what if</th>{head}<th></th></tr></thead><tbody>{body}</tbody></table></div>'  # noqa: E501


def _cells(row: Row) -> Iterator[str]:
    numbers = {**row.outcome.metrics, **row.outcome.more}
    for key, _, matters in NUMBERS:
        value = numbers[key]
        text = ("yes" if value else "no") if isinstance(value, bool) else f"{value:,}".replace(",", "\u202f")
        yield f'<td class="n{" red" if matters and value else ""}">{text}</td>'


def _legend(replay: Replay) -> str:
    channels = [channel.name for channel in replay.rows[0].outcome.plan.channels]
    shown = "".join(
        f'<li><i class="line c{index % COLOURS}"></i>{escape(name)} shows</li>' for index, name in enumerate(channels)
    )
    marks = (
        '<li><i class="dot accepted"></i>order</li><li><i class="dot refused"></i>refused</li>'
        '<li><i class="tri"></i>update lands</li><li><i class="sq"></i>stock, rule, count</li>'
        '<li><i class="x">&times;</i>fault, loss</li>'
    )
    return (
        '<ul class="legend"><li><i class="line promised"></i>promised</li><li><i class="line deliverable"></i>'
        f'of it deliverable</li><li><i class="area"></i>oversold</li>{shown}{marks}</ul>'
    )


# -- one row ------------------------------------------------------------------------------------------


def _row(row: Row, scale: Scale) -> str:
    outcome = row.outcome
    chain = causal_chain(outcome)
    parts = [
        f"<article><h3>{escape(outcome.plan.name)} {_badge(passed=row.passed)}</h3>",
        chart(outcome, scale, marked_breaks(outcome)),
    ]
    if row.failures:
        told = "".join(f"<li>{escape(failure.text)}</li>" for failure in row.failures)
        parts.append(f'<ul class="failures">{told}</ul>')
    if chain is not None:
        steps = "".join(_step(step) for step in chain.steps)
        parts.append(f'<p class="cause">{escape(chain.headline.strip())}</p><ol class="chain">{steps}</ol>')
    else:
        parts.append('<p class="fine">Nothing was oversold, lost, or booked wrongly.</p>')
    parts += [_broken(row), _log(row), "</article>"]
    return "".join(parts)


def _step(step: str) -> str:
    time, _, text = step.partition("  ")
    return f"<li><time>{escape(time)}</time><span>{escape(text)}</span></li>"


def _broken(row: Row) -> str:
    breaks = sorted(row.outcome.breaks.values(), key=lambda each: (each.t, each.invariant))
    if not breaks:
        return ""
    told = "".join(
        f"<li><time>{clock_text(each.t)}</time><span><b>{escape(TITLES[each.invariant])}</b> <code>{each.invariant}</code><br>{escape(each.why)}</span></li>"  # noqa: E501
        for each in breaks
    )
    count = "1 invariant" if len(breaks) == 1 else f"{len(breaks)} invariants"
    summary = f"{count} broke, first at {clock_text(breaks[0].t)}"
    return f'<details><summary>{summary}</summary><ol class="chain">{told}</ol></details>'


def _log(row: Row) -> str:
    entries = [each for each in row.outcome.log.entries if not is_idle(each)]
    told = "".join(
        f"<li><time>{clock_text(entry['t'])}</time><span>{escape(sentence(entry))}</span></li>" for entry in entries
    )
    return (
        f'<details><summary>Everything that happened ({len(entries)})</summary><ol class="chain">{told}</ol></details>'
    )
