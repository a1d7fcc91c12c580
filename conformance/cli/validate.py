"""``conformance validate``: judge recorded traffic, without a server."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any, Final

import click

from conformance.cli.options import AS_JSON, FILE, option
from conformance.cli.verdicts import document, print_run

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.verdict import Status

WORDS: Final[dict[Status, str]] = {
    "failed": "violated",
    "passed": "consistent",
    "not-run": "undecided",
    "errored": "errored",
}


@click.command(
    "validate",
    help="Judge recorded traffic: HAR, request journal or raw run file. 0 consistent, 1 violated, 3 undecided.",
)
@option("--format", "kind", type=click.Choice(["auto", "har", "journal", "run"]), default="auto", show_default=True)
@option("--api-url", "only", multiple=True, metavar="URL", help="Only requests to this address; may be repeated.")
@option("--seller", type=click.IntRange(1), metavar="ID", help="The integration's own seller.")
@AS_JSON
@click.argument("file", type=FILE)
def command(file: Path, kind: str, only: tuple[str, ...], seller: int | None, **given: Any) -> int:
    """Return the exit code of the judgement."""
    from conformance.offline.judge import judge
    from conformance.offline.recording import FORMATS, BadRecording, read_recording

    wanted = next((each for each in FORMATS if each == kind), None)
    try:
        recordings = read_recording(file, wanted, only)
    except BadRecording as problem:
        raise click.UsageError(str(problem)) from problem
    run = judge(recordings, _again(file, kind, only, seller), seller)
    if given["as_json"]:
        told = document("validate", str(file), run)
        for verdict in told["verdicts"]:
            verdict["outcome"] = WORDS[verdict["status"]]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print_run("validate", str(file), run, WORDS)
    return run.exit_code


def _again(file: Path, kind: str, only: tuple[str, ...], seller: int | None) -> str:
    words = ["conformance", "validate", str(file)]
    words += [] if kind == "auto" else ["--format", kind]
    for each in only:
        words += ["--api-url", each]
    return shlex.join(words if seller is None else [*words, "--seller", str(seller)])
