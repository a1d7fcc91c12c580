"""The ``conformance`` command. Each subcommand lives in a module of its own and is imported when it is called."""

from __future__ import annotations

import os
import sys
import traceback
from functools import partial
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any

import click

from conformance.verdict import HARNESS_FAILED, INCONCLUSIVE, INTERRUPTED, USAGE, Inconclusive

if TYPE_CHECKING:
    from collections.abc import Callable

COMMANDS = {
    "demo": "The main job once: judge the mock, replay an oversell, leave the reports.",
    "replay": "Replay oversell scenarios and judge them by what they expect.",
    "scenario": "Check scenario files, or write a new one.",
    "run": "Judge a server by every check, or by those named.",
    "list": "List the checks.",
    "show": "Show a check, a requirement or a reading.",
    "requirements": "List every behaviour, and what checks it.",
    "probe": "Find out which readings a server follows.",
    "hunt": "Find the smallest sequence of events that oversells.",
    "readings": "Switch on every option of every reading and look whether it shows.",
    "certify": "Judge an integration by what it sends and what it leaves behind.",
    "report": "Make a report of a raw run file.",
    "advise": "Say which rule or sync interval keeps oversells below a target.",
    "fuzz": "Send requests made up from the OpenAPI documents, and check what must always hold.",
    "validate": "Judge recorded traffic: a HAR file, a request journal, a raw run file.",
    "vectors": "Compare figures and answers with the shipped vectors.",
}


# A module called list would hide the built-in of that name from this package.
MODULES = {"list": "listing"}


class _LazyGroup(click.Group):
    """Imports a subcommand's module when it is needed, and ends with the project's exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"conformance.cli.{MODULES.get(cmd_name, cmd_name)}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        run = partial(super().main, *args, **{**extra, "standalone_mode": False})
        if not standalone_mode:
            return run()
        sys.exit(_exit_code(run))


def _exit_code(run: Callable[[], object]) -> int:
    try:
        code = run()
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Inconclusive as reason:
        click.echo(f"inconclusive: {reason}", err=True)
        return INCONCLUSIVE
    except Exception:
        click.echo("the harness itself failed:\n" + traceback.format_exc(), err=True)
        return HARNESS_FAILED
    return code if isinstance(code, int) else 0


def _show_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's
    if not wanted or ctx.resilient_parsing:
        return
    try:
        click.echo(metadata.version("stockproof"))
    except metadata.PackageNotFoundError:
        click.echo("stockproof is not installed; this is a checkout")
    ctx.exit(0)


@click.group(cls=_LazyGroup)
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_show_version, help="Print it.")
@click.pass_context
def main(ctx: click.Context) -> None:
    """
    Judge a server against what the vendors document.

    Exit codes: 0 conformant, 1 non-conformance found, 2 usage, 3 inconclusive, 4 the harness failed, 130 interrupted.
    """
    if os.environ.get("NO_COLOR"):
        ctx.color = False
