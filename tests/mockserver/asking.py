"""Small worlds, and requests to them as an integration would send them."""

from __future__ import annotations

from typing import Any

import requests

TOKEN = "one-token"
ACKNOWLEDGE = "/v1.2/inventory/acknowledge"


def world_with(units: int, token: str = TOKEN) -> dict[str, Any]:
    """One product with so many units, one listing 1 on channel 1."""
    return {
        "format": "stockproof/world/1",
        "clock": "2026-01-05T09:00:00Z",
        "order_manager": {
            "tokens": [{"token": token}],
            "warehouses": [{"id": 1, "name": "Only"}],
            "sales_channels": [{"id": 1, "name": "Only"}],
            "products": [{"master_sku": "CUP"}],
            "stock": [{"master_sku": "CUP", "warehouse": 1, "on_hand": units}],
            "listings": [{"id": 1, "listing_sku": "CUP-1", "master_sku": "CUP", "sales_channel": 1}],
        },
    }


def ask(token: str, host: str = "https://api.skubana.com", channel: int = 5394, **options: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{host}{ACKNOWLEDGE}"
    return requests.post(url, params={"salesChannelId": channel}, headers=headers, timeout=5, **options)


def figures_told(token: str, channel: int = 1) -> dict[str, int]:
    return {row["listingSku"]: row["availableQuantity"] for row in ask(token, channel=channel).json()}
