"""What a webhook tells of a thing: the fields that the hook asks for, under the names of the GraphQL schema."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mockserver.core.account import Account
    from mockserver.core.invoices import Invoice
    from mockserver.core.marketplace_model import Advert, Change, Variant

Node = dict[str, Any]

# Without a query of its own a hook is told no more than the type.
DEFAULT_FIELDS: Final = ("__typename",)
_TYPES: Final = {"VARIANT": "Variant", "ADVERT": "Advert", "INVOICE": "Invoice", "SHIPMENT": "Shipment"}
_OWN: Final = {
    "VARIANT": ("label", "sku", "barcode", "externalId", "countOnHand", "infiniteQuantity"),
    "ADVERT": ("title", "published", "externalId"),
    "INVOICE": ("status",),
    "SHIPMENT": ("trackingNumber",),
}
FIELDS: Final = {kind: ("__typename", "id", "legacyId", *own) for kind, own in _OWN.items()}


def node_of(world: Account, change: Change, fields: Iterable[str]) -> Node:
    """Return the chosen fields of what changed, as it is when the command is done; the last state of what is gone."""
    facts = _facts(world, change)
    return {name: facts[name] for name in FIELDS[change.kind] if name in fields}


def _facts(world: Account, change: Change) -> Node:
    kind, subject = change.kind, change.subject
    if kind == "VARIANT":
        return _identity(kind, subject.id) | _variant(world, subject)
    if kind == "ADVERT":
        return _identity(kind, subject.id) | _advert(subject)
    if kind == "INVOICE":
        return _identity(kind, subject.id) | _invoice(subject)
    return _identity(kind, subject[1].id) | {"trackingNumber": subject[1].tracking}


def _identity(kind: str, number: int) -> Node:
    name = _TYPES[kind]
    return {"__typename": name, "id": b64encode(f"{name}-{number}".encode()).decode(), "legacyId": number}


def _variant(world: Account, variant: Variant) -> Node:
    return {
        "label": variant.details.get("label") or "",
        "sku": variant.sku or None,
        "barcode": variant.details.get("barcode"),
        "externalId": variant.details.get("external_id"),
        "countOnHand": world.marketplace.count_of(variant),
        "infiniteQuantity": variant.infinite,
    }


def _advert(advert: Advert) -> Node:
    details = advert.details
    return {
        "title": details.get("title") or "",
        "published": details.get("published", True),
        "externalId": details.get("external_id"),
    }


def _invoice(invoice: Invoice) -> Node:
    return {"status": invoice.status}
