"""The report for a person at a terminal; in a pipe the same text without colours."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.text import Text

from conformance.report import summary
from conformance.report.text import LABELS, SIGNS, failure_lines, headline, one_line, seconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.report.raw import RawRun
    from conformance.verdict import Status, Verdict

STYLES: Final[Mapping[Status, str]] = {
    "failed": "bold red",
    "errored": "bold magenta",
    "not-run": "yellow",
    "skipped": "cyan",
    "passed": "green",
}
_TOLD_IN_FULL: Final[tuple[Status, ...]] = ("errored", "failed")
_NOT_JUDGED: Final[tuple[Status, ...]] = ("not-run", "skipped")
_MOST_UNJUDGED: Final = 20
_NUMBER_STYLES: Final = {"expected": "green", "actual": "red"}


def render(run: RawRun) -> str:
    """Return the report as plain text."""
    out = StringIO()
    show(run, Console(file=out, no_color=True, force_terminal=False, width=10_000))
    return out.getvalue()


def show(run: RawRun, console: Console) -> None:
    """Print the report: what failed in full, what was not judged with its reason, then the counts."""
    for line in _lines(run):
        # Lines are never folded to the width of the window: what is copied from it must be what was printed.
        console.print(line, soft_wrap=True, highlight=False)


def _lines(run: RawRun) -> Sequence[Text]:
    told = [line for status in _TOLD_IN_FULL for verdict in run.having(status) for line in _in_full(verdict)]
    unjudged = [line for status in _NOT_JUDGED for line in _unjudged(run, status)]
    return [*told, *unjudged, *_families(run), *_ending(run)]


def _in_full(verdict: Verdict) -> list[Text]:
    status = verdict.status
    first = Text.assemble((LABELS[status].upper(), STYLES[status]), " ", (one_line(verdict.id), "bold"))
    return [first, *(_styled(line) for line in failure_lines(verdict)), Text()]


def _styled(line: str) -> Text:
    text = Text(f"  {line}")
    word = line.split(maxsplit=1)[0] if line.strip() else ""
    if line.startswith("  ") and word in _NUMBER_STYLES:
        text.stylize(_NUMBER_STYLES[word])
    elif line.startswith((">", "<", "source:", "requirements:", "why:", "#", "(")):
        text.stylize("dim")
    elif word == "again:":
        text.stylize("cyan")
    return text


def _unjudged(run: RawRun, status: Status) -> list[Text]:
    verdicts = run.having(status)
    label = (LABELS[status].upper(), STYLES[status])
    lines = [
        Text.assemble(label, f" {one_line(verdict.id)}: {one_line(verdict.reason or '')}")
        for verdict in verdicts[:_MOST_UNJUDGED]
    ]
    more = len(verdicts) - _MOST_UNJUDGED
    return [*lines, *([Text(f"… and {more} more {LABELS[status]}")] if more > 0 else []), *([Text()] if lines else [])]


def _families(run: RawRun) -> list[Text]:
    found = summary.families(run)
    width = max(map(len, found), default=0)
    return [_row(one_line(name).ljust(width), counts) for name, counts in found.items()] if len(found) > 1 else []


def _row(name: str, counts: Mapping[Status, int]) -> Text:
    total = sum(counts.values())
    row = Text.assemble(f"  {name}  {counts['passed']:>4}/{total}")
    for status in LABELS:
        if status != "passed" and counts[status]:
            row.append("  ")
            row.append(f"{SIGNS[status]} {counts[status]} {LABELS[status]}", STYLES[status])
    return row


def _ending(run: RawRun) -> list[Text]:
    counts, reason, code = run.footer["counts"], run.footer["inconclusive_because"], run.footer["exit_code"]
    lines = [] if reason is None else [Text(f"not judged further: {one_line(reason)}", "yellow")]
    if not run.verdicts and reason is None:
        lines = [Text("nothing was judged", "yellow")]
    summed = Text(f"{run.header['command']} against {one_line(run.header['target'])}: {len(run.verdicts)} judged")
    for status, label in LABELS.items():
        if status == "passed" or counts[status]:
            summed.append(", ").append(f"{counts[status]} {label}", STYLES[status] if counts[status] else "")
    summed.append(f" in {seconds(run.footer['seconds'])}: ")
    return [*lines, summed.append(headline(code).lower(), "bold green" if code == 0 else "bold red")]
