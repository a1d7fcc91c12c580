"""One function for each command of the control API, of scenarios and of the imitated routes."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from mockserver.core import (
    advert_commands,
    instants,
    invoice_commands,
    order_commands,
    order_updates,
    stock_commands,
    stock_writes,
    webhook_commands,
)
from mockserver.core.arguments import identifier, required
from mockserver.core.errors import Refused, nearest
from mockserver.core.integration_manager import commands as integration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.core.account import Account, Handler


def clock_advance(world: Account, command: Mapping[str, Any]) -> object:
    """Move virtual time forward by a duration or to an instant; returns the number of effects fired."""
    # Effects are commands of their own: what the present one touched must not be told twice.
    return {"fired": world.advance_to(target_of(world, command)), "now": instants.instant_text(world.now_ms)}


def target_of(world: Account, command: Mapping[str, Any]) -> int:
    """
    Return the instant that a clock.advance leads to, in milliseconds since 1970.

    Raises:
        Refused: ``bad_instant``.
    """
    by, to = command.get("by"), command.get("to")
    if (by is None) == (to is None):
        raise Refused("bad_instant", "give either by or to", field="by", value=by)
    field, given = ("by", by) if to is None else ("to", to)
    try:
        target = world.now_ms + instants.parse_duration(str(by)) if to is None else instants.parse_instant(str(to))
    except (ValueError, OverflowError):
        wanted = "an ISO 8601 duration such as PT15M" if field == "by" else "an ISO 8601 instant"
        raise Refused("bad_instant", f"{field} must be {wanted}", field=field, value=given) from None
    if not instants.is_representable(target):
        raise Refused("bad_instant", "the clock ends with the year 9999", field=field, value=given)
    return target


def feed_acknowledge(world: Account, command: Mapping[str, Any]) -> object:
    """Read due rows for one caller, as the acknowledge endpoint does."""
    for channel in command["channels"]:
        identifier({"sales_channel": channel}, "sales_channel", world.channels)
    rows = world.acknowledge(
        command["token"],
        command["version"],
        command["channels"],
        command["limit"],
        command.get("acknowledged", ()),
    )
    return [{"listing_id": row.listing.id, "figure": row.figure} for row in rows]


def inventories_put(world: Account, command: Mapping[str, Any]) -> object:
    """Write inventory records with one seller's key, as the marketplace's PUT does."""
    variant = world.marketplace.visible_variant(required(command, "variant"), required(command, "by"))
    return world.marketplace.put(variant, command["by"], required(command, "records"))


def inventory_put(world: Account, command: Mapping[str, Any]) -> object:
    """Write one seller's inventory record of a multi-store variant."""
    record = {key: value for key, value in command.items() if key not in ("type", "variant", "seller")}
    for name in ("price", "sale_price"):
        # Here prices may be written as in a world file; how the wire takes text is a reading of its own.
        if isinstance(record.get(name), str):
            record[name] = _decimal(name, record[name])
    seller = identifier(command, "seller", world.marketplace.sellers)
    variant = world.marketplace.visible_variant(identifier(command, "variant", world.marketplace.variants), seller)
    by = seller if variant.owner is None else variant.owner
    return world.marketplace.put(variant, by, [{"seller_id": seller} | record])


def _decimal(name: str, text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Refused("bad_price", f"{name} must be a decimal number", field=name, value=text) from None


def native_push(world: Account, command: Mapping[str, Any]) -> object:
    """Push what native sales channels have waited for long enough; time itself sees to this (OM-PUSH-02)."""
    del command
    world.native.push(world)
    return None


def inventory_delete(world: Account, command: Mapping[str, Any]) -> object:
    """Remove an inventory: a seller's own by ``seller``, or any by ``inventory_id`` with the key of ``by``."""
    marketplace = world.marketplace
    if "inventory_id" in command:
        variant = marketplace.visible_variant(command["variant"], command["by"])
        marketplace.delete(variant, command["by"], command["inventory_id"])
        return None
    seller = identifier(command, "seller", marketplace.sellers)
    variant = marketplace.visible_variant(identifier(command, "variant", marketplace.variants), seller)
    held = variant.inventories.get(seller)
    if held is None:
        raise Refused("nothing_held", "the seller holds nothing of this variant", field="seller", value=seller)
    marketplace.delete(variant, seller, held.id)
    return None


def variants_set_counts(world: Account, command: Mapping[str, Any]) -> object:
    """Set the counts of several single-seller variants, as POST variants/stock_on_hand does; null is infinite."""
    counts = {int(variant): count for variant, count in required(command, "counts").items()}
    world.marketplace.set_counts(required(command, "by"), counts)
    return None


HANDLERS: Final[Mapping[str, Handler]] = {
    "stock.set": stock_commands.stock_set,
    "stock.receive": stock_commands.stock_receive,
    "stock.adjust": stock_writes.stock_adjust,
    "stock.create": stock_writes.stock_create,
    "rule.set": stock_commands.rule_set,
    "rule.clear": stock_commands.rule_clear,
    "exclusion.set": stock_commands.exclusion_set,
    "listing.set": stock_commands.listing_set,
    "order.create": order_commands.order_create,
    "order.cancel": order_commands.order_cancel,
    "order.hold": order_commands.order_hold,
    "order.release": order_commands.order_release,
    "order.ship": order_commands.order_ship,
    "order.update": order_updates.order_update,
    "marketplace.sell": order_commands.marketplace_sell,
    "inventory.put": inventory_put,
    "inventory.delete": inventory_delete,
    "inventories.put": inventories_put,
    "variants.set_counts": variants_set_counts,
    "advert.create": advert_commands.advert_create,
    "advert.put": advert_commands.advert_put,
    "advert.delete": advert_commands.advert_delete,
    "variant.create": advert_commands.variant_create,
    "variant.put": advert_commands.variant_put,
    "variant.delete": advert_commands.variant_delete,
    "feed.acknowledge": feed_acknowledge,
    "wms.report": integration.wms_report,
    "wms.ship": integration.wms_ship,
    "cart.sync": integration.cart_sync,
    "cart.download": integration.cart_download,
    "integration.run": integration.integration_run,
    "native.push": native_push,
    "invoice.send": invoice_commands.invoice_send,
    "invoice.ready": invoice_commands.invoice_ready,
    "invoice.collect": invoice_commands.invoice_collect,
    "invoice.ship": invoice_commands.invoice_ship,
    "invoice.track": invoice_commands.invoice_track,
    "webhook.set": webhook_commands.webhook_set,
    "webhook.send": webhook_commands.webhook_send,
    "webhook.result": webhook_commands.webhook_result,
    "clock.advance": clock_advance,
}


def handler_of(command: Mapping[str, Any]) -> Handler:
    """
    Return the function that executes a command.

    Raises:
        Refused: ``unknown_command``.
    """
    kind = command.get("type")
    handler = HANDLERS.get(kind) if isinstance(kind, str) else None
    if handler is None:
        hint = nearest(kind, HANDLERS)
        raise Refused("unknown_command", f"{kind!r} is not a command", field="type", value=kind, nearest=hint)
    return handler
