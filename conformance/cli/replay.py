"""``conformance replay``: run scenario files and judge them by what they expect."""

from __future__ import annotations

import json
from pathlib import Path

import click

from conformance.scenario.loading import load
from conformance.scenario.problems import BadScenario
from conformance.scenario.result import replay
from conformance.scenario.targets import BadTarget, opener
from conformance.verdict import NONCONFORMANT, PASSED, USAGE, Inconclusive, UnexpectedAnswer


@click.command("replay", help="Replay scenarios: 0 when everything is as they expect, 1 otherwise.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--json", "as_json", is_flag=True, envvar="CONFORMANCE_JSON", help="Print one JSON document.")
@click.option(
    "--html", type=click.Path(path_type=Path), envvar="CONFORMANCE_HTML", help="Write a page with the curves."
)
@click.option(
    "--run-file", type=click.Path(path_type=Path), envvar="CONFORMANCE_RUN_FILE", help="Write log and numbers."
)
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
def command(
    files: tuple[Path, ...],
    as_json: bool,  # noqa: FBT001 - click hands it over by name
    html: Path | None,
    run_file: Path | None,
    target: str,
    control_token: str | None,
) -> int:
    """Return 0 when every expectation of every row holds, 1 otherwise, 2 for a file that cannot be run."""
    try:
        scenarios = [load(path) for path in files]
        with opener(target, control_token) as open_world:
            replays = [replay(scenario, open_world) for scenario in scenarios]
    except BadScenario as error:
        click.echo(str(error), err=True)
        return USAGE
    except BadTarget as error:
        raise click.UsageError(str(error)) from None
    except UnexpectedAnswer as error:
        raise Inconclusive(f"the target answers otherwise than a world does: {error.difference}") from None
    if html is not None:
        from conformance.scenario.report.page import page

        html.write_text(page(replays), encoding="utf-8")
    if run_file is not None:
        from conformance.scenario.report.run_file import write_run_file

        write_run_file(run_file, replays)
    if as_json:
        documents = [each.as_json() for each in replays]
        click.echo(json.dumps(documents[0] if len(documents) == 1 else documents, ensure_ascii=False, indent=2))
    else:
        from conformance.scenario.report.terminal import show

        show(replays)
    return PASSED if all(each.passed for each in replays) else NONCONFORMANT
