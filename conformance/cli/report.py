"""``conformance report``: make a report of a run that was written to a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from conformance.report import FORMATS, BadRun, RawRun, read_raw, render
from conformance.verdict import PASSED


@click.command("report", help="Make a report of a raw run file.")
@click.argument("raw", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="terminal",
    show_default=True,
    envvar="CONFORMANCE_FORMAT",
    help="What it is for: a person here, a CI server, a program, a browser, a step of GitHub Actions.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="CONFORMANCE_OUT",
    metavar="FILE",
    help="Write it there instead of printing it.",
)
@click.option(
    "--exit-code",
    "own_code",
    is_flag=True,
    envvar="CONFORMANCE_EXIT_CODE",
    help="End with the exit code of the run that is reported on.",
)
def command(raw: Path, form: str, out: Path | None, own_code: bool) -> int:  # noqa: FBT001 - click hands it over by name
    """Return 0 once the report is made, or the run's own exit code when that is wanted."""
    try:
        run = read_raw(raw)
    except (BadRun, OSError) as error:
        raise click.ClickException(str(error)) from error
    deliver(run, form, out)
    return run.footer["exit_code"] if own_code else PASSED


def deliver(run: RawRun, form: str, out: Path | None) -> None:
    """
    Write a report to a file, or print it when there is none.

    GitHub reads annotations from the log and the summary from a file, by default the one that it names itself.

    Raises:
        click.ClickException: when the file cannot be written.
    """
    if form == "github":
        _github(run, out)
    elif out is not None:
        _write(out, render(run, form))
    elif form == "terminal":
        _show(run)
    else:
        click.echo(render(run, form), nl=False)


def _github(run: RawRun, out: Path | None) -> None:
    from conformance.report.github import summary_markdown, workflow_commands

    for line in workflow_commands(run):
        click.echo(line)
    named = os.environ.get("GITHUB_STEP_SUMMARY")
    if out is not None:
        _write(out, summary_markdown(run))
    elif named:
        _write(Path(named), summary_markdown(run), mode="a")
    else:
        click.echo(summary_markdown(run), nl=False)


def _show(run: RawRun) -> None:
    from rich.console import Console

    from conformance.report.terminal import show

    # Made now, so that it writes to what stdout is now; it honours NO_COLOR itself.
    show(run, Console(file=sys.stdout))


def _write(path: Path, text: str, *, mode: str = "w") -> None:
    try:
        with path.open(mode, encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror}") from error
