"""``conformance fuzz``: requests made up from the OpenAPI documents, and what must hold whatever is asked."""

from __future__ import annotations

import json
import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

import click

from conformance.cli.common import open_target
from conformance.cli.options import AS_JSON, option
from conformance.cli.verdicts import document, print_run

if TYPE_CHECKING:
    from conformance.fuzz.run import Options

APIS: Final = ("order-manager", "marketplacer")


@click.command(
    "fuzz", help="Send requests made up from the OpenAPI documents; operations and own checks by id, or all."
)
@option("--target", "where", required=True, metavar="URL|MODULE:APP", help="The server, or a WSGI application.")
@option("--control-token", metavar="TOKEN", help="Opens a control API that asks; better in the environment.")
@option("--api", type=click.Choice([*APIS, "all"]), default="all", show_default=True, help="Which API.")
@option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same requests up.")
@option("--examples", type=click.IntRange(2, 10_000), default=30, show_default=True, help="Requests an operation.")
@option("--seconds", type=click.FloatRange(1, 86_400), default=50, show_default=True, help="The time there is.")
@AS_JSON
@click.argument("names", nargs=-1, metavar="[ID]...")
def command(names: tuple[str, ...], where: str, control_token: str | None, **given: Any) -> int:
    """Return the exit code of the run."""
    from conformance.fuzz.run import run_fuzz

    options = _options(names, given)
    with open_target(where, control_token) as target:
        run = run_fuzz(target, options, _progress)
        if given["as_json"]:
            click.echo(json.dumps(document("fuzz", target.name, run), ensure_ascii=False, indent=2))
        else:
            print_run("fuzz", target.name, run)
    return run.exit_code


def _options(names: tuple[str, ...], given: dict[str, Any]) -> Options:
    """
    Return what to fuzz.

    Raises:
        click.UsageError: for an id that names nothing in the chosen API; it offers the nearest.
    """
    from conformance.fuzz.run import Options, known_ids

    apis = APIS if given["api"] == "all" else (given["api"],)
    known = known_ids(apis)
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise click.UsageError(f"nothing is called {name!r}" + (f"; nearest: {near[0]!r}" if near else ""))
    return Options(apis, names, given["seed"], given["examples"], given["seconds"])


def _progress(what: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{what}", nl=False, err=True)
