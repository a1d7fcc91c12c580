"""For GitHub Actions: a step summary in Markdown, and one annotation a failure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.report import summary
from conformance.report.text import LABELS, SIGNS, cut, failure_lines, headline, one_line, safe, seconds, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.report.raw import RawRun
    from conformance.verdict import Verdict

# GitHub shows ten errors of a step, and takes 1 MiB of summary.
MOST_ANNOTATIONS: Final = 10
_MOST_IN_FULL: Final = 40
_LONGEST_DETAILS: Final = 8_000
_ICONS: Final = {0: "✅", 1: "❌", 4: "💥"}
# Entities are shown as they are and never read as Markdown or HTML. `://` would become a link.
_MARKS: Final = re.compile(r"[\\`*_\[\]<>&|#~{}()!$@]|(?<=:)//")


def render(run: RawRun) -> str:
    """Return the annotations and then the summary, for a log."""
    return "\n".join([*workflow_commands(run), summary_markdown(run)])


# -- annotations -----------------------------------------------------------------------------------------------------


def workflow_commands(run: RawRun) -> list[str]:
    """Return the workflow commands that mark the step: an error for each failure, a warning if nothing can be said."""
    bad = [*run.having("errored"), *run.having("failed")]
    shown_ = bad if len(bad) <= MOST_ANNOTATIONS else bad[: MOST_ANNOTATIONS - 1]
    lines = [_command("error", f"{LABELS[each.status]}: {each.id}", _message(each)) for each in shown_]
    if len(shown_) < len(bad):
        lines.append(_command("error", "and more", f"{len(bad) - len(shown_)} more; the step's summary has them"))
    if run.footer["inconclusive_because"] is not None:
        lines.append(_command("warning", "inconclusive", run.footer["inconclusive_because"]))
    return lines


def _message(verdict: Verdict) -> str:
    return "\n".join(failure_lines(verdict, exchanges=0))


def _command(kind: str, title: str, message: str) -> str:
    titled = _escaped(one_line(title)).replace(":", "%3A").replace(",", "%2C")
    return f"::{kind} title={titled}::{_escaped(safe(message))}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


# -- summary ---------------------------------------------------------------------------------------------------------


def summary_markdown(run: RawRun) -> str:
    """Return the step summary: the outcome, the failures, then families, requirements and readings as tables."""
    parts = [*_top(run), *_failures(run), *_unjudged(run), *_families(run), *_requirements(run), *_readings(run)]
    return "\n".join(parts) + "\n"


def _top(run: RawRun) -> list[str]:
    code, counts, reason = run.footer["exit_code"], run.footer["counts"], run.footer["inconclusive_because"]
    told = " · ".join(f"**{counts[status]}** {label}" for status, label in LABELS.items())
    lines = [
        f"## {_ICONS.get(code, '⚠️')} {headline(code)}: {_md(run.header['target'])}",
        "",
        f"{told} — {_how(run)}",
        "",
    ]
    return lines if reason is None else [*lines, f"> Not judged further: {_md(reason)}", ""]


def _how(run: RawRun) -> str:
    header, took = run.header, seconds(run.footer["seconds"])
    return f"`conformance {header['command']}`, {took}, {header['started_at']}, version {_md(header['version'])}"


def _failures(run: RawRun) -> list[str]:
    bad = [*run.having("errored"), *run.having("failed")]
    lines = ["### Failures", ""] if bad else []
    lines += [line for verdict in bad[:_MOST_IN_FULL] for line in _failure(verdict)]
    more = len(bad) - _MOST_IN_FULL
    return [*lines, f"…and {more} more, in the other reports.", ""] if more > 0 else lines


def _failure(verdict: Verdict) -> list[str]:
    head = f"{SIGNS[verdict.status]} <b>{_md(verdict.id)}</b> {_md(verdict.title)}"
    rows = [(each.path, shown(each.expected, 200), shown(each.actual, 200)) for each in verdict.differences[:20]]
    details = cut("\n".join(failure_lines(verdict)), _LONGEST_DETAILS)
    return [
        f"<details><summary>{head}</summary>",
        "",
        *(_table(("where", "expected", "actual"), rows) if rows else []),
        *_fenced(details),
        "",
        "</details>",
        "",
    ]


def _fenced(text: str) -> list[str]:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", text, fence]


def _unjudged(run: RawRun) -> list[str]:
    rows = [
        (verdict.id, LABELS[verdict.status], verdict.reason or "")
        for verdict in [*run.having("not-run"), *run.having("skipped")]
    ]
    return _section(f"Not verified or skipped ({len(rows)})", ("check", "", "why"), rows)


def _families(run: RawRun) -> list[str]:
    rows = [(name, *(str(counts[status] or "") for status in LABELS)) for name, counts in summary.families(run).items()]
    return ["### Families", "", *_table(("family", *LABELS.values()), rows)] if rows else []


def _requirements(run: RawRun) -> list[str]:
    found = summary.requirements(run)
    counts = summary.requirement_counts(found)
    told = ", ".join(f"{count} {status.replace('-', ' ')}" for status, count in counts.items())
    rows = [
        (each.id, each.status.replace("-", " "), each.why or "")
        for each in found
        if each.checks and each.status != "verified"
    ]
    return _section(f"Requirements: {told}", ("requirement", "", "why"), rows) or [f"Requirements: {told}", ""]


def _readings(run: RawRun) -> list[str]:
    rows = [
        (
            each.id,
            ", ".join(option or "(none of the options)" for option in each.followed),
            each.expected,
            each.status.replace("-", " "),
        )
        for each in summary.readings(run)
    ]
    return _section(f"Readings ({len(rows)})", ("reading", "follows", "expected", ""), rows)


def _section(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    return [f"<details><summary>{title}</summary>", "", *_table(heads, rows[:200]), "</details>", ""]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(_md(cell) for cell in row) + " |" for row in rows]
    return ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads), *lines, ""]


def _md(text: str) -> str:
    return _MARKS.sub(lambda match: "".join(f"&#{ord(char)};" for char in match[0]), one_line(text))
