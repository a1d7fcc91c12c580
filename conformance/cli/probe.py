"""``conformance probe``: find out which option of each reading a server follows, and write them down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from conformance import catalogue
from conformance.cli import judging
from conformance.cli.options import NAMES, OUTPUT, WORKERS, option
from conformance.cli.progress import Progress
from conformance.runner import UnknownName, run_checks, selected
from conformance.verdict import HARNESS_FAILED, INCONCLUSIVE, PASSED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.verdict import Run, Verdict


@click.command("probe", help="Find out which readings a server follows; `mockserver serve --readings` takes the file.")
@judging.options
@WORKERS
@option("--out", type=OUTPUT, help="Where to write them; stdout otherwise.")
@NAMES
def command(names: tuple[str, ...], out: Path | None, **given: Any) -> int:
    """Return 0 when every reading has been found out, 3 when some could not be."""
    from conformance.checks import from_readings

    arguments = judging.arguments(given)
    try:
        probes = selected(from_readings.checks(), names=names)
    except UnknownName as error:
        raise click.UsageError(str(error)) from error
    with judging.opened(arguments) as target, Progress(len(probes), "probe") as progress:
        run = run_checks(
            target,
            probes,
            # Every reading but the one that is looked for is the default in the probe's world.
            judging.probing(arguments),
            again=lambda check: judging.again("probe", target, arguments, check.id),
            listener=progress.heard,
            workers=given["workers"],
        )
    text = judging.as_yaml({"readings": found(run)})
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
    _tell(run)
    return _exit_code(run)


def found(run: Run) -> Mapping[str, str]:
    """Return the option seen of each reading, of those that were."""
    seen = [verdict.followed for verdict in run.verdicts if verdict.followed is not None]
    return {each.reading: each.option for each in seen if each.option is not None}


def _tell(run: Run) -> None:
    """Say what differs from the defaults, and what could not be found out, to a person."""
    defaults = catalogue.defaults()
    for reading, seen in found(run).items():
        if seen != defaults[reading]:
            click.echo(f"{reading}: {seen} (by default {defaults[reading]})", err=True)
    for verdict in run.verdicts:
        if verdict.followed is None or verdict.followed.option is None:
            click.echo(f"{verdict.id}: not found out: {_reason(verdict)}", err=True)
    click.echo(f"{len(found(run))} of {len(run.verdicts)} readings found out", err=True)


def _reason(verdict: Verdict) -> str:
    return verdict.reason or "; ".join(str(each.actual) for each in verdict.differences)


def _exit_code(run: Run) -> int:
    if run.of("errored"):
        return HARNESS_FAILED
    complete = bool(run.verdicts) and len(found(run)) == len(run.verdicts)
    return PASSED if complete else INCONCLUSIVE
