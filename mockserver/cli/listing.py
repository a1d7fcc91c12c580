"""``mockserver listing``: listings of a running server's world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from mockserver.cli.groups import NearestGroup
from mockserver.cli.session import on_world

if TYPE_CHECKING:
    from mockserver.cli.session import Session

_COLUMNS: Final = {
    "id": "listing",
    "listing_sku": "listing SKU",
    "master_sku": "master SKU",
    "sales_channel": "channel",
    "active": "active",
    "push_inventory": "push",
}


@click.group(cls=NearestGroup)
def listing() -> None:
    """Set and list listings; `mockserver explain` says what they show."""


@listing.command("set")
@click.argument("listing_sku", metavar="LISTING_SKU")
@click.option("--channel", "sales_channel", type=int, required=True, metavar="ID", help="The sales channel.")
@click.option("--master-sku", help="What is listed; with it a listing that does not exist is created.")
@click.option("--active/--inactive", default=None, help="Whether it is on sale.")
@click.option("--push/--no-push", "push_inventory", default=None, help="Whether its figure is told.")
@on_world
def set_listing(session: Session, **fields: object) -> None:
    """Change a listing, or create it."""
    if all(fields[name] is None for name in ("master_sku", "active", "push_inventory")):
        raise click.UsageError("nothing to set: give --master-sku, --active, --inactive, --push or --no-push")
    session.run("listing.set", **fields)


@listing.command("list")
@click.option("--channel", "sales_channel", type=int, metavar="ID", help="Only this sales channel.")
@click.option("--master-sku", help="Only this product.")
@on_world
def list_listings(session: Session, sales_channel: int | None, master_sku: str | None) -> None:
    """List listings."""
    rows = [
        each
        for each in session.world.document()["order_manager"]["listings"]
        if sales_channel in (None, each["sales_channel"]) and master_sku in (None, each["master_sku"])
    ]
    session.output.rows(rows, _COLUMNS, nothing="no listing fits")
