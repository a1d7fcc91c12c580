"""
The HTML report: one file that needs no network and nothing beside it.

Everything that is not ours is escaped; beyond that, the page's own policy lets no script run but the one that it was
written with, by its hash.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.report import summary
from conformance.report.html_checks import card, passed_row, tag
from conformance.report.html_tables import families, readings, requirements
from conformance.report.text import LABELS, MEANINGS, SIGNS, family, headline, safe, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.report.raw import RawRun
    from conformance.verdict import Status, Verdict

_STATUS_OF: Final[Mapping[int, Status]] = {0: "passed", 1: "failed", 4: "errored"}
_HERE: Final = Path(__file__).parent
# More would make a page that no browser opens with pleasure; the raw file has them all.
_MOST_WITH_EXCHANGES: Final = 300


def render(run: RawRun) -> str:
    """Return the page."""
    style, script = (_HERE / "page.css").read_text("utf-8"), (_HERE / "page.js").read_text("utf-8")
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'"
    title = f"{headline(run.footer['exit_code'])}: {safe(run.header['target'])}"
    return "".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n",
            *_top(run),
            *_filter(run),
            "<main>\n",
            *_main(run),
            "</main>\n",
            *_bottom(run),
            f"<script>{script}</script>\n</body>\n</html>\n",
        ]
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


# -- above -----------------------------------------------------------------------------------------------------------


def _top(run: RawRun) -> Iterable[str]:
    code, counts, header = run.footer["exit_code"], run.footer["counts"], run.header
    status: Status = _STATUS_OF.get(code, "not-run")
    yield '<header class="top"><div>\n<p class="eyebrow">Conformance report</p>\n'
    yield f'<h1><span class="mark {status}" aria-hidden="true">{SIGNS[status]}</span>{headline(code)}</h1>\n'
    yield f'<p class="target"><code>{tag(header["target"])}</code></p>\n'
    about = [
        f"conformance {header['command']}",
        f"{len(run.verdicts)} checks in {seconds(run.footer['seconds'])}",
        header["started_at"].replace("T", " ").split(".")[0].rstrip("Z") + " UTC",
        f"version {header['version']}",
    ]
    yield f'<p class="meta">{"".join(f"<span>{tag(each)}</span>" for each in about)}</p>\n'
    if run.footer["inconclusive_because"] is not None:
        yield f'<p class="banner">Not judged further: {tag(run.footer["inconclusive_because"])}</p>\n'
    elif not run.verdicts:
        yield '<p class="banner">Nothing was judged.</p>\n'
    yield f'<ul class="tiles">\n{"".join(_tile(each, counts[each]) for each in LABELS)}</ul>\n'
    yield _bar(counts)
    yield _beyond_checks(run)
    yield "</div></header>\n"


def _beyond_checks(run: RawRun) -> str:
    """Return what the run says of requirements and readings, in a line that leads to them."""
    counts = summary.requirement_counts(summary.requirements(run))
    told = ", ".join(f"{count} {status.replace('-', ' ')}" for status, count in counts.items())
    differing = sum(each.status == "differs" for each in summary.readings(run))
    line = f'<span><a href="#requirements">Requirements</a>: {told}</span>'
    if differing:
        line += f'<span><a href="#readings">Readings</a>: {differing} not as expected</span>'
    return f'<p class="meta">{line}</p>\n'


def _tile(status: Status, count: int) -> str:
    look = f"tile {status}" if count else "tile none"
    inside = f"<b>{count}</b>{LABELS[status]}"
    if count:
        inside = f'<a href="#{status}" data-choose="{status}">{inside}</a>'
    return f'<li class="{look}" title="{tag(MEANINGS[status])}">{inside}</li>\n'


def _bar(counts: Mapping[Status, int]) -> str:
    """Return the shares as a bar; widths are attributes, since the policy allows no style in an element."""
    total, begun, parts = sum(counts.values()) or 1, 0.0, []
    for status in LABELS:
        width = 1000 * counts[status] / total
        if width:
            parts.append(f'<rect class="{status}" x="{begun:.2f}" width="{width:.2f}" height="10"/>')
        begun += width
    told = ", ".join(f"{counts[status]} {label}" for status, label in LABELS.items())
    open_ = f'<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="{told}">'
    return f"{open_}{''.join(parts)}</svg>\n"


def _filter(run: RawRun) -> Iterable[str]:
    """Yield the form that the script shows; without a script it stays hidden."""
    counts = run.footer["counts"]
    statuses = [(each, f"{LABELS[each]} ({counts[each]})") for each in LABELS if counts[each]]
    names = [(name, f"{name} ({sum(each.values())})") for name, each in summary.families(run).items()]
    yield '<div class="filter" hidden><form role="search">\n'
    yield '<input name="text" type="search" placeholder="Find in the checks" aria-label="Text to find">\n'
    yield _select("status", "every outcome", statuses)
    yield _select("family", "every family", names)
    yield "<output></output>\n</form></div>\n"


def _select(name: str, none: str, options: Sequence[tuple[str, str]]) -> str:
    inside = "".join(f'<option value="{tag(value)}">{tag(text)}</option>' for value, text in options)
    return f'<select name="{name}" aria-label="{name}"><option value="">{none}</option>{inside}</select>\n'


# -- the checks ------------------------------------------------------------------------------------------------------


def _main(run: RawRun) -> Iterable[str]:
    places = {verdict.id: number for number, verdict in enumerate(run.verdicts)}
    left = _MOST_WITH_EXCHANGES
    for status in LABELS:
        verdicts = [(number, each) for number, each in enumerate(run.verdicts) if each.status == status]
        if status == "passed" or not verdicts:
            continue
        yield _section_start(status, len(verdicts))
        for number, verdict in verdicts:
            yield card(verdict, number, with_exchanges=left > 0)
            left -= 1
        yield "</section>\n"
    yield from families(summary.families(run))
    yield from requirements(summary.requirements(run), run.verdicts, places)
    yield from readings(summary.readings(run))
    yield from _passed(run)


def _section_start(status: Status, count: int) -> str:
    title = f'{LABELS[status].capitalize()} <span class="count">{count}</span>'
    return f'<section id="{status}" data-group><h2>{title}</h2>\n<p class="lead">{MEANINGS[status]}</p>\n'


def _passed(run: RawRun) -> Iterable[str]:
    verdicts = run.having("passed")
    if not verdicts:
        return
    by_family: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_family.setdefault(family(verdict), []).append(verdict)
    yield _section_start("passed", len(verdicts))
    for name in sorted(by_family):
        count = f'<span class="count">{len(by_family[name])}</span>'
        yield f'<details class="panel" data-group><summary>{tag(name)} {count}</summary>\n'
        yield '<table class="rows stacked"><tbody>\n'
        yield from map(passed_row, by_family[name])
        yield "</tbody></table></details>\n"
    yield "</section>\n"


def _bottom(run: RawRun) -> Iterable[str]:
    header = run.header
    told = " ".join(["conformance", *header["arguments"]])
    unusual = ", ".join(f"{reading}={option}" for reading, option in sorted(header["expecting"]["readings"].items()))
    yield f"<footer>\n<p>Made from a run of <code>{tag(told)}</code></p>\n"
    if unusual:
        yield f"<p>Expected where it is not the default: <code>{tag(unusual)}</code></p>\n"
    if header["expecting"]["dialect"] is not None:
        yield f"<p>Names on the wire: <code>{tag(header['expecting']['dialect'])}</code></p>\n"
    yield "</footer>\n"
