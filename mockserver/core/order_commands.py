"""Commands on orders and on the marketplace's sales. Each checks everything before it changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core import orders
from mockserver.core.arguments import channel_of, flag, identifier, listing_of, required, units
from mockserver.core.errors import Refused, nearest
from mockserver.core.model import Order, OrderLine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.core.account import Account, Link
    from mockserver.core.model import SalesChannel


def order_create(world: Account, command: Mapping[str, Any]) -> object:
    """Create an order; it takes its units at once if they are to be had (OM-AVAIL-06)."""
    channel = channel_of(world, command)
    number = required(command, "order_number")
    if not isinstance(number, str):
        raise Refused("bad_order_number", "order_number must be a string", field="order_number", value=number)
    if command.get("imported"):
        world.importing.discard((channel.id, number))
    _check_free(world, (channel.id, number))
    lines = _new_lines(channel, command)
    held = flag(command, "hold", present=False)
    awaiting_payment = flag(command, "awaiting_payment", present=False)
    order = Order(
        # When nothing can be refused any more: a number once given is gone.
        seq=world.next_id("order"),
        channel=channel,
        order_number=number,
        lines=lines,
        created_ms=world.now_ms,
        modified_ms=world.now_ms,
        held=held,
        awaiting_payment=awaiting_payment,
    )
    world.orders[order.key] = order
    if order.held:
        # Settling passes over what is on hold.
        orders.Allocator(world.warehouses, world.readings).begin(order)
        for draw in order.draws:
            _move(world, draw.groups, lambda _: None)
    world.touch_order(order)
    return {"order_id": order.seq}


def _new_lines(channel: SalesChannel, command: Mapping[str, Any]) -> list[OrderLine]:
    given = required(command, "lines")
    if not isinstance(given, list) or not given:
        raise Refused("bad_lines", "lines must be a list of at least one line", field="lines", value=given)
    return [_new_line(channel, line) for line in given]


def _new_line(channel: SalesChannel, line: Mapping[str, Any]) -> OrderLine:
    quantity = units(line, "quantity", least=1)
    sku = required(line, "listing_sku")
    if flag(line, "unmapped", present=False) and sku not in channel.by_sku:
        return OrderLine(sku, None, quantity)
    return OrderLine(sku, listing_of(channel, sku).product, quantity)


def _order_of(world: Account, command: Mapping[str, Any]) -> Order:
    channel = channel_of(world, command)
    number = required(command, "order_number")
    order = world.orders.get((channel.id, number)) if isinstance(number, str) else None
    if order is None:
        numbers = [key[1] for key in world.orders if key[0] == channel.id]
        message = f"sales channel {channel.id} has no order {number!r}"
        hint = nearest(number, numbers)
        raise Refused("unknown_order", message, field="order_number", value=number, nearest=hint)
    if order.is_finished:
        raise Refused("finished_order", f"the order is {order.status}", field="order_number", value=number)
    return order


def _chosen_units(order: Order, command: Mapping[str, Any]) -> dict[int, int]:
    """Return line index -> units: those that ``lines`` names, or everything that is open."""
    if command.get("lines") is None:
        return {index: line.open for index, line in enumerate(order.lines) if line.open}
    chosen: dict[int, int] = {}
    for given in command["lines"]:
        wanted = units(given, "quantity", least=1)
        for index, line in enumerate(order.lines):
            if line.listing_sku == required(given, "listing_sku"):
                count = min(wanted, line.open - chosen.get(index, 0))
                chosen[index] = chosen.get(index, 0) + count
                wanted -= count
        if wanted:
            message = f"the order has {wanted} units fewer open of {given['listing_sku']!r}"
            raise Refused("too_many_units", message, field="quantity", value=given["quantity"])
    return chosen


def order_cancel(world: Account, command: Mapping[str, Any]) -> object:
    """Cancel an order, or the named units of it; their allocation comes free at once (OM-AVAIL-08)."""
    order = _order_of(world, command)
    chosen = _chosen_units(order, command)
    for index, count in chosen.items():
        line = order.lines[index]
        # Units that the order still waits for are given up before units that it holds.
        kept = line.open - count
        for groups in orders.detach(order, index, max(0, order.held_units(index) - kept), newest_first=True):
            _move(world, groups, orders.give_back)
        line.cancelled += count
    order.cancelled = all(line.cancelled == line.quantity for line in order.lines)
    _changed(world, order)
    return None


def order_hold(world: Account, command: Mapping[str, Any]) -> object:
    """Put an order on hold; it keeps its units unless the reading ``orders.hold`` frees them."""
    order = _order_of(world, command)
    if order.held:
        raise Refused("already_held", "the order is on hold already", field="order_number", value=order.order_number)
    order.held = True
    if world.readings["orders.hold"] == "frees":
        for draw in order.draws:
            _move(world, draw.groups, orders.give_back)
        order.draws.clear()
    _changed(world, order)
    return None


def order_release(world: Account, command: Mapping[str, Any]) -> object:
    """Release an order from hold or from awaiting payment."""
    order = _order_of(world, command)
    if not (order.held or order.awaiting_payment):
        message = "the order is neither on hold nor awaiting payment"
        raise Refused("not_held", message, field="order_number", value=order.order_number)
    if order.held:
        order.held = False
    else:
        order.awaiting_payment = False
    _changed(world, order)
    return None


def order_ship(world: Account, command: Mapping[str, Any]) -> object:
    """Ship an order, or the named units of it; on hand and allocation go down together (OM-AVAIL-08)."""
    order = _order_of(world, command)
    if order.held or order.awaiting_payment:
        raise Refused("not_shippable", f"the order is {order.status}", field="order_number", value=order.order_number)
    chosen = _chosen_units(order, command)
    for index, count in chosen.items():
        if order.held_units(index) < count:
            message = f"only {order.held_units(index)} of {count} units are allocated"
            raise Refused("not_allocated", message, field="quantity", value=count)
    for index, count in chosen.items():
        for groups in orders.detach(order, index, count, newest_first=False):
            _move(world, groups, orders.send_out)
        order.lines[index].shipped += count
    _changed(world, order)
    return None


def _move(world: Account, groups: orders.Groups, move: Callable[[orders.Groups], None]) -> None:
    move(groups)
    for _, picks in groups:
        for pick in picks:
            world.touch_stock(pick.row.product)


def _changed(world: Account, order: Order) -> None:
    order.modified_ms = world.now_ms
    world.touch_order(order)


def marketplace_sell(world: Account, command: Mapping[str, Any]) -> object:
    """Let a shopper buy; through the seller's link the sale becomes an order of a sales channel."""
    marketplace = world.marketplace
    seller = identifier(command, "seller", marketplace.sellers)
    variant = marketplace.variants[identifier(command, "variant", marketplace.variants)]
    quantity = units(command, "quantity", least=1)
    link = world.links.get(seller)
    number = _sale_number(world, link, command)
    marketplace.sell(variant, seller, quantity, number, world.now_ms)
    if link is None:
        return {"order_number": number, "sales_channel": None}
    order = {
        "type": "order.create",
        "sales_channel": link.sales_channel,
        "order_number": number,
        "lines": [{"listing_sku": variant.sku, "quantity": quantity, "unmapped": True}],
    }
    if link.import_lag_ms:
        world.importing.add((link.sales_channel, number))
        world.agenda.put(world.now_ms + link.import_lag_ms, order | {"imported": True})
    else:
        order_create(world, order)
    return {"order_number": number, "sales_channel": link.sales_channel}


def _sale_number(world: Account, link: Link | None, command: Mapping[str, Any]) -> str:
    """Return the given order number, or one that the linked sales channel has not seen."""
    count = len(world.marketplace.sales) + 1
    while link is not None and _is_taken(world, (link.sales_channel, f"MP-{count}")):
        count += 1
    number = command.get("order_number", f"MP-{count}")
    if not isinstance(number, str) or not number:
        raise Refused("bad_order_number", "order_number must be a string", field="order_number", value=number)
    if link is not None:
        _check_free(world, (link.sales_channel, number))
    return number


def _is_taken(world: Account, key: tuple[int, str]) -> bool:
    return key in world.orders or key in world.importing


def _check_free(world: Account, key: tuple[int, str]) -> None:
    if _is_taken(world, key):
        message = f"sales channel {key[0]} has an order {key[1]!r} already"
        raise Refused("duplicate_order", message, field="order_number", value=key[1])
