"""``mockserver explain``: why a listing of a running server's world shows its number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.client import RefusedByWorld
from mockserver.cli.session import on_world

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.cli.client import Json, World
    from mockserver.cli.session import Session


@click.command()
@click.argument("listing_id", required=False, type=int, metavar="[LISTING_ID]")
@click.option("--listing-sku", help="The listing by its SKU instead.")
@click.option("--channel", "sales_channel", type=int, metavar="ID", help="On which sales channel that SKU is meant.")
@on_world
def explain(session: Session, listing_id: int | None, listing_sku: str | None, sales_channel: int | None) -> None:
    """Say step by step, from the shelves to the figure, why a listing shows its number."""
    if (listing_id is None) == (listing_sku is None):
        raise click.UsageError("give either a listing id or --listing-sku")
    if sales_channel is not None and listing_sku is None:
        raise click.UsageError("--channel goes with --listing-sku; a listing id means one channel already")
    wanted = listing_id if listing_sku is None else _id_of(session.world, listing_sku, sales_channel)
    steps = session.world.get("/explain", listing_id=wanted)
    session.output.show(steps, lambda: _account(steps))


def _account(steps: Json) -> Any:
    from mockserver.cli.explanation import account_of

    return account_of(steps)


def _id_of(world: World, listing_sku: str, sales_channel: int | None) -> int:
    listings = [
        each for each in world.document()["order_manager"]["listings"] if sales_channel in (None, each["sales_channel"])
    ]
    found = [each for each in listings if each["listing_sku"] == listing_sku]
    if not found:
        raise _unknown(listing_sku, sales_channel, [each["listing_sku"] for each in listings])
    if len(found) > 1:
        channels = ", ".join(str(each["sales_channel"]) for each in found)
        raise click.UsageError(f"listing {listing_sku!r} is on the sales channels {channels}: name one with --channel")
    return int(found[0]["id"])


def _unknown(listing_sku: str, sales_channel: int | None, known: Sequence[str]) -> RefusedByWorld:
    from mockserver.core.errors import nearest

    where = "" if sales_channel is None else f" on sales channel {sales_channel}"
    near = nearest(listing_sku, known)
    hint = f"; nearest valid: {near!r}" if near else ""
    return RefusedByWorld(f"no listing {listing_sku!r}{where}{hint}", "unknown_listing")
