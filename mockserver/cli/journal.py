"""``mockserver journal``: the commands that a running server's world has carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from mockserver.cli.session import on_world
from mockserver.cli.tables import plain, print_json, table_of

if TYPE_CHECKING:
    from mockserver.cli.client import Json
    from mockserver.cli.session import Session

_COLUMNS: Final = {"position": "#", "at": "at", "type": "command", "fields": "with"}


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["journal", "scenario"]),
    default="journal",
    show_default=True,
    help="The commands as they are, or a scenario file that repeats them.",
)
@on_world
def journal(session: Session, form: str) -> None:
    """Show the commands so far, or save the session as a scenario."""
    answer = session.world.get("/journal", format=form)
    if form == "scenario":
        print_json(answer)
    else:
        session.output.show(answer, lambda: _table(answer["entries"]))


def _table(entries: list[Json]) -> Any:
    return table_of(map(_row, entries), _COLUMNS) if entries else plain("no commands yet")


def _row(entry: Json) -> Json:
    fields = {name: value for name, value in entry["command"].items() if name != "type"}
    return {**entry, "type": entry["command"]["type"], "fields": fields}
