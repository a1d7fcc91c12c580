"""The world for the profile warehouse-to-order-manager: one warehouse of our own, another one, and orders."""

from __future__ import annotations

from typing import Any, Final

from conformance.certify.world import OWNER, Account

EAST: Final = 1
OWN: Final = 2
OWN_NAME: Final = "West 3PL"
SHOP: Final = 10
SECOND_SHOP: Final = 11

# master SKU -> (warehouse, on hand, locked)
STOCK: Final[dict[str, tuple[tuple[int, int, int], ...]]] = {
    "CUP": ((OWN, 5, 0),),
    "BOWL": ((OWN, 15, 10),),
    "PLATE": ((OWN, 1, 0),),
    "JUG": ((OWN, 6, 0),),
    "TRAY": ((EAST, 40, 0), (OWN, 3, 0)),
    "SPOON": ((OWN, 2, 0),),
    "VASE": (),  # a product without starting inventory
    "KETTLE": ((OWN, 50, 0),),
    "PAN": ((OWN, 50, 0),),
    "PIN": ((EAST, 50, 0),),
}


def household() -> Account:
    """Return the account; its listings are those of the two shops."""
    listings = [
        {"listing_sku": f"{sku}-L", "master_sku": sku, "sales_channel": channel}
        for channel in (SHOP, SECOND_SHOP)
        for sku in ("KETTLE", "PAN", "PIN")
    ]
    document: dict[str, Any] = {
        "format": "stockproof/world/1",
        "clock": "2026-01-05T09:00:00Z",
        "seed": 1,
        "order_manager": {
            "tokens": [{"token": "om-certify-token"}],
            "warehouses": [
                {"id": EAST, "name": "East"},
                {"id": OWN, "name": OWN_NAME, "type": "THIRD_PARTY_LOGISTICS"},
            ],
            "sales_channels": [{"id": SHOP, "name": "Web shop"}, {"id": SECOND_SHOP, "name": "Second shop"}],
            "products": [{"master_sku": sku} for sku in STOCK],
            "stock": [
                {"master_sku": sku, "warehouse": warehouse, "on_hand": on_hand, "locked": locked}
                for sku, rows in STOCK.items()
                for warehouse, on_hand, locked in rows
            ],
            "listings": listings,
        },
        "marketplacer": {"sellers": [{"id": OWNER, "name": "Nobody", "api_key": "mp-certify-key"}]},
    }
    return Account(document, (), OWNER, {}, {})
