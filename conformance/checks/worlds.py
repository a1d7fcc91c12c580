"""Small worlds for the sequences: one warehouse, one product for each SKU, its listings on the sales channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHANNEL: Final = 10


def order_manager_world(
    stock: Mapping[str, int], *, channels: Sequence[int] = (CHANNEL,), tokens: int = 1, rules: Sequence[Any] = ()
) -> dict[str, Any]:
    """
    Return a world with these units on hand by master SKU.

    Listings are numbered from 1, by SKU and then by channel; the listing SKU is the master SKU with the channel's place
    behind it: LAMP-1 on the first one.
    """
    listings = [
        {"listing_sku": f"{sku}-{place}", "master_sku": sku, "sales_channel": channel}
        for sku in stock
        for place, channel in enumerate(channels, 1)
    ]
    return {
        "format": "stockproof/world/1",
        "clock": "2026-01-05T09:00:00Z",
        "order_manager": {
            "tokens": [{"token": f"reader-{number}"} for number in range(1, tokens + 1)],
            "warehouses": [{"id": 1, "name": "East"}],
            "sales_channels": [{"id": channel, "name": f"Channel {channel}"} for channel in channels],
            "products": [{"master_sku": sku} for sku in stock],
            "stock": [{"master_sku": sku, "warehouse": 1, "on_hand": units} for sku, units in stock.items()],
            "listings": [{"id": number, **listing} for number, listing in enumerate(listings, 1)],
            "rules": list(rules),
        },
    }
