"""Small worlds with Integration Manager: one merchant, its warehouse, and two sellers of one marketplace as carts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.core.integration_manager.view import view_of
from mockserver.core.world import World
from tests.core.worlds import document, done, loaded

Document = dict[str, Any]

MERCHANT = "M"
DAY = "2026-01-05"


def seller_cart(name: str = "x", seller: int = 1, schedule: str = "PT1H", **more: Any) -> Document:
    return {"name": name, "target": "marketplacer", "seller": seller, "schedule": schedule, **more}


def order_manager_cart(warehouse_name: str = "W1", schedule: str = "PT1H", **more: Any) -> Document:
    return {
        "name": "om",
        "target": "order_manager",
        "warehouse_name": warehouse_name,
        "schedule": schedule,
        "order_download": "PT15M",
        **more,
    }


def marketplace(*skus: str, sellers: int = 2, shown: int = 50) -> Document:
    """Every seller holds its own single-seller variant of every SKU; variant ids run seller by seller."""
    return {
        "sellers": [{"id": seller, "name": f"S{seller}"} for seller in range(1, sellers + 1)],
        "variants": [
            {"sku": sku, "seller": seller, "price": "10", "count_on_hand": shown}
            for seller in range(1, sellers + 1)
            for sku in skus
        ],
    }


def written(
    carts: list[Document],
    *,
    skus: tuple[str, ...] = ("MUG",),
    warehouses: tuple[str | Document, ...] = ("A",),
    links: list[Document] | None = None,
    order_manager: Mapping[str, Any] | None = None,
    **merchant: Any,
) -> Document:
    houses = [{"name": each} if isinstance(each, str) else each for each in warehouses]
    return document(**(order_manager or {})) | {
        "marketplacer": marketplace(*skus),
        "links": links or [],
        "integration_manager": {"merchants": [{"name": MERCHANT, "warehouses": houses, "carts": carts, **merchant}]},
    }


def merchant(carts: list[Document], readings: Mapping[str, str] | None = None, **more: Any) -> World:
    return loaded(written(carts, **more), readings)


def two_carts(readings: Mapping[str, str] | None = None, **more: Any) -> World:
    return merchant([seller_cart("x", 1), seller_cart("y", 2)], readings, **more)


# -- what happens ----------------------------------------------------------------------------------


def report(world: World, quantity: float, sku: str = "MUG", warehouse: str = "A", **more: Any) -> Any:
    levels = [{"sku": sku, "quantity": quantity}]
    return done(world, "wms.report", **{"merchant": MERCHANT, "warehouse": warehouse, "levels": levels, **more})


def sell(world: World, quantity: int, seller: int = 1, sku: str = "MUG", **more: Any) -> None:
    variant = next(each.id for each in world.marketplace.variants.values() if (each.seller, each.sku) == (seller, sku))
    done(world, "marketplace.sell", variant=variant, seller=seller, quantity=quantity, **more)


def at(world: World, time: str, day: str = DAY) -> None:
    """Let time pass until this time of day."""
    done(world, "clock.advance", to=f"{day}T{time}:00Z")


# -- what is seen ----------------------------------------------------------------------------------


def shown(world: World, seller: int = 1, sku: str = "MUG") -> int:
    return next(
        each.count_on_hand for each in world.marketplace.variants.values() if (each.seller, each.sku) == (seller, sku)
    )


def both(world: World, sku: str = "MUG") -> tuple[int, int]:
    return shown(world, 1, sku), shown(world, 2, sku)


def on_hand(world: World, sku: str = "MUG") -> int:
    return sum(row.on_hand for row in world.products[sku].stock)


def cart_view(world: World, name: str = "x") -> Document:
    carts = view_of(world)["merchants"][0]["carts"]
    found: Document = next(each for each in carts if each["name"] == name)
    return found


def told(world: World, name: str = "x", sku: str = "MUG") -> Document:
    found: Document = next(each for each in cart_view(world, name)["levels"] if each["sku"] == sku)
    return found
