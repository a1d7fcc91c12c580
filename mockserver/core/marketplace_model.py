"""What a marketplace consists of: sellers, adverts, variants, inventories and sales. Sources: MP-INV-02, 09, 13."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.core.model import no_details

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal


@dataclass(slots=True, eq=False)
class Seller:
    """Somebody who sells on the marketplace; ``scope`` is what the key may do: read, write or manage."""

    id: int
    name: str
    scope: str = "manage"


@dataclass(slots=True, eq=False)
class Advert:
    """A product page of the marketplace, with one or more variants."""

    id: int
    details: Mapping[str, Any] = field(default_factory=no_details)


@dataclass(slots=True, eq=False)
class Inventory:
    """One seller's holding of one multi-store variant (MP-INV-02). Prices are decimals, None when unset."""

    id: int
    seller: int
    count_on_hand: int = 0
    price: Decimal | None = None
    sale_price: Decimal | None = None
    infinite: bool = False
    fulfilment_provider: str = ""


@dataclass(slots=True, eq=False)
class Variant:
    """
    What shoppers buy.

    A multi-store variant has an owner and inventories, a single-seller variant a seller and its own count (MP-INV-13).
    """

    id: int
    advert_id: int
    sku: str
    owner: int | None
    seller: int | None
    count_on_hand: int = 0
    infinite: bool = False
    price: Decimal | None = None
    sale_price: Decimal | None = None
    inventories: dict[int, Inventory] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=no_details)


@dataclass(slots=True, frozen=True)
class Sale:
    """Units that a shopper bought of one seller."""

    variant: int
    seller: int
    quantity: int
    order_number: str
    at_ms: int
    # Kept here, because the variant may be gone when somebody asks.
    sku: str = ""


class Change(NamedTuple):
    """Something that a webhook may tell: class, event and thing; ``of_stock`` for inventory writes and sales."""

    kind: str
    event: str
    subject: Any
    of_stock: bool = False
