"""How the commands for people print: tables on a terminal, JSON in a pipe."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from mockserver.cli.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

_WHOLE_NUMBERS: Final = frozenset({"right"})


class Output:
    """Prints results on stdout: JSON when it is asked for or nobody is looking, else something to read."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json or not on_terminal()

    def show(self, document: object, *to_read: Callable[[], RenderableType | Iterable[RenderableType]]) -> None:
        """Print a document; ``to_read`` makes what a person sees of it."""
        if self._as_json:
            print_json(document)
        else:
            for made in to_read:
                _print(made())

    def rows(self, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], *, nothing: str) -> None:
        """Print rows; ``columns`` are fields and their headings, ``nothing`` is said when there are no rows."""
        self.show(rows, lambda: table_of(rows, columns) if rows else plain(nothing))


def on_terminal() -> bool:
    """Whether a person looks at stdout."""
    return sys.stdout.isatty()


def print_json(document: object) -> None:
    """Print a document as JSON, in UTF-8 whatever the terminal's encoding."""
    import orjson

    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2))


def table_of(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str]) -> Table:
    """Return a table of the named fields; numbers stand to the right."""
    listed = list(rows)
    table = empty_table()
    for field, heading in columns.items():
        table.add_column(heading, justify="right" if _is_numeric(listed, field) else "left", overflow="fold")
    for row in listed:
        table.add_row(*(plain(cell(row.get(field))) for field in columns))
    return table


def empty_table(*, heading: bool = True) -> Table:
    """Return a table without columns, in the form that all commands print."""
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD if heading else None, show_header=heading, pad_edge=False)


def plain(text: str, style: str = "") -> Text:
    """Return text that is printed as it stands: nothing in it is markup, no control character gets through."""
    from rich.text import Text

    return Text(printable(text), style=style)


def cell(value: object) -> str:
    """Return a value as a person reads it."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(cell(each) for each in value)
    if isinstance(value, dict):
        return " ".join(f"{name}={cell(each)}" for name, each in value.items())
    return str(value)


def _is_numeric(rows: Iterable[Mapping[str, Any]], field: str) -> bool:
    values = [row[field] for row in rows if row.get(field) is not None]
    return bool(values) and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def _print(made: RenderableType | Iterable[RenderableType]) -> None:
    from rich.console import Console

    from mockserver.settings import wants_colour

    console = Console(file=sys.stdout, no_color=not wants_colour(), highlight=False)
    console.print(made)  # type: ignore[arg-type]
