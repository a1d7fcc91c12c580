"""What the subcommands share: the target, the choice of ids, and printing a run."""

from __future__ import annotations

import json
import shlex
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from conformance.target import BadTarget, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from conformance.verdict import Run, Status, Verdict

Item = TypeVar("Item")
Command = TypeVar("Command", bound="Callable[..., Any]")

COLOURS: Final[dict[Status, str]] = {"passed": "green", "failed": "red", "errored": "magenta"}


def options(command: Command) -> Command:
    """Add the options that every judging subcommand has; each has a twin in the environment."""
    for option in (
        click.option("--json", "as_json", is_flag=True, envvar="CONFORMANCE_JSON", help="Print one JSON document."),
        click.option("--only", multiple=True, metavar="ID", envvar="CONFORMANCE_ONLY", help="Judge by these only."),
        click.option(
            "--target",
            "where",
            required=True,
            envvar="CONFORMANCE_TARGET",
            metavar="URL|MODULE:APP",
            help="The server: its address, or a WSGI application (or its maker) to call in this process.",
        ),
        click.option(
            "--control-token",
            envvar="CONFORMANCE_CONTROL_TOKEN",
            metavar="TOKEN",
            help="Opens the control API of a server that asks for one; better given in the environment.",
        ),
    ):
        command = option(command)
    return command


def open_target(where: str, control_token: str | None) -> Target:
    """
    Return the target.

    Raises:
        click.UsageError: when the text names none.
    """
    try:
        return Target.open(where, control_token=control_token)
    except BadTarget as error:
        raise click.UsageError(str(error)) from error


def chosen(items: Sequence[Item], only: Iterable[str], ids: Callable[[Item], Sequence[str]]) -> list[Item]:
    """
    Return the items that one of the wanted ids names, all when none is wanted.

    Raises:
        click.UsageError: for an id that names nothing; it offers the nearest.
    """
    wanted = list(only)
    known = [name for item in items for name in ids(item)]
    for name in wanted:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise click.UsageError(f"nothing is called {name!r}" + (f"; nearest: {near[0]!r}" if near else ""))
    return [item for item in items if not wanted or set(ids(item)) & set(wanted)]


def report(command: str, target: Target, run: Run, *, as_json: bool) -> int:
    """Print a run and return its exit code."""
    if as_json:
        click.echo(json.dumps(_document(command, target, run), ensure_ascii=False, indent=2))
        return run.exit_code
    for verdict in run.verdicts:
        if verdict.status != "passed":
            _print_verdict(command, target, verdict)
    counts = ", ".join(f"{len(run.of(status))} {status}" for status in COLOURS if status == "passed" or run.of(status))
    click.echo(f"{command} against {target.name}: {len(run.verdicts)} judged, {counts}")
    if run.exit_code and not run.of("failed") and not run.of("errored"):
        click.echo(f"inconclusive: {run.inconclusive_because or 'nothing ran'}", err=True)
    elif run.inconclusive_because is not None:
        click.echo(f"not judged further: {run.inconclusive_because}", err=True)
    return run.exit_code


def _print_verdict(command: str, target: Target, verdict: Verdict) -> None:
    click.echo(click.style(verdict.status.upper(), fg=COLOURS[verdict.status], bold=True) + f" {verdict.id}")
    click.echo(f"  {verdict.title}")
    click.echo(f"  source: {verdict.source} (grade {verdict.grade})")
    if verdict.why:
        click.echo(f"  why: {verdict.why}")
    for difference in verdict.differences:
        click.echo(f"  {difference}")
    if verdict.harness_error is not None:
        click.echo(f"  the harness failed: {verdict.harness_error}")
    click.echo(f"  again: {_again(command, target, verdict)}")


def _again(command: str, target: Target, verdict: Verdict) -> str:
    return shlex.join(["conformance", command, "--target", target.name, "--only", verdict.id])


def _document(command: str, target: Target, run: Run) -> dict[str, Any]:
    return {
        "command": command,
        "target": target.name,
        "exit_code": run.exit_code,
        "inconclusive_because": run.inconclusive_because or (None if run.verdicts else "nothing ran"),
        "counts": {status: len(run.of(status)) for status in COLOURS},
        "verdicts": [{**verdict.as_json(), "again": _again(command, target, verdict)} for verdict in run.verdicts],
    }
