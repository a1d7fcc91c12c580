"""``mockserver order``: orders of a running server's world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from mockserver.cli.groups import NearestGroup
from mockserver.cli.session import on_world
from mockserver.cli.values import order_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.cli.client import Json
    from mockserver.cli.session import Session

_COLUMNS: Final = {
    "sales_channel": "channel",
    "order_number": "order",
    "created_at": "created",
    "state": "state",
    "lines": "lines",
    "allocated": "allocated",
}


def _of_order(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name an order."""
    number = click.option("--number", "order_number", required=True, metavar="TEXT", help="The order's number.")
    return _channel(number(function))


_channel = click.option("--channel", "sales_channel", type=int, required=True, metavar="ID", help="The sales channel.")
_some_lines = click.argument("lines", nargs=-1, type=order_line, metavar="[LISTING_SKU:QUANTITY]...")


@click.group(cls=NearestGroup)
def order() -> None:
    """Create, cancel, hold, release, ship and list orders."""


@order.command()
@click.argument("lines", nargs=-1, required=True, type=order_line, metavar="LISTING_SKU:QUANTITY...")
@_of_order
@click.option("--hold", is_flag=True, help="Take it on hold.")
@click.option("--awaiting-payment", is_flag=True, help="Take it unpaid.")
@click.option("--unmapped", is_flag=True, help="Let listing SKUs through that nobody knows.")
@on_world
def create(session: Session, *, lines: tuple[Json, ...], unmapped: bool, **fields: Any) -> None:
    """Take an order on a sales channel."""
    flags = {name: True for name in ("hold", "awaiting_payment") if fields.pop(name)}
    wanted = [line | {"unmapped": True} if unmapped else line for line in lines]
    session.run("order.create", **fields, lines=wanted, **flags)


@order.command()
@_some_lines
@_of_order
@on_world
def cancel(session: Session, lines: tuple[Json, ...], **fields: object) -> None:
    """Cancel an order, or the named units of it."""
    session.run("order.cancel", **fields, lines=list(lines) or None)


@order.command()
@_some_lines
@_of_order
@on_world
def ship(session: Session, lines: tuple[Json, ...], **fields: object) -> None:
    """Ship an order, or the named units of it."""
    session.run("order.ship", **fields, lines=list(lines) or None)


@order.command()
@_of_order
@on_world
def hold(session: Session, **fields: object) -> None:
    """Put an order on hold."""
    session.run("order.hold", **fields)


@order.command()
@_of_order
@on_world
def release(session: Session, **fields: object) -> None:
    """Release an order from hold or, once paid, from awaiting payment."""
    session.run("order.release", **fields)


@order.command("list")
@click.option("--channel", "sales_channel", type=int, metavar="ID", help="Only this sales channel.")
@on_world
def list_orders(session: Session, sales_channel: int | None) -> None:
    """List orders, oldest first."""
    found = [
        each
        for each in session.world.document()["order_manager"]["orders"]
        if sales_channel in (None, each["sales_channel"])
    ]
    session.output.show(found, lambda: _table(found))


def _table(found: list[Json]) -> Any:
    from mockserver.cli.tables import plain, table_of

    return table_of(map(_row, found), _COLUMNS) if found else plain("no orders")


def _row(found: Json) -> Json:
    allocated = sum(each["units"] for each in found.get("allocations", ()))
    lines = "\n".join(_line(line) for line in found["lines"])
    return {**found, "state": _state(found), "lines": lines, "allocated": allocated}


def _line(line: Mapping[str, Any]) -> str:
    done = ", ".join(f"{line[name]} {name}" for name in ("cancelled", "shipped") if line.get(name))
    return f"{line['listing_sku']}:{line['quantity']}" + (f" ({done})" if done else "")


def _state(found: Mapping[str, Any]) -> str:
    """Return what an order is, from what the world file says about it."""
    for flag in ("cancelled", "held", "awaiting_payment"):
        if found.get(flag):
            return "on hold" if flag == "held" else flag.replace("_", " ")
    still_open = sum(line["quantity"] - line.get("cancelled", 0) - line.get("shipped", 0) for line in found["lines"])
    return "open" if still_open else "shipped"
