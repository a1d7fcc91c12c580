"""``conformance replay``: run scenario files and judge them by what they expect."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli.options import OUTPUT
from conformance.scenario.loading import load
from conformance.scenario.problems import BadScenario
from conformance.scenario.result import replay
from conformance.scenario.targets import BadTarget, opener
from conformance.verdict import NONCONFORMANT, PASSED, USAGE, Inconclusive, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.scenario.model import Scenario
    from conformance.scenario.result import Replay


@click.command("replay", help="Replay scenarios: 0 when everything is as they expect, 1 otherwise.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--json", "as_json", is_flag=True, envvar="CONFORMANCE_JSON", help="Print one JSON document.")
@click.option("--html", type=OUTPUT, envvar="CONFORMANCE_HTML", help="Write a page with the curves.")
@click.option("--run-file", type=OUTPUT, envvar="CONFORMANCE_RUN_FILE", help="Write log and numbers.")
@click.option(
    "--target",
    default="sim",
    show_default=True,
    envvar="CONFORMANCE_TARGET",
    metavar="sim|URL",
    help="Where the world is: in this process, or on a server with the control API.",
)
@click.option(
    "--control-token",
    envvar="CONFORMANCE_CONTROL_TOKEN",
    metavar="TOKEN",
    help="Opens the control API of a server that asks for one; better given in the environment.",
)
@click.option(
    "--command",
    "program",
    metavar="COMMAND",
    envvar="CONFORMANCE_COMMAND",
    help="A real integration as the connector, run at every poll; its requests are let through one at a time.",
)
@click.option(
    "--env",
    "wishes",
    multiple=True,
    metavar="NAME=…",
    envvar="CONFORMANCE_ENV",
    help="Rename or add a variable of the integration's environment, as in certify.",
)
def command(
    files: tuple[Path, ...],
    as_json: bool,  # noqa: FBT001 - click hands it over by name
    html: Path | None,
    run_file: Path | None,
    target: str,
    control_token: str | None,
    program: str | None,
    wishes: tuple[str, ...],
) -> int:
    """Return 0 when every expectation of every row holds, 1 otherwise, 2 for a file that cannot be run."""
    try:
        scenarios = [load(path) for path in files]
        with ExitStack() as stack:
            replays = _replays(scenarios, stack, target, control_token, program, wishes)
    except BadScenario as error:
        click.echo(str(error), err=True)
        return USAGE
    except BadTarget as error:
        raise click.UsageError(str(error)) from None
    except UnexpectedAnswer as error:
        raise Inconclusive(f"the target answers otherwise than a world does: {error.difference}") from None
    _write(replays, html, run_file)
    _print(replays, as_json=as_json)
    return PASSED if all(each.passed for each in replays) else NONCONFORMANT


def _write(replays: Sequence[Replay], html: Path | None, run_file: Path | None) -> None:
    """Write the page and the run file that were asked for."""
    try:
        if html is not None:
            from conformance.scenario.report.page import page

            html.write_text(page(replays), encoding="utf-8")
        if run_file is not None:
            from conformance.scenario.report.run_file import write_run_file

            write_run_file(run_file, replays)
    except OSError as error:
        raise click.UsageError(f"{error.filename}: {error.strerror}") from None


def _print(replays: Sequence[Replay], *, as_json: bool) -> None:
    """Print one JSON document, an array for several files, or tables for people."""
    if as_json:
        documents = [each.as_json() for each in replays]
        click.echo(json.dumps(documents[0] if len(documents) == 1 else documents, ensure_ascii=False, indent=2))
        return
    from conformance.scenario.report.terminal import show

    show(replays)


def _replays(
    scenarios: Sequence[Scenario],
    stack: ExitStack,
    target: str,
    control_token: str | None,
    program: str | None,
    wishes: Sequence[str],
) -> list[Replay]:
    """Return the scenarios replayed, with the simulated connector or with a real integration."""
    if program is None:
        open_world = stack.enter_context(opener(target, control_token))
        return [replay(scenario, open_world) for scenario in scenarios]
    from conformance.certify.process import CannotStart, command_of
    from conformance.certify.variables import BadVariable, parsed
    from conformance.gated.connector import run_commanded
    from conformance.gated.gate import Command
    from conformance.server import started

    try:
        command = Command(tuple(command_of(program)), tuple(parsed(each) for each in wishes))
        where = stack.enter_context(started()) if target == "sim" else target
        open_world = stack.enter_context(opener(where, control_token))
        gated = [
            replay(each, open_world, lambda plan, world: run_commanded(plan, world, command)) for each in scenarios
        ]
        return [replace(each, tier="D1") for each in gated]
    except (CannotStart, BadVariable) as error:
        raise click.UsageError(str(error)) from None
