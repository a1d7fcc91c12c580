"""``mockserver behaviours``: look up what the mock does, with which evidence, and what can be switched."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.table import Table

    from mockserver.behaviours import Behaviour, Reading

_PIPE_WIDTH = 160


@click.group()
def behaviours() -> None:
    """List and show behaviours (rules with their evidence) and readings (open questions that can be switched)."""


@behaviours.command("list")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "markdown", "json"]),
    help="How to write it: a table on a terminal, JSON in a pipe.",
)
@click.option("--grade", type=click.Choice(["D", "E", "C", "I", "G"]), help="Only this weight of evidence.")
@click.option("--kind", type=click.Choice(["behaviour", "reading"]), help="Only one of the two.")
def list_entries(form: str | None, grade: str | None, kind: str | None) -> None:
    """List the registry."""
    entries = _chosen(grade, kind)
    form = form or _form_for_stdout()
    if form == "json":
        _print_json(entries)
    elif form == "markdown":
        _print_page(entries)
    else:
        _print_table(_list_table(entries))


@behaviours.command("show")
@click.argument("wanted", metavar="ID")
def show(wanted: str) -> None:
    """Show one behaviour or reading."""
    from mockserver.behaviours import UnknownId, find

    try:
        entry = find(wanted)
    except UnknownId as error:
        hint = "" if error.nearest is None else f"; did you mean {error.nearest!r}?"
        raise click.UsageError(f"there is no behaviour or reading {wanted!r}{hint}") from None
    if _form_for_stdout() == "json":
        _print_json(entry)
    else:
        _print_table(_show_table(entry))


def _form_for_stdout() -> str:
    return "table" if sys.stdout.isatty() else "json"


def _chosen(grade: str | None, kind: str | None) -> list[Behaviour | Reading]:
    from mockserver import behaviours as registry

    entries: list[Behaviour | Reading] = []
    if kind != "reading":
        entries += registry.behaviours().values()
    if kind != "behaviour":
        entries += registry.readings().values()
    return [entry for entry in entries if grade in (None, entry.grade)]


def _print_json(found: Behaviour | Reading | list[Behaviour | Reading]) -> None:
    import orjson

    from mockserver.behaviours import as_json

    document = [as_json(entry) for entry in found] if isinstance(found, list) else as_json(found)
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())


def _print_page(entries: list[Behaviour | Reading]) -> None:
    from mockserver.behaviours_page import page

    click.echo(page(entries), nl=False)


def _print_table(table: Table) -> None:
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH).print(table)


def _list_table(entries: list[Behaviour | Reading]) -> Table:
    from rich import box
    from rich.table import Table

    from mockserver.behaviours import Behaviour

    table = Table("id", "grade", "behaviour or question", "served or default", box=box.SIMPLE)
    for entry in entries:
        if isinstance(entry, Behaviour):
            table.add_row(entry.id, entry.grade, _plain(entry.statement), "served" if entry.served else "not yet")
        else:
            table.add_row(entry.id, entry.grade, _plain(entry.question), entry.default)
    return table


def _show_table(entry: Behaviour | Reading) -> Table:
    from rich import box
    from rich.table import Table

    from mockserver.behaviours import GRADES, Reading, as_json

    fields = as_json(entry) | {"grade": f"{entry.grade}: {GRADES[entry.grade]}"}
    if isinstance(entry, Reading):
        fields["options"] = fields.pop("meanings")
    table = Table(show_header=False, box=box.SIMPLE)
    for name, value in fields.items():
        table.add_row(name.replace("_", " "), _plain(_as_text(value)))
    return table


def _as_text(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{option}: {meaning}" for option, meaning in value.items())
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value) if not isinstance(value, bool) else "yes" if value else "no"


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
