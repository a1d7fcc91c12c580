"""``conformance run``: judge a server by every check, or by those that are named."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import judging
from conformance.cli.following import Following
from conformance.cli.options import AS_JSON, EXCLUDE, LEVEL, NAMES, OUTPUT, WORKERS, flag, option
from conformance.runner import UnknownName, run_checks, selected

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.check import Check, Expecting
    from conformance.cli.judging import Arguments
    from conformance.report.raw import Header
    from conformance.target import Target
    from conformance.verdict import Run


@click.command(
    "run", help="Judge a server by every check, or by those named: checks, requirements, families, readings, patterns."
)
@judging.options
@LEVEL
@EXCLUDE
@flag("-x", "--stop-at-first", help="End at the first failure.")
@WORKERS
@option("--raw", type=OUTPUT, help="Keep the run, for `conformance report`.")
@option("--html", type=OUTPUT, help="Write a page to read in a browser.")
@option("--junit", type=OUTPUT, help="Write JUnit XML.")
@option("--github", type=OUTPUT, help="Write a summary and annotations for GitHub.")
@AS_JSON
@NAMES
def command(names: tuple[str, ...], **given: Any) -> int:
    """Return the exit code of the run."""
    from conformance.checks import load_checks

    arguments = judging.arguments(given)
    chosen = _selected(load_checks(), names, given)
    with judging.opened(arguments) as target:
        expecting = judging.expecting(arguments)
        said = [*names, *_repeated("--exclude", given["exclude"])]
        header = judging.header("run", target, arguments, expecting, said, len(chosen))
        began = time.monotonic()
        run = _run(target, chosen, expecting, header, arguments, given)
        _write(header, run, time.monotonic() - began, given)
    return run.exit_code


def _selected(checks: list[Check], names: tuple[str, ...], given: Mapping[str, Any]) -> list[Check]:
    try:
        return selected(checks, names=names, exclude=given["exclude"], documented_only=given["level"] == "documented")
    except UnknownName as error:
        raise click.UsageError(str(error)) from error


def _repeated(option: str, values: Sequence[str]) -> list[str]:
    return [part for value in values for part in (option, value)]


def _run(
    target: Target,
    checks: Sequence[Check],
    expecting: Expecting,
    header: Header,
    arguments: Arguments,
    given: Mapping[str, Any],
) -> Run:
    with Following(header, given["raw"]) as following:
        run = run_checks(
            target,
            checks,
            expecting,
            again=lambda check: judging.again("run", target, arguments, check.id),
            listener=following.heard,
            workers=given["workers"],
            stop_at_first=given["stop_at_first"],
        )
        return following.end(run)


def _write(header: Header, run: Run, seconds: float, given: Mapping[str, Any]) -> None:
    from conformance import report
    from conformance.cli.report import deliver
    from conformance.report.raw import RawRun

    whole = RawRun.of(header, run, seconds)
    for form in ("html", "junit"):
        if given[form] is not None:
            given[form].write_text(report.render(whole, form), encoding="utf-8")
    if given["github"] is not None:
        deliver(whole, "github", given["github"])
    deliver(whole, "json" if given["as_json"] else "terminal", None)
