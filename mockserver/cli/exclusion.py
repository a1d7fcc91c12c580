"""``mockserver exclusion``: warehouses that do not serve a product or a sales channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from mockserver.cli.groups import NearestGroup
from mockserver.cli.session import on_world

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.cli.client import Json
    from mockserver.cli.session import Session

_COLUMNS: Final = {"what": "for", "id": "id", "name": "name", "excluded_warehouses": "excluded warehouses"}


def _for_one(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say whose exclusions it is about."""
    product = click.option("--master-sku", help="The product …")
    channel = click.option("--channel", "sales_channel", type=int, metavar="ID", help="… or the sales channel.")
    return product(channel(function))


@click.group(cls=NearestGroup)
def exclusion() -> None:
    """Set, clear and list excluded warehouses."""


@exclusion.command("set")
@click.argument("warehouses", nargs=-1, required=True, type=int, metavar="WAREHOUSE...")
@_for_one
@on_world
def set_exclusion(session: Session, warehouses: tuple[int, ...], **whose: object) -> None:
    """Exclude these warehouses, given by id, and no others."""
    _replace(session, list(dict.fromkeys(warehouses)), **whose)


@exclusion.command()
@_for_one
@on_world
def clear(session: Session, **whose: object) -> None:
    """Exclude no warehouse any more."""
    _replace(session, [], **whose)


def _replace(session: Session, warehouses: list[int], *, master_sku: object, sales_channel: object) -> None:
    if (master_sku is None) == (sales_channel is None):
        raise click.UsageError("give either --master-sku or --channel")
    session.run("exclusion.set", warehouses=warehouses, master_sku=master_sku, sales_channel=sales_channel)


@exclusion.command("list")
@on_world
def list_exclusions(session: Session) -> None:
    """List the sales channels and products that exclude warehouses."""
    account = session.world.document()["order_manager"]
    rows = [
        *(_row("sales channel", each["id"], each) for each in account["sales_channels"]),
        *(_row("product", each["master_sku"], each) for each in account["products"]),
    ]
    session.output.rows([row for row in rows if row["excluded_warehouses"]], _COLUMNS, nothing="none excluded")


def _row(what: str, known_as: Any, each: Json) -> Json:
    return {
        "what": what,
        "id": known_as,
        "name": each.get("name"),
        "excluded_warehouses": each.get("excluded_warehouses", []),
    }
