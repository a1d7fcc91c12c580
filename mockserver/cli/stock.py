"""``mockserver stock``: what lies on the shelves of a running server's world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from mockserver.cli.groups import NearestGroup
from mockserver.cli.session import on_world

if TYPE_CHECKING:
    from mockserver.cli.client import Json
    from mockserver.cli.session import Session

_COLUMNS: Final = {
    "master_sku": "master SKU",
    "warehouse": "warehouse",
    "location": "location",
    "on_hand": "on hand",
    "locked": "locked",
    "allocated": "allocated",
    "minimum": "min.",
    "state": "state",
}
_warehouse = click.option("--warehouse", type=int, required=True, metavar="ID", help="The warehouse.")
_location = click.option("--location", help="The location in it; may be left out where the product has only one there.")


@click.group(cls=NearestGroup)
def stock() -> None:
    """Set, receive and list stock."""


@stock.command("set")
@click.argument("master_sku", metavar="MASTER_SKU")
@_warehouse
@_location
@click.option("--on-hand", type=int, metavar="UNITS", help="Units on the shelf.")
@click.option("--locked", type=int, metavar="UNITS", help="Units of them that may not be touched.")
@click.option("--minimum", type=int, metavar="UNITS", help="The minimum level.")
@click.option("--active/--inactive", default=None, help="Whether the location is in use.")
@click.option("--pickable/--not-pickable", default=None, help="Whether it can be picked from.")
@on_world
def set_row(session: Session, **fields: object) -> None:
    """Set what is given of one stock row; an unknown location makes a new row."""
    if all(fields[name] is None for name in ("on_hand", "locked", "minimum", "active", "pickable")):
        raise click.UsageError("nothing to set: give at least one of --on-hand, --locked, --minimum, …")
    session.run("stock.set", **fields)


@stock.command()
@click.argument("master_sku", metavar="MASTER_SKU")
@_warehouse
@_location
@click.option("--units", type=int, required=True, help="How many units arrive.")
@on_world
def receive(session: Session, **fields: object) -> None:
    """Put units on a shelf."""
    session.run("stock.receive", **fields)


@stock.command("list")
@click.argument("master_sku", metavar="[MASTER_SKU]", required=False)
@click.option("--warehouse", type=int, metavar="ID", help="Only this warehouse.")
@on_world
def list_rows(session: Session, master_sku: str | None, warehouse: int | None) -> None:
    """List stock rows."""
    rows = [
        row
        for row in session.world.document()["order_manager"]["stock"]
        if master_sku in (None, row["master_sku"]) and warehouse in (None, row["warehouse"])
    ]
    session.output.show(rows, lambda: _table(rows))


def _table(rows: list[Json]) -> Any:
    from mockserver.cli.tables import plain, table_of

    return table_of(map(_row, rows), _COLUMNS) if rows else plain("no stock row fits")


def _row(row: Json) -> Json:
    oddities = [text for field, text in (("active", "inactive"), ("pickable", "not pickable")) if not row[field]]
    return {**row, "state": ", ".join(oddities)}
