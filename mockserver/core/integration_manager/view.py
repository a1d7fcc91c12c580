"""What Integration Manager knows, has sent, and why it has sent nothing; so that a person can see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core.instants import instant_text, is_representable
from mockserver.core.integration_manager.document import integration_manager_of, number
from mockserver.core.integration_manager.quantities import number_of
from mockserver.core.integration_manager.sync import gate

if TYPE_CHECKING:
    from mockserver.core.account import Account
    from mockserver.core.integration_manager.model import Cart, Line, Merchant, SyncReport

View = dict[str, Any]


def view_of(world: Account) -> View:
    """
    Return every merchant as in the world file, and with it what each cart was told and would be told now.

    ``nothing_sent_because`` is why a sync of this instant would send nothing, None when it would send something.
    """
    world.integration.catch_up(world)
    written = integration_manager_of(world.integration).get("merchants", [])
    return {
        "now": instant_text(world.now_ms),
        "merchants": [
            _merchant(world, merchant, entry)
            for merchant, entry in zip(world.integration.merchants.values(), written, strict=True)
        ],
    }


def _merchant(world: Account, merchant: Merchant, entry: View) -> View:
    for warehouse, written in zip(merchant.warehouses.values(), entry["warehouses"], strict=True):
        written["reported_at"] = _instant(warehouse.reported_ms)
    entry["carts"] = [
        written | _cart(world, merchant, cart)
        for cart, written in zip(merchant.carts.values(), entry["carts"], strict=True)
    ]
    return entry


def _cart(world: Account, merchant: Merchant, cart: Cart) -> View:
    return {
        "next_sync": _instant(world.integration.next_ms(cart, "sync")),
        "next_order_download": _instant(world.integration.next_ms(cart, "download")),
        "nothing_sent_because": gate(merchant, cart, world.readings),
        "waiting": list(cart.waiting),
        "last_sync": None if cart.last_sync is None else _report(cart.last_sync),
        "levels": [_line(world, merchant, cart, line) for _, line in sorted(cart.lines.items())],
    }


def _report(report: SyncReport) -> View:
    return {
        "at": instant_text(report.at_ms),
        "sent": report.sent,
        "equal": report.equal,
        "failed": report.failed,
        "passed_over": report.passed_over,
        "reason": report.reason,
    }


def _line(world: Account, merchant: Merchant, cart: Cart, line: Line) -> View:
    return {
        "sku": line.sku,
        "at": instant_text(line.at_ms),
        "outcome": line.outcome,
        "reported": None if line.reported is None else number(line.reported),
        "recent_units": line.recent_units,
        "told": line.number,
        "reason": line.reason,
        "would_be_told_now": number_of(merchant, cart, line.sku, world.now_ms, world.readings).units,
    }


def _instant(at_ms: int | None) -> str | None:
    """Return an instant as text, None where there is none or it lies beyond the end of the calendar."""
    return None if at_ms is None or not is_representable(at_ms) else instant_text(at_ms)
