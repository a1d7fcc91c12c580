"""The command that edits an order: what it carries, and which warehouse it may draw from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core import orders
from mockserver.core.errors import Refused
from mockserver.core.order_commands import mark_changed, move_units, order_of, source_of, take_units_on_hold
from mockserver.core.order_details import merged_details

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.core.account import Account
    from mockserver.core.model import Order, Warehouse


def order_update(world: Account, command: Mapping[str, Any]) -> object:
    """
    Edit an order: details that are given replace, null takes away; a fulfillment source binds it to that warehouse.

    A finished order can still be annotated. Binding to another warehouse gives the held units back; then the order
    takes what that warehouse has, as every order does.
    """
    order = order_of(world, command)
    details = merged_details(order.details, command)
    if "fulfillment_source" in command:
        _bind(world, order, source_of(world, command))
    order.details = details
    mark_changed(world, order)
    return {"order_id": order.seq}


def _bind(world: Account, order: Order, source: Warehouse | None) -> None:
    if source is order.source:
        return
    if order.is_finished:
        message = f"the order is {order.status}, nothing of it can be routed"
        raise Refused("finished_order", message, field="fulfillment_source", value=source.id if source else None)
    for draw in order.draws:
        move_units(world, draw.groups, orders.give_back)
    order.draws.clear()
    order.source = source
    take_units_on_hold(world, order)
