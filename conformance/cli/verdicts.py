"""Printing verdicts that carry more than a line each: differences, traffic, the line that shows it again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.verdict import Run, Status, Verdict

COLOURS: Final[dict[Status, str]] = {"passed": "green", "failed": "red", "errored": "magenta", "not-run": "yellow"}
WORDS: Final[dict[Status, str]] = {"passed": "passed", "failed": "failed", "errored": "errored", "not-run": "not-run"}


def document(command: str, what: str, run: Run) -> dict[str, Any]:
    """Return a run as one JSON document."""
    return {
        "command": command,
        "target": what,
        "exit_code": run.exit_code,
        "inconclusive_because": run.inconclusive_because or (None if run.verdicts else "nothing ran"),
        "counts": run.counts,
        "verdicts": [verdict.as_json() for verdict in run.verdicts],
    }


def print_run(command: str, what: str, run: Run, words: Mapping[Status, str] = WORDS) -> None:
    """Print what did not pass, then one line with the counts, each status by its word."""
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)
    for verdict in run.verdicts:
        # What was not reached for one reason is not told one by one.
        if verdict.status != "passed" and not (verdict.status == "not-run" and run.inconclusive_because):
            _print(verdict, words)
    counts = ", ".join(f"{len(run.of(status))} {word}" for status, word in words.items() if run.of(status))
    click.echo(f"{command} {what}: {len(run.verdicts)} judged, {counts or 'none'}")
    if run.inconclusive_because is not None:
        click.echo(f"inconclusive: {run.inconclusive_because}", err=True)


def _print(verdict: Verdict, words: Mapping[Status, str]) -> None:
    word = words.get(verdict.status, verdict.status)
    click.echo(click.style(word.upper(), fg=COLOURS.get(verdict.status), bold=True) + f" {verdict.id}")
    click.echo(f"  {verdict.title}")
    click.echo(f"  requirements: {', '.join(verdict.requirements) or 'none'}")
    click.echo(f"  source: {verdict.source} (grade {verdict.grade})")
    if verdict.reason is not None:
        click.echo(f"  because: {verdict.reason}")
    elif verdict.why:
        click.echo(f"  why: {verdict.why}")
    for difference in verdict.differences:
        click.echo(f"  {difference}")
    for exchange in verdict.exchanges:
        _print_exchange(exchange)
    if verdict.again:
        click.echo(f"  again: {verdict.again}")


def _print_exchange(exchange: Mapping[str, Any]) -> None:
    response = exchange["response"]
    asked = exchange["note"] or f"{exchange['request']['method']} {exchange['request']['url']}"
    click.echo(f"  > {asked}")
    click.echo(f"  < {response['status']} {(response['body'] or '')[:300]}")
