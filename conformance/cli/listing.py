"""``conformance list``: the checks, or those that are named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from conformance.cli.options import AS_JSON, EXCLUDE, LEVEL, NAMES
from conformance.runner import UnknownName, selected
from conformance.verdict import INCONCLUSIVE

if TYPE_CHECKING:
    from conformance.check import Check


@click.command("list", help="List the checks, or those that the names select.")
@LEVEL
@EXCLUDE
@AS_JSON
@NAMES
def command(names: tuple[str, ...], level: str, exclude: tuple[str, ...], as_json: bool) -> int:  # noqa: FBT001 - click hands it over by name
    """Return 0, or 3 when nothing is left of the selection."""
    from conformance.checks import load_checks

    try:
        chosen = selected(load_checks(), names=names, exclude=exclude, documented_only=level == "documented")
    except UnknownName as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        click.echo(json.dumps([_row(check) for check in chosen], ensure_ascii=False, indent=2))
    else:
        for check in chosen:
            click.echo(f"{check.id}\t{check.grade}\t{' '.join(check.requirements)}\t{check.title}")
    return 0 if chosen else INCONCLUSIVE


def _row(check: Check) -> dict[str, object]:
    return {
        "id": check.id,
        "kind": check.kind,
        "title": check.title,
        "requirements": list(check.requirements),
        "grade": check.grade,
        "source": check.source,
        "readings": dict(check.readings),
    }
