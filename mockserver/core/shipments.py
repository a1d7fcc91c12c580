"""
Shipments: what went out of an order at once, with what the carrier and the reporter say about it.

A shipment is the record of ``order.ship``; the units move there, here nothing does. Sources: OM-API-24, OM-API-25.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from mockserver.core.model import no_details

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.core.account import Account
    from mockserver.core.model import Order, Warehouse

# What a report may say of a shipment beside its units; the keys of the command and of the world file.
SHIPMENT_KEYS: Final = (
    "tracking_number",
    "carrier",
    "shipping_provider_id",
    "shipping_service_id",
    "package_type_id",
    "ship_date",
    "estimated_arrival",
    "received",
    "delivery_status",
    "carrier_fee",
    "insurance_tracking_number",
    "batch_number",
)


@dataclass(slots=True, eq=False)
class Shipment:
    """Units of one order that went out together; ``warehouse`` is the one that the first of them came from."""

    id: int
    order: Order
    created_ms: int
    units: tuple[tuple[int, int], ...]
    warehouse: Warehouse | None = None
    external: bool = False
    details: Mapping[str, Any] = field(default_factory=no_details)


def shipment_details(written: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a command or a world file says of a shipment, without what it leaves open."""
    return {key: written[key] for key in SHIPMENT_KEYS if written.get(key) is not None}


def record_shipment(
    world: Account, order: Order, units: Mapping[int, int], warehouse: Warehouse | None, command: Mapping[str, Any]
) -> Shipment:
    """Keep the record of units (by line index) that an order has just sent out."""
    shipment = Shipment(
        id=world.next_id("shipment"),
        order=order,
        created_ms=world.now_ms,
        units=tuple(units.items()),
        warehouse=warehouse,
        external=command.get("external", False),
        details=shipment_details(command),
    )
    keep_shipment(world, shipment)
    return shipment


def keep_shipment(world: Account, shipment: Shipment) -> None:
    """Enter a shipment with its order and with the account."""
    world.shipments[shipment.id] = shipment
    shipment.order.shipments.append(shipment)


def first_warehouse(order: Order, lines: Sequence[int]) -> Warehouse | None:
    """Return the warehouse that the first of the named lines draws from, None when they draw from nowhere."""
    return next((draw.warehouse for line in lines for draw in order.draws if draw.line == line), None)
