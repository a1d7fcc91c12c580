"""``conformance scenario``: check scenario files, begin a new one, write the page of the library."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.scenario.loading import load
from conformance.scenario.problems import BadScenario
from conformance.verdict import NONCONFORMANT, PASSED, USAGE


@click.group("scenario", help="Check scenario files, or write a new one.")
def command() -> None:
    """Do nothing by itself."""


@command.command("validate", help="Check scenario files without running them: 0 when all are sound, 2 otherwise.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
def validate(files: tuple[Path, ...]) -> int:
    """Return 0 when every file is sound."""
    code = PASSED
    for path in files:
        try:
            scenario = load(path, needs_events=False)
        except BadScenario as error:
            click.echo(str(error), err=True)
            code = USAGE
        else:
            rows = len(scenario.plans)
            click.echo(f"{path}: {scenario.id}, {rows} row{'s' if rows > 1 else ''}, sound")
    return code


@command.command("new", help="Write a scenario to begin with, to a file or to standard output.")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, envvar="CONFORMANCE_FORCE", help="Replace a file that exists.")
def new(file: Path | None, force: bool) -> int:  # noqa: FBT001 - click hands it over by name
    """Write a scenario that runs as it stands, with every part explained."""
    from conformance.scenario.template import template

    if file is None:
        click.echo(template("my-scenario"), nl=False)
        return PASSED
    if file.exists() and not force:
        raise click.UsageError(f"{file} exists; --force replaces it")
    file.write_text(template(file.stem), encoding="utf-8")
    click.echo(f"{file}: written; run it with conformance replay {file}")
    return PASSED


@command.command("page", help="Write the library of shipped scenarios into a page, behind its mark.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--check", is_flag=True, envvar="CONFORMANCE_CHECK", help="Write nothing: 1 when the page is not current."
)
def page(file: Path, check: bool) -> int:  # noqa: FBT001 - click hands it over by name
    """Return 0 when the page is current, or was written."""
    from conformance.scenario.library import NoMark, written_into

    text = file.read_text(encoding="utf-8")
    try:
        wanted = written_into(text)
    except NoMark as error:
        raise click.UsageError(f"{file}: {error}") from None
    if not check:
        file.write_text(wanted, encoding="utf-8")
        return PASSED
    if wanted != text:
        click.echo(f"{file}: not current; write it with conformance scenario page {file}", err=True)
    return PASSED if wanted == text else NONCONFORMANT
