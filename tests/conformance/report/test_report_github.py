"""The GitHub report: annotations that the runner understands, and a summary that is Markdown and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from conformance.report.github import MOST_ANNOTATIONS, render, summary_markdown, workflow_commands
from conformance.verdict import Verdict
from tests.conformance.report import samples

COMMAND = re.compile(r"::(error|warning) title=((?:(?!::)[^\r\n])*?)::([^\r\n]*)")


def commands(*verdicts: Verdict, because: str | None = None) -> list[tuple[str, str, str]]:
    """Read the annotations as the runner does: title and message, escapes undone."""
    found = []
    for line in workflow_commands(samples.raw_run(*verdicts, because=because)):
        match = COMMAND.fullmatch(line)
        assert match, line
        title = match[2].replace("%3A", ":").replace("%2C", ",")
        found.append((match[1], title, match[3].replace("%0A", "\n").replace("%25", "%")))
    return found


def summary(*verdicts: Verdict, because: str | None = None) -> str:
    return summary_markdown(samples.raw_run(*verdicts, because=because))


def test_each_failure_is_an_error_with_all_that_is_to_be_said() -> None:
    """Title: the check; message: source, expected, actual, the command line. Errors of the harness come first."""
    errored, failed = commands(samples.PASSED, samples.FAILED, samples.ERRORED)

    assert ("error", "errored: orders/broken") == errored[:2]
    assert ("error", "failed: allocation-percent/10-of-9") == failed[:2]
    for part in (samples.FAILED.source, "expected 0", "actual   1", samples.FAILED.again, "10 % of 9"):
        assert part in failed[2]


def test_text_of_a_target_cannot_start_a_command_of_its_own() -> None:
    """Line ends and percent signs are escaped, so that one failure is one line."""
    (line,) = workflow_commands(samples.raw_run(samples.HOSTILE))

    assert 1 == len(line.splitlines())
    assert line.isprintable()


def test_an_inconclusive_run_is_a_warning() -> None:
    """Nobody overlooks that nothing was verified."""
    assert [("warning", "inconclusive", "nobody answers")] == commands(because="nobody answers")


def test_more_failures_than_github_shows_are_counted() -> None:
    """Ten at most, the last of which says how many more."""
    told = commands(*(replace(samples.FAILED, id=f"f/{number}") for number in range(25)))

    assert MOST_ANNOTATIONS == len(told)
    assert "16 more; the step's summary has them" == told[-1][2]


def test_the_summary_begins_with_the_outcome() -> None:
    """A heading, then the counts."""
    first, _, counts, *_ = summary(*samples.ALL).splitlines()

    assert first.startswith("## 💥 The harness failed: mock:app")
    assert "**3** failed · **1** errored · **1** not verified · **1** skipped · **1** passed" in counts


@pytest.mark.parametrize(
    ("verdicts", "because", "heading"),
    [
        ([samples.PASSED], None, "## ✅ Conformant: mock:app"),
        ([samples.FAILED], None, "## ❌ Not conformant: mock:app"),
        ([samples.NOT_RUN], "gone", "## ⚠️ Inconclusive: mock:app"),
    ],
)
def test_the_heading_says_what_the_run_came_to(verdicts: list[Verdict], because: str | None, heading: str) -> None:
    """With a sign that is seen in a list of runs."""
    assert heading == summary(*verdicts, because=because).splitlines()[0]


def test_the_summary_tells_failures_unjudged_families_requirements_and_readings() -> None:
    """Each with what is needed to act."""
    text = unescape(summary(*samples.ALL))

    assert "| figures/501 | 0 | 1 |" in text
    assert samples.FAILED.again in text
    assert "| mp/write | not verified | needs --allow-writes |" in text
    assert "| OM-ALLOC | 1 |  |  |  | 1 |" in text
    assert "| OM-ALLOC-08 | failed | failed: allocation-percent/10-of-9 |" in text
    assert "| ack.paging | everything | limit | differs |" in text


def test_a_target_cannot_break_out_of_the_summary() -> None:
    """No markup, no table cell, no fence of its own: outside of fences only entities are left of it."""
    told = replace(samples.HOSTILE, why="```\n# out\n````\n<b>")
    fence, outside = None, []
    for line in summary(told).splitlines():
        marker = re.fullmatch(r"(`{3,})(text)?", line)
        if fence is None and marker:
            fence = marker[1]
        elif line == fence:
            fence = None
        elif fence is None:
            outside.append(line)

    assert fence is None
    assert not any("<script" in line or "<b>alert" in line for line in outside)
    for row in (line for line in outside if line.startswith("|")):
        assert row.count("|") in {4, 5, 7}


def test_a_run_with_many_failures_fits_into_a_summary() -> None:
    """GitHub takes 1 MiB."""
    long = replace(samples.FAILED, why="x" * 100_000)

    assert len(summary(*(replace(long, id=f"f/{number}") for number in range(500))).encode()) < 1_000_000


def test_what_is_printed_is_annotations_and_then_the_summary() -> None:
    """For whoever has no summary file."""
    text = render(samples.raw_run(samples.FAILED))

    assert text.index("::error") < text.index("## ")
