"""``mockserver sell``: a shopper buys on the marketplace of a running server's world."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mockserver.cli.session import on_world

if TYPE_CHECKING:
    from mockserver.cli.session import Session


@click.command()
@click.option("--variant", type=int, required=True, metavar="ID", help="What is bought.")
@click.option("--seller", type=int, required=True, metavar="ID", help="Whose it is.")
@click.option("--quantity", type=int, required=True, metavar="UNITS", help="How many.")
@click.option("--number", "order_number", metavar="TEXT", help="The order's number; else one is made up.")
@on_world
def sell(session: Session, **fields: object) -> None:
    """Let a shopper buy; refused when the marketplace shows less."""
    session.run("marketplace.sell", **fields)
