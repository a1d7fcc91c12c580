"""How the commands for people print: tables on a terminal, JSON in a pipe."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from mockserver.cli.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rich.console import JustifyMethod, RenderableType
    from rich.table import Table
    from rich.text import Text

# An instant is the longest thing that must not be broken.
_LONGEST_UNFOLDED: Final = 24


class Output:
    """Prints results on stdout: JSON when it is asked for or nobody is looking, else something to read."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json or not on_terminal()

    def show(self, document: object, to_read: Callable[[], RenderableType]) -> None:
        """Print a document; ``to_read`` makes what a person sees of it."""
        if self._as_json:
            print_json(document)
        else:
            _print(to_read())

    def for_programs(self, document: object) -> None:
        """Print a document as JSON where programs read, nothing on a terminal."""
        if self._as_json:
            print_json(document)

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
    """Return a table of the named fields; numbers stand to the right, only long texts are folded, nothing is cut."""
    listed = list(rows)
    table = empty_table()
    for field, heading in columns.items():
        justify: JustifyMethod = "right" if _is_numeric(listed, field) else "left"
        table.add_column(heading, justify=justify, overflow="fold", min_width=_least(listed, field, heading))
    for row in listed:
        table.add_row(*(plain(cell(row.get(field))) for field in columns))
    return table


def empty_table(*, heading: bool = True) -> Table:
    """Return a table without columns, in the form that all commands print."""
    from rich import box
    from rich.table import Table

    return Table(
        box=box.SIMPLE_HEAD if heading else None,
        show_header=heading,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
    )


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
        return " ".join(f"{name}={_inner(each)}" for name, each in value.items())
    return str(value)


def _inner(value: object) -> str:
    """Return a value inside another one: what has parts of its own is held together."""
    if isinstance(value, dict):
        return f"{{{cell(value)}}}"
    return f"[{', '.join(_inner(each) for each in value)}]" if isinstance(value, (list, tuple)) else cell(value)


def _is_numeric(rows: Iterable[Mapping[str, Any]], field: str) -> bool:
    values = [row[field] for row in rows if row.get(field) is not None]
    return bool(values) and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def _least(rows: Iterable[Mapping[str, Any]], field: str, heading: str) -> int:
    """Return the characters that a field needs at least, so that no word of it is broken unless it is very long."""
    words = [word for row in rows for word in cell(row.get(field)).split()] + heading.split()
    return max((len(word) for word in words if len(word) <= _LONGEST_UNFOLDED), default=1)


def _print(made: RenderableType) -> None:
    from rich.console import Console

    from mockserver.settings import wants_colour

    Console(file=sys.stdout, no_color=not wants_colour(), highlight=False).print(made, crop=False)
