"""``conformance requirements``: every behaviour with its grade, its source, and what checks it."""

from __future__ import annotations

import csv
import io
import json
import sys
from typing import TYPE_CHECKING, Final

import click

from conformance import catalogue
from conformance.cli.options import option
from conformance.verdict import HARNESS_FAILED, PASSED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.catalogue import Covered

COLUMNS: Final = ("id", "grade", "coverage", "checks", "statement", "source")


@click.command("requirements", help="List every behaviour: grade, source, what checks it, or why nothing does.")
@option(
    "--format",
    "form",
    type=click.Choice(["table", "markdown", "json", "csv"]),
    default="table",
    show_default=True,
    help="How to print it.",
)
def command(form: str) -> int:
    """Return 0, or 4 when a behaviour has neither a check nor a reason: then the suite is not whole."""
    from conformance.checks import load_checks

    covered = catalogue.covered(load_checks())
    click.echo(FORMS[form](covered), nl=False)
    forgotten = [each.requirement.id for each in covered if each.coverage == "forgotten"]
    if forgotten:
        click.echo(f"no check and no reason: {', '.join(forgotten)}", err=True)
    return HARNESS_FAILED if forgotten else PASSED


def _cells(covered: Covered) -> tuple[str, ...]:
    row = covered.requirement
    tested = covered.untested_because or covered.coverage
    return row.id, row.grade, tested, str(len(covered.checks)), row.statement, row.source


def as_table(rows: Sequence[Covered]) -> str:
    """Return a table for a terminal."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*COLUMNS, show_lines=False)
    for row in rows:
        table.add_row(*_cells(row))
    out = io.StringIO()
    Console(file=out, width=None if sys.stdout.isatty() else 160, no_color=True).print(table)
    return out.getvalue()


def as_markdown(rows: Sequence[Covered]) -> str:
    """Return the page docs/requirements.md."""
    checked = sum(row.coverage == "checked" for row in rows)
    untested = sum(row.coverage == "untested" for row in rows)
    lines = [
        "# What is checked",
        "",
        "Made by `conformance requirements --format markdown`.",
        f"Of {len(rows)} behaviours {checked} are checked and {untested} are not, for the reason given.",
        "Grades: D documented, E fixed by a worked example, C seen in a real client, I inferred, G our guess.",
        "",
        "| id | grade | checks | statement | source |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        id_, grade, tested, count, statement, source = (cell.replace("|", "\\|") for cell in _cells(row))
        lines.append(f"| {id_} | {grade} | {count if row.checks else f'none: {tested}'} | {statement} | {source} |")
    return "\n".join(lines) + "\n"


def as_json(rows: Sequence[Covered]) -> str:
    """Return a JSON array, the ids of the checks included."""
    return json.dumps([_document(row) for row in rows], ensure_ascii=False, indent=2) + "\n"


def _document(row: Covered) -> dict[str, object]:
    return {
        "id": row.requirement.id,
        "grade": row.requirement.grade,
        "statement": row.requirement.statement,
        "source": row.requirement.source,
        "readings": list(row.requirement.readings),
        "coverage": row.coverage,
        "checks": list(row.checks),
        "untested_because": row.untested_because,
    }


def as_csv(rows: Sequence[Covered]) -> str:
    """Return comma-separated values with a heading."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_cells(row) for row in rows)
    return out.getvalue()


FORMS: Final[Mapping[str, Callable[[Sequence[Covered]], str]]] = {
    "table": as_table,
    "markdown": as_markdown,
    "json": as_json,
    "csv": as_csv,
}
