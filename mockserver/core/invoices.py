"""
Invoices of Marketplacer: what a shopper paid one seller for, and how far it has gone out.

An invoice shows up once it is paid. What was sent is the sum of its shipments, and so is its status (MP-API-06).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from mockserver.core.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.core.account import Account
    from mockserver.core.marketplace_model import Sale, Variant

BUY_ONLINE: Final = "buy_online"
CLICK_AND_COLLECT: Final = "click_and_collect"
DELIVERY_TYPES: Final = (BUY_ONLINE, CLICK_AND_COLLECT)
STATUSES: Final = ("paid", "sent", "partially_sent", "ready", "collected", "refunded")
NAMES: Final = ("variant_sku", "variant_name", "variant_barcode", "variant_external_id", "advert_name",
                "advert_external_id")  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineItem:
    """Units of one variant at one price. It names the variant by SKU and external id only, as documented."""

    id: int
    quantity: int
    price: Decimal
    names: Mapping[str, str | None]

    @property
    def total(self) -> Decimal:
        """What the units cost together."""
        return self.price * self.quantity


@dataclass(slots=True, eq=False)
class InvoiceShipment:
    """Units that went out together: (line item id, units) each."""

    id: int
    dispatched_ms: int
    items: tuple[tuple[int, int], ...]
    tracking: str | None = None
    carrier: str | None = None


@dataclass(slots=True, eq=False)
class Invoice:
    """What a shopper paid one seller for. Instants are milliseconds since 1970, UTC."""

    id: int
    seller: int
    order_number: str
    delivery_type: str
    paid_ms: int
    updated_ms: int
    lines: tuple[LineItem, ...]
    shipments: list[InvoiceShipment] = field(default_factory=list)
    ready_ms: int | None = None
    collected_ms: int | None = None

    def open_units(self) -> dict[int, int]:
        """Return line item id -> units that have not gone out, for lines of which some have not."""
        sent: dict[int, int] = {}
        for shipment in self.shipments:
            for line, units in shipment.items:
                sent[line] = sent.get(line, 0) + units
        return {line.id: rest for line in self.lines if (rest := line.quantity - sent.get(line.id, 0))}

    @property
    def status(self) -> str:
        """The vendor's status; there is no write that refunds."""
        if self.collected_ms is not None:
            return "collected"
        if self.shipments:
            return "partially_sent" if self.open_units() else "sent"
        return "paid" if self.ready_ms is None else "ready"

    @property
    def total(self) -> Decimal:
        """What all lines cost together."""
        return sum((line.total for line in self.lines), Decimal(0))

    def shipment(self, shipment_id: int) -> InvoiceShipment:
        """
        Return one of the invoice's shipments.

        Raises:
            Refused: ``not_found``.
        """
        found = next((each for each in self.shipments if each.id == shipment_id), None)
        if found is None:
            raise Refused("not_found", "the invoice has no such shipment", field="shipment", value=shipment_id)
        return found


def record_invoice(world: Account, sale: Sale, variant: Variant, delivery_type: str) -> Invoice:
    """Return the paid invoice of a sale, entered among the seller's (our decision: one sale, one invoice)."""
    line = LineItem(
        id=world.next_id("line item"),
        quantity=sale.quantity,
        price=_price_paid(world, variant, sale.seller),
        names=_names(world, variant),
    )
    invoice = Invoice(
        id=world.next_id("invoice"),
        seller=sale.seller,
        order_number=sale.order_number,
        delivery_type=delivery_type,
        paid_ms=sale.at_ms,
        updated_ms=sale.at_ms,
        lines=(line,),
    )
    world.marketplace.invoices[invoice.id] = invoice
    world.marketplace.note("INVOICE", "create", invoice)
    return invoice


def _price_paid(world: Account, variant: Variant, seller: int) -> Decimal:
    """Return the price of one unit: the seller's own, else the variant's, else the advert's; on sale the sale price."""
    held = variant.inventories.get(seller)
    advert = world.marketplace.adverts[variant.advert_id].details
    levels: Sequence[tuple[Decimal | str | None, Decimal | str | None]] = (
        (held.sale_price, held.price) if held else (None, None),
        (variant.sale_price, variant.price),
        (advert.get("sale_price"), advert.get("price")),
    )
    found = next((each for level in levels for each in level if each is not None), Decimal(0))
    return Decimal(found)


def _names(world: Account, variant: Variant) -> dict[str, str | None]:
    advert = world.marketplace.adverts[variant.advert_id].details
    values: tuple[Any, ...] = (
        variant.sku or None,
        variant.details.get("label"),
        variant.details.get("barcode"),
        variant.details.get("external_id"),
        advert.get("title"),
        advert.get("external_id"),
    )
    return dict(zip(NAMES, values, strict=True))
