"""Single checks on the page of the HTML report."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any, Final

from conformance.report.raw import as_text
from conformance.report.text import GRADES, LABELS, SIGNS, cut, family, safe, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.verdict import Difference, Verdict

_MOST_EXCHANGES: Final = 12
_MOST_DIFFERENCES: Final = 50
_LONGEST_VALUE: Final = 4_000
_LONGEST_ON_ONE_LINE: Final = 60


def tag(text: str) -> str:
    """Return text as HTML: nothing in it is markup, and what would act on a screen is spelled out."""
    return escape(safe(text))


def breakable(id_: str) -> str:
    """Return an id as HTML that may go on in a new line after a slash or a dot."""
    return tag(id_).replace("/", "/<wbr>").replace(".", ".<wbr>")


def card(verdict: Verdict, number: int, *, with_exchanges: bool) -> str:
    """Return all that is known of a check that was not passed."""
    status = verdict.status
    return "".join(
        [
            f'<article class="check {status}" id="check-{number}" data-status="{status}"',
            f' data-family="{tag(family(verdict))}">\n',
            f'<div class="head"><span class="badge {status}">{SIGNS[status]} {LABELS[status]}</span>',
            f'<span class="id">{tag(verdict.id)}</span><time>{seconds(verdict.seconds)}</time></div>\n',
            f"<h3>{tag(verdict.title)}</h3>\n",
            f'<p class="why">{tag(verdict.why)}</p>\n' if verdict.why else "",
            f'<p class="reason">{tag(verdict.reason)}</p>\n' if verdict.reason else "",
            _differences(verdict) if verdict.differences else "",
            *_facts(verdict),
            *(_exchanges(verdict) if with_exchanges else ()),
            f'<div class="again"><code>{tag(verdict.again)}</code></div>\n' if verdict.again else "",
            "</article>\n",
        ]
    )


def passed_row(verdict: Verdict) -> str:
    """Return a check that passed as a row of a table."""
    followed = "" if verdict.followed is None else f" Follows <code>{tag(str(verdict.followed.option))}</code>."
    named = " ".join(map(_to_requirement, verdict.requirements))
    return (
        f'<tr data-status="passed" data-family="{tag(family(verdict))}">'
        f'<td class="id">{breakable(verdict.id)}</td><td>{tag(verdict.title)}{followed}</td>'
        f'<td class="muted">{named}</td></tr>\n'
    )


def _to_requirement(requirement: str) -> str:
    return f'<a class="id" href="#{tag(requirement)}">{tag(requirement)}</a>'


# -- differences and facts -------------------------------------------------------------------------------------------


def _differences(verdict: Verdict) -> str:
    rows = "".join(map(_difference, verdict.differences[:_MOST_DIFFERENCES]))
    more = len(verdict.differences) - _MOST_DIFFERENCES
    rest = f'<p class="muted">and {more} more</p>\n' if more > 0 else ""
    head = "<thead><tr><th>where</th><th>expected</th><th>actual</th></tr></thead>"
    return f'<table class="differences stacked">{head}<tbody>\n{rows}</tbody></table>\n{rest}'


def _difference(difference: Difference) -> str:
    return (
        f'<tr><td class="id" data-label="where">{tag(difference.path)}</td>'
        f'<td data-label="expected"><pre class="expected">{_value(difference.expected)}</pre></td>'
        f'<td data-label="actual"><pre class="actual">{_value(difference.actual)}</pre></td></tr>\n'
    )


def _value(value: object) -> str:
    line = as_text(value)
    wide = len(line) > _LONGEST_ON_ONE_LINE and isinstance(value, dict | list)
    return tag(cut(as_text(value, indent=2) if wide else line, _LONGEST_VALUE))


def _facts(verdict: Verdict) -> Iterable[str]:
    yield f'<dl class="facts"><dt>Source</dt><dd>{tag(verdict.source)} <span class="muted">'
    yield f"(grade {tag(verdict.grade)}, {GRADES.get(verdict.grade, 'unknown')})</span></dd>\n"
    if verdict.requirements:
        yield f"<dt>Requirements</dt><dd>{' '.join(map(_to_requirement, verdict.requirements))}</dd>\n"
    if verdict.followed is not None:
        option = "none of the options" if verdict.followed.option is None else verdict.followed.option
        yield f'<dt>Reading</dt><dd><a class="id" href="#{tag(verdict.followed.reading)}">'
        yield f"{tag(verdict.followed.reading)}</a>: follows <b>{tag(option)}</b>, "
        yield f"expected <b>{tag(verdict.followed.expected)}</b></dd>\n"
    yield "</dl>\n"


# -- exchanges -------------------------------------------------------------------------------------------------------


def _exchanges(verdict: Verdict) -> Iterable[str]:
    if not verdict.exchanges:
        return
    last = verdict.exchanges[-_MOST_EXCHANGES:]
    left_out = len(verdict.exchanges) - len(last)
    told = f"the last {len(last)} of {len(verdict.exchanges)}" if left_out else str(len(last))
    yield f'<details><summary>Exchanges <span class="count">{told}</span></summary>\n'
    for exchange in last:
        yield from _exchange(exchange)
    yield "</details>\n"


def _exchange(exchange: Mapping[str, Any]) -> Iterable[str]:
    request, response = exchange["request"], exchange["response"]
    at, note, status = exchange.get("at"), exchange.get("note"), response["status"]
    yield '<div class="exchange">'
    if note:
        yield f'<p class="note">{tag(note)}</p>'
    when = "" if at is None else f'<span class="at">at {at:.3f} s</span>'
    yield f'<p class="line"><b>{tag(request["method"])}</b><span>{tag(request["url"])}</span>{when}</p>'
    yield _message(request)
    yield f'<p class="line answer"><b>{"no answer" if status is None else status}</b></p>'
    yield _message(response)
    yield "</div>\n"


def _message(message: Mapping[str, Any]) -> str:
    body = f"<pre>{tag(_laid_out(message['body']))}</pre>" if message["body"] else ""
    if not message["headers"]:
        return body
    headers = "\n".join(f"{name}: {value}" for name, value in message["headers"].items())
    return f"{body}<details><summary>headers</summary><pre>{tag(headers)}</pre></details>"


def _laid_out(body: str) -> str:
    """Return JSON with a line for each member; anything else, and JSON that was cut, as it is."""
    if body[:1] not in "{[":
        return body
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return body
