"""One sync of one cart: is there anything to send, which SKUs, and what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mockserver.core.errors import Refused
from mockserver.core.integration_manager.model import Line, OrderManagerTarget, Outcome, SyncReport
from mockserver.core.integration_manager.quantities import Number, adds_up_views, number_of, warehouses_of
from mockserver.core.integration_manager.targets import PassedOver, shelf_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mockserver.core.account import Account
    from mockserver.core.integration_manager.model import Cart, Merchant
    from mockserver.core.integration_manager.targets import Shelf

NO_WAREHOUSE_NAME: Final = "inventory sync is off: the cart names no warehouse of Order Manager"
ADDS_UP_VIEWS: Final = "choose one warehouse: all combined would add up several sales channels' views of one stock"
NOTHING_NEW: Final = "the warehouse system has given no new record since the last sync"


def sync(world: Account, merchant: Merchant, cart: Cart) -> None:
    """Tell a cart its numbers; SKUs that it refuses are tried again at its next sync."""
    reason = gate(merchant, cart, world.readings)
    lines = [] if reason else _sent(world, merchant, cart)
    for line in lines:
        cart.lines[line.sku] = line
    outcomes = [line.outcome for line in lines]
    cart.last_sync = SyncReport(
        world.now_ms,
        reason,
        sent=outcomes.count("sent"),
        equal=outcomes.count("equal"),
        failed=outcomes.count("failed"),
        passed_over=outcomes.count("passed_over"),
    )


def gate(merchant: Merchant, cart: Cart, readings: Mapping[str, str]) -> str | None:
    """Return why nothing would be sent to a cart now, or None."""
    if isinstance(cart.target, OrderManagerTarget) and not cart.target.warehouse_name:
        return NO_WAREHOUSE_NAME
    if readings["im.combined-channels"] == "refused" and adds_up_views(merchant, cart):
        return ADDS_UP_VIEWS
    return None if cart.waiting or cart.full_sync else NOTHING_NEW


def note_idle(merchant: Merchant, cart: Cart, at_ms: int, readings: Mapping[str, str]) -> None:
    """Note that a scheduled sync came and went with nothing to send."""
    if cart.last_sync is None or cart.last_sync.at_ms < at_ms:
        cart.last_sync = SyncReport(at_ms, gate(merchant, cart, readings) or NOTHING_NEW)


def _sent(world: Account, merchant: Merchant, cart: Cart) -> list[Line]:
    shelf = shelf_of(world, cart)
    skus = _due_skus(merchant, cart, shelf, world.readings)
    cart.waiting.clear()
    lines = [_line(world, merchant, cart, shelf, sku) for sku in skus]
    cart.waiting.update((line.sku, None) for line in lines if line.outcome == "failed")
    return lines


def _due_skus(merchant: Merchant, cart: Cart, shelf: Shelf, readings: Mapping[str, str]) -> list[str]:
    """Return the SKUs to send, sorted: those with something new, or every one (IM-SYNC-02, 08)."""
    due: Iterable[str] = cart.waiting
    if cart.full_sync or readings["im.sync-gate"] == "new-record-of-any-sku":
        due = _known_skus(merchant, cart)
    if cart.full_sync and readings["im.full-sync-content"] == "zero-missing":
        due = {*due, *shelf.skus()}
    return sorted({*due, *cart.waiting})


def _known_skus(merchant: Merchant, cart: Cart) -> set[str]:
    return {sku for warehouse in warehouses_of(merchant, cart) for sku in warehouse.levels}


def _line(world: Account, merchant: Merchant, cart: Cart, shelf: Shelf, sku: str) -> Line:
    number = number_of(merchant, cart, sku, world.now_ms, world.readings)
    if number.reported is None and cart.full_sync and world.readings["im.full-sync-content"] == "zero-missing":
        number = Number(0)
    if number.units is None:
        return Line(sku, world.now_ms, "passed_over", number.reported, number.recent_units, None, number.reason)
    reason = None
    try:
        outcome: Outcome = "sent" if shelf.put(sku, number.units) else "equal"
    except PassedOver as passed:
        outcome, reason = "passed_over", str(passed)
    except Refused as refusal:
        outcome, reason = "failed", refusal.message
    return Line(sku, world.now_ms, outcome, number.reported, number.recent_units, number.units, reason)
