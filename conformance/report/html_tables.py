"""The tables of the HTML report: families, requirements and readings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.report.html_checks import breakable, tag
from conformance.report.summary import requirement_counts
from conformance.report.text import LABELS, SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.report.summary import ReadingFound, ReadingStatus, RequirementFound, RequirementStatus
    from conformance.verdict import Status, Verdict

_REQUIREMENTS: Final[Mapping[RequirementStatus, tuple[Status, str]]] = {
    "failed": ("failed", "Failed"),
    "not-verified": ("not-run", "Not verified"),
    "verified": ("passed", "Verified"),
}
_READINGS: Final[Mapping[ReadingStatus, tuple[Status, str]]] = {
    "differs": ("failed", "differs"),
    "not-seen": ("not-run", "not seen"),
    "as-expected": ("passed", "as expected"),
}
_MOST_LINKS: Final = 5


def families(found: Mapping[str, Mapping[Status, int]]) -> Iterable[str]:
    """Yield the counts of every family."""
    if not found:
        return
    heads = "".join(f'<th class="number">{_head(label, SIGNS[status])}</th>' for status, label in LABELS.items())
    yield '<section id="families" data-summary><h2>Families</h2>\n'
    yield '<p class="lead">The checks by the part of the systems that they look at.</p>\n'
    yield '<div class="panel"><table class="families">'
    yield f'<thead><tr><th>family</th><th class="number">{_head("checks", "all")}</th>{heads}</tr></thead><tbody>\n'
    for name, counts in found.items():
        cells = "".join(_count(counts[status], status) for status in LABELS)
        yield f'<tr><td class="id">{tag(name)}</td><td class="number">{sum(counts.values())}</td>{cells}</tr>\n'
    yield "</tbody></table></div></section>\n"


def _head(label: str, short: str) -> str:
    return f'<span class="long">{label}</span><span class="short" title="{label}">{short}</span>'


def _count(count: int, status: Status) -> str:
    return f'<td class="number {status}">{count}</td>' if count else '<td class="number zero">0</td>'


# -- requirements ----------------------------------------------------------------------------------------------------


def requirements(
    found: Sequence[RequirementFound], verdicts: Sequence[Verdict], places: Mapping[str, int]
) -> Iterable[str]:
    """Yield every requirement in three groups: failed, not verified with the reason, verified."""
    counts = requirement_counts(found)
    told = {status: _to_cards(verdicts, places, failed=status == "failed") for status in _REQUIREMENTS}
    yield f'<section id="requirements" data-summary><h2>Requirements <span class="count">{len(found)}</span></h2>\n'
    yield '<p class="lead">The behaviours of the registry, and what this run says of each.</p>\n'
    for status, (look, label) in _REQUIREMENTS.items():
        if counts[status]:
            badge = f'<span class="{look}">{label}</span> <span class="count">{counts[status]}</span>'
            is_open = " open" if status == "failed" else ""
            yield f'<details class="panel"{is_open}><summary>{badge}</summary>\n'
            yield '<table class="rows requirements stacked"><tbody>\n'
            yield from (_requirement(each, told[status]) for each in found if each.status == status)
            yield "</tbody></table></details>\n"
    yield "</section>\n"


def _to_cards(verdicts: Sequence[Verdict], places: Mapping[str, int], *, failed: bool) -> Mapping[str, str]:
    """Return the links to the checks that are told in full: the failed ones, or the others that did not pass."""
    return {
        each.id: f'<a class="id" href="#check-{places[each.id]}">{tag(each.id)}</a>'
        for each in verdicts
        if each.status != "passed" and (each.status == "failed") == failed
    }


def _requirement(found: RequirementFound, cards: Mapping[str, str]) -> str:
    statement = "not in the registry" if found.statement is None else found.statement
    grade = (
        "" if found.grade is None else f'<span class="muted">Grade {tag(found.grade)}: {tag(found.source or "")}</span>'
    )
    return (
        f'<tr id="{tag(found.id)}"><td class="id">{breakable(found.id)}</td>'
        f"<td>{tag(statement)}<br>{grade}{_why(found, cards)}</td>"
        f'<td class="number muted">{_amount(len(found.checks))}</td></tr>\n'
    )


def _amount(checks: int) -> str:
    return "1 check" if checks == 1 else f"{checks} checks"


def _why(found: RequirementFound, cards: Mapping[str, str]) -> str:
    if found.status == "verified":
        return ""
    links = [cards[each] for each in found.checks if each in cards]
    more = len(links) - _MOST_LINKS
    told = ", ".join(links[:_MOST_LINKS]) + (f" and {more} more" if more > 0 else "")
    if found.status == "failed":
        return f'<br><span class="failed">Failed:</span> {told}'
    return f'<br><span class="not-run">{tag(found.why or "")}</span>' + (f" ({told})" if told else "")


# -- readings --------------------------------------------------------------------------------------------------------


def readings(found: Sequence[ReadingFound]) -> Iterable[str]:
    """Yield which options the target follows, those that differ from what was expected first."""
    if not found:
        return
    yield f'<section id="readings" data-summary><h2>Readings <span class="count">{len(found)}</span></h2>\n'
    yield '<p class="lead">Open questions that no document settles, and which answer the target was seen to give.</p>\n'
    for status, (look, label) in _READINGS.items():
        group = [each for each in found if each.status == status]
        if group:
            is_open = " open" if status == "differs" else ""
            badge = f'<span class="{look}">{label.capitalize()}</span> <span class="count">{len(group)}</span>'
            yield f'<details class="panel"{is_open}><summary>{badge}</summary>\n'
            yield '<table class="rows readings stacked"><tbody>\n'
            yield from map(_reading, group)
            yield "</tbody></table></details>\n"
    yield "</section>\n"


def _reading(found: ReadingFound) -> str:
    seen = ", ".join("none of the options" if option is None else option for option in found.followed) or "not seen"
    against = "" if found.status == "as-expected" else f'<br><span class="muted">expected {tag(found.expected)}</span>'
    return (
        f'<tr id="{tag(found.id)}"><td class="id">{breakable(found.id)}</td><td>{tag(found.question or "")}</td>'
        f'<td data-label="follows"><b>{tag(seen)}</b>{against}</td></tr>\n'
    )
