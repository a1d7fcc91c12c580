"""``conformance report``: every format from one file, at any later time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conformance.cli import main
from conformance.report import FORMATS, render
from tests.conformance.report import samples


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return samples.written(tmp_path / "run.jsonl", samples.PASSED, samples.FAILED)


def report(*arguments: str | Path, **environment: str) -> Result:
    clean = {"CONFORMANCE_FORMAT": None, "CONFORMANCE_OUT": None, "GITHUB_STEP_SUMMARY": None, **environment}
    return CliRunner().invoke(main, ["report", *map(str, arguments)], env=clean)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_printed_or_written(form: str, raw: Path, tmp_path: Path) -> None:
    """Exit code 0: the report was made, whatever it says."""
    out = tmp_path / "report"
    printed, written = report(raw, "--format", form), report(raw, "--format", form, "--out", out)

    assert (0, 0) == (printed.exit_code, written.exit_code), printed.output + written.output
    assert samples.FAILED.id in printed.stdout
    assert out.read_text(encoding="utf-8") in render(samples.raw_run(samples.PASSED, samples.FAILED), form)


def test_a_pipe_gets_the_terminals_text(raw: Path) -> None:
    """The default format, without colours."""
    assert render(samples.raw_run(samples.PASSED, samples.FAILED), "terminal") == report(raw).stdout


def test_the_runs_own_exit_code_is_given_on_demand(raw: Path) -> None:
    """So that a later step of a job can fail on it."""
    assert 1 == report(raw, "--exit-code").exit_code
    assert 1 == report(raw, CONFORMANCE_EXIT_CODE="1").exit_code


def test_options_have_twins_in_the_environment(raw: Path, tmp_path: Path) -> None:
    """CONFORMANCE_FORMAT and CONFORMANCE_OUT."""
    out = tmp_path / "report.json"

    assert 0 == report(raw, CONFORMANCE_FORMAT="json", CONFORMANCE_OUT=str(out)).exit_code
    assert 1 == json.loads(out.read_text())["exit_code"]


def test_a_bad_file_is_wrong_usage(raw: Path) -> None:
    """2, with file, line and reason; nothing on stdout."""
    raw.write_text(raw.read_text().rpartition('{"type": "footer"')[0])
    done = report(raw)

    assert (2, "") == (done.exit_code, done.stdout)
    assert f"{raw}:4: no footer: the run broke off" in done.stderr


@pytest.mark.parametrize("arguments", [["missing.jsonl"], [], ["--format", "pdf"]])
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    """No such file, none named, no such format."""
    assert 2 == report(*arguments).exit_code


def test_a_report_that_cannot_be_written_says_where(raw: Path, tmp_path: Path) -> None:
    """2, with the path."""
    out = tmp_path / "missing" / "report.html"
    done = report(raw, "--format", "html", "--out", out)

    assert 2 == done.exit_code
    assert f"cannot write {out}" in done.stderr


def test_github_gets_annotations_in_the_log_and_the_summary_in_its_file(raw: Path, tmp_path: Path) -> None:
    """The summary is added to what earlier steps wrote."""
    summary = tmp_path / "summary.md"
    summary.write_text("earlier\n")
    done = report(raw, "--format", "github", GITHUB_STEP_SUMMARY=str(summary))

    assert done.stdout.startswith("::error title=failed%3A allocation-percent/10-of-9::")
    assert 1 == done.stdout.count("\n")
    assert summary.read_text().startswith("earlier\n## ❌ Not conformant")
