"""Commands on orders and on the marketplace's sales. Each checks everything before it changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core import instants, orders
from mockserver.core.arguments import channel_of, flag, identifier, listing_of, required, units
from mockserver.core.errors import Refused, nearest
from mockserver.core.invoices import BUY_ONLINE, DELIVERY_TYPES, record_invoice
from mockserver.core.model import Order, OrderLine
from mockserver.core.order_details import LINE_KEYS, given_details
from mockserver.core.shipments import first_warehouse, record_shipment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.core.account import Account, Link
    from mockserver.core.model import SalesChannel, Warehouse


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
    hold_until_ms = _hold_until(world, command)
    held = flag(command, "hold", present=hold_until_ms is not None)
    awaiting_payment = flag(command, "awaiting_payment", present=False)
    source = source_of(world, command)
    details = given_details(command)
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
        hold_until_ms=hold_until_ms,
        source=source,
        details=details,
    )
    world.add_order(order)
    take_units_on_hold(world, order)
    release_when_due(world, order)
    world.touch_order(order)
    return {"order_id": order.seq}


def _hold_until(world: Account, command: Mapping[str, Any]) -> int | None:
    text = command.get("hold_until")
    if text is None:
        return None
    try:
        until_ms = instants.parse_instant(text)
    except (TypeError, ValueError):
        message = "hold_until must be an ISO 8601 instant"
        raise Refused("bad_instant", message, field="hold_until", value=text) from None
    return until_ms if until_ms > world.now_ms else None


def source_of(world: Account, command: Mapping[str, Any]) -> Warehouse | None:
    """
    Return the one warehouse that the order may draw from, None for every one.

    Raises:
        Refused: ``unknown_fulfillment_source``.
    """
    if command.get("fulfillment_source") is None:
        return None
    return world.warehouses[identifier(command, "fulfillment_source", world.warehouses)]


def take_units_on_hold(world: Account, order: Order) -> None:
    """Let an order that is on hold take its units where hold keeps them; settling passes over what is on hold."""
    if order.held:
        orders.Allocator(world.warehouses, world.readings).begin(order)
        for draw in order.draws:
            move_units(world, draw.groups, lambda _: None)


def release_when_due(world: Account, order: Order) -> None:
    """Have an order released at the instant until which it is held, unless somebody releases it before."""
    if order.held and order.hold_until_ms is not None:
        release = {"type": "order.release", "sales_channel": order.channel.id, "order_number": order.order_number}
        world.agenda.put(order.hold_until_ms, release | {"until_ms": order.hold_until_ms})


def _new_lines(channel: SalesChannel, command: Mapping[str, Any]) -> list[OrderLine]:
    given = required(command, "lines")
    if not isinstance(given, list) or not given:
        raise Refused("bad_lines", "lines must be a list of at least one line", field="lines", value=given)
    return [_new_line(channel, line) for line in given]


def _new_line(channel: SalesChannel, line: Mapping[str, Any]) -> OrderLine:
    quantity = units(line, "quantity", least=1)
    sku = required(line, "listing_sku")
    details = given_details(line, LINE_KEYS)
    if flag(line, "unmapped", present=False) and sku not in channel.by_sku:
        return OrderLine(sku, None, quantity, details=details)
    return OrderLine(sku, listing_of(channel, sku).product, quantity, details=details)


def order_of(world: Account, command: Mapping[str, Any]) -> Order:
    """
    Return the order that the command names.

    Raises:
        Refused: ``unknown_order`` with the nearest number on that sales channel.
    """
    channel = channel_of(world, command)
    number = required(command, "order_number")
    order = world.orders.get((channel.id, number)) if isinstance(number, str) else None
    if order is None:
        numbers = [key[1] for key in world.orders if key[0] == channel.id]
        message = f"sales channel {channel.id} has no order {number!r}"
        hint = nearest(number, numbers)
        raise Refused("unknown_order", message, field="order_number", value=number, nearest=hint)
    return order


def open_order_of(world: Account, command: Mapping[str, Any]) -> Order:
    """
    Return the order that the command names, of which something is still open.

    Raises:
        Refused: ``unknown_order`` or ``finished_order``.
    """
    order = order_of(world, command)
    if order.is_finished:
        raise Refused("finished_order", f"the order is {order.status}", field="order_number", value=order.order_number)
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
                if count:
                    chosen[index] = chosen.get(index, 0) + count
                    wanted -= count
        if wanted:
            message = f"the order has {wanted} units fewer open of {given['listing_sku']!r}"
            raise Refused("too_many_units", message, field="quantity", value=given["quantity"])
    return chosen


def order_cancel(world: Account, command: Mapping[str, Any]) -> object:
    """Cancel an order, or the named units of it; their allocation comes free at once (OM-AVAIL-08)."""
    order = open_order_of(world, command)
    chosen = _chosen_units(order, command)
    for index, count in chosen.items():
        line = order.lines[index]
        # Units that the order still waits for are given up before units that it holds.
        kept = line.open - count
        for groups in orders.detach(order, index, max(0, order.held_units(index) - kept), newest_first=True):
            move_units(world, groups, orders.give_back)
        line.cancelled += count
    order.cancelled = all(line.cancelled == line.quantity for line in order.lines)
    reason = {key: command[f"reason_{key}"] for key in ("type", "details") if command.get(f"reason_{key}") is not None}
    if reason:
        order.details = {**order.details, "cancel_reason": reason}
    mark_changed(world, order)
    return None


def order_hold(world: Account, command: Mapping[str, Any]) -> object:
    """Put an order on hold; it keeps its units unless the reading ``orders.hold`` frees them."""
    order = open_order_of(world, command)
    if order.held:
        raise Refused("already_held", "the order is on hold already", field="order_number", value=order.order_number)
    order.held = True
    if world.readings["orders.hold"] == "frees":
        for draw in order.draws:
            move_units(world, draw.groups, orders.give_back)
        order.draws.clear()
    mark_changed(world, order)
    return None


def order_release(world: Account, command: Mapping[str, Any]) -> object:
    """Release an order from hold or from awaiting payment; what was awaited is then paid."""
    order = open_order_of(world, command)
    if command.get("until_ms", order.hold_until_ms) != order.hold_until_ms:
        raise Refused("not_held", "the order is no longer held until then", field="until_ms")
    if not (order.held or order.awaiting_payment):
        message = "the order is neither on hold nor awaiting payment"
        raise Refused("not_held", message, field="order_number", value=order.order_number)
    if order.held:
        order.held, order.hold_until_ms = False, None
    else:
        order.awaiting_payment = False
        order.details = {"payment_date": instants.instant_text(world.now_ms), **order.details}
    mark_changed(world, order)
    return None


def order_ship(world: Account, command: Mapping[str, Any]) -> object:
    """Ship an order, or the named units of it, as one shipment; on hand and allocation fall together (OM-AVAIL-08)."""
    order, chosen = units_to_ship(world, command)
    warehouse = first_warehouse(order, list(chosen))
    for index, count in chosen.items():
        for groups in orders.detach(order, index, count, newest_first=False):
            move_units(world, groups, orders.send_out)
        order.lines[index].shipped += count
    shipment = record_shipment(world, order, chosen, warehouse, command)
    mark_changed(world, order)
    return {"shipment_id": shipment.id}


def units_to_ship(world: Account, command: Mapping[str, Any]) -> tuple[Order, dict[int, int]]:
    """
    Return the order and, by line index, the units that a shipment means.

    Raises:
        Refused: ``unknown_order``, ``finished_order``, ``not_shippable``, ``too_many_units`` or ``not_allocated``.
    """
    order = open_order_of(world, command)
    if order.held or order.awaiting_payment:
        raise Refused("not_shippable", f"the order is {order.status}", field="order_number", value=order.order_number)
    chosen = _chosen_units(order, command)
    for index, count in chosen.items():
        if order.held_units(index) < count:
            message = f"only {order.held_units(index)} of {count} units are allocated"
            raise Refused("not_allocated", message, field="quantity", value=count)
    return order, chosen


def move_units(world: Account, groups: orders.Groups, move: Callable[[orders.Groups], None]) -> None:
    """Do something with picked units and note that the stock of their products moved."""
    move(groups)
    for _, picks in groups:
        for pick in picks:
            world.touch_stock(pick.row.product)


def mark_changed(world: Account, order: Order) -> None:
    """Note that an order is another one than before."""
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
    delivery_type = _delivery_type(command)
    sale = marketplace.sell(variant, seller, quantity, number, world.now_ms)
    record_invoice(world, sale, variant, delivery_type)
    if link is None:
        return {"order_number": number, "sales_channel": None}
    order = {
        "type": "order.create",
        "sales_channel": link.sales_channel,
        "order_number": number,
        "lines": [{"listing_sku": variant.sku or f"variant {variant.id}", "quantity": quantity, "unmapped": True}],
    }
    if link.import_lag_ms:
        world.importing.add((link.sales_channel, number))
        world.agenda.put(world.now_ms + link.import_lag_ms, order | {"imported": True})
    else:
        order_create(world, order)
    return {"order_number": number, "sales_channel": link.sales_channel}


def _delivery_type(command: Mapping[str, Any]) -> str:
    """Return how the shopper gets the units: sent, or kept ready in the store."""
    given = command.get("delivery_type", BUY_ONLINE)
    if given not in DELIVERY_TYPES:
        message, hint = f"no delivery type {given!r}", nearest(given, DELIVERY_TYPES)
        raise Refused("unknown_delivery_type", message, field="delivery_type", value=given, nearest=hint)
    return str(given)


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
