"""The marketplacer and links parts of a world file."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from mockserver.core import instants
from mockserver.core.account import Link
from mockserver.core.invoice_loading import load_invoices
from mockserver.core.marketplace_model import Advert, Inventory, Seller, Variant
from mockserver.core.marketplace_values import ADVERT_EXTRAS, VARIANT_TEXTS
from mockserver.core.problems import Ids
from mockserver.core.webhook_commands import load_webhooks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.core.account import Account
    from mockserver.core.problems import Problems


def load_marketplace(
    world: Account, section: Mapping[str, Any], links: Sequence[Mapping[str, Any]], problems: Problems
) -> None:
    """Add sellers, multi-stores, adverts, variants, inventories, links, invoices and webhooks."""
    _load_sellers(world, section.get("sellers", ()), problems)
    _load_multi_stores(world, section.get("multi_stores", ()), problems)
    _load_variants(world, section, problems)
    _load_inventories(world, section.get("inventories", ()), problems)
    _load_links(world, links, problems)
    load_invoices(world, section.get("invoices", ()), problems)
    load_webhooks(world, section.get("webhooks", ()), problems)


def _load_sellers(world: Account, given: Sequence[Mapping[str, Any]], problems: Problems) -> None:
    for entry, own_id in zip(given, Ids("marketplacer.sellers", given, problems), strict=True):
        world.marketplace.sellers[own_id] = Seller(own_id, entry["name"], entry.get("scope", "manage"))
        if "api_key" in entry:
            world.seller_keys[own_id] = entry["api_key"]


def _check_seller(world: Account, path: str, seller: object, problems: Problems) -> None:
    if seller not in world.marketplace.sellers:
        problems.unknown(path, "seller", seller, world.marketplace.sellers)


def _load_multi_stores(world: Account, given: Sequence[Mapping[str, Any]], problems: Problems) -> None:
    for index, entry in enumerate(given):
        path, owner, members = f"marketplacer.multi_stores[{index}]", entry["owner"], entry["members"]
        _check_seller(world, f"{path}.owner", owner, problems)
        for at, member in enumerate(members):
            _check_seller(world, f"{path}.members[{at}]", member, problems)
        if len({owner, *members}) != len(members) + 1:
            problems.add(f"{path}.members", "a seller stands here twice", members)
        if owner in world.marketplace.multi_stores:
            problems.add(f"{path}.owner", "a seller owns one multi-store at most", owner)
        world.marketplace.multi_stores[owner] = tuple(members)


_ADVERT_DETAILS = (
    "title",
    "description",
    "external_id",
    "price",
    "sale_price",
    "published",
    "seller",
    "multi_store_owner",
    *ADVERT_EXTRAS,
)
_VARIANT_DETAILS = ("label", *VARIANT_TEXTS)


def _load_variants(world: Account, section: Mapping[str, Any], problems: Problems) -> None:
    marketplace = world.marketplace
    given = section.get("variants", ())
    adverts = section.get("adverts", ())
    ids = Ids("marketplacer.variants", given, problems)
    for entry, own_id in zip(adverts, Ids("marketplacer.adverts", adverts, problems), strict=True):
        details = {key: entry[key] for key in _ADVERT_DETAILS if key in entry}
        marketplace.adverts[own_id] = Advert(own_id, details)
    for index, (entry, own_id) in enumerate(zip(given, ids, strict=True)):
        path = f"marketplacer.variants[{index}]"
        owner, seller = entry.get("multi_store_owner"), entry.get("seller")
        if (owner is None) == (seller is None):
            problems.add(path, "give either multi_store_owner or seller", entry.get("sku", own_id))
        _check_holder(world, path, owner, seller, problems)
        advert = entry.get("advert_id", own_id)
        marketplace.variants[own_id] = Variant(
            own_id,
            advert,
            entry.get("sku", ""),
            owner,
            seller,
            entry.get("count_on_hand", 0),
            infinite=entry.get("infinite", False),
            price=_price(entry, "price"),
            sale_price=_price(entry, "sale_price"),
            details={key: entry[key] for key in _VARIANT_DETAILS if key in entry},
        )
        marketplace.adverts.setdefault(advert, Advert(advert))
    world.last_ids["variant"] = ids.last
    world.last_ids["advert"] = max(marketplace.adverts, default=0)


def _check_holder(world: Account, path: str, owner: int | None, seller: int | None, problems: Problems) -> None:
    if owner is not None and owner not in world.marketplace.multi_stores:
        problems.unknown(f"{path}.multi_store_owner", "multi-store owner", owner, world.marketplace.multi_stores)
    if seller is not None:
        _check_seller(world, f"{path}.seller", seller, problems)


def _price(entry: Mapping[str, Any], key: str) -> Decimal | None:
    return None if entry.get(key) is None else Decimal(entry[key])


def _load_inventories(world: Account, given: Sequence[Mapping[str, Any]], problems: Problems) -> None:
    marketplace = world.marketplace
    ids = Ids("marketplacer.inventories", given, problems)
    for index, (entry, own_id) in enumerate(zip(given, ids, strict=True)):
        path, seller = f"marketplacer.inventories[{index}]", entry["seller"]
        variant = marketplace.variants.get(entry["variant"])
        if variant is None:
            problems.unknown(f"{path}.variant", "variant", entry["variant"], marketplace.variants)
            continue
        if seller not in marketplace.stores_of(variant):
            problems.unknown(f"{path}.seller", "seller of the multi-store", seller, marketplace.stores_of(variant))
        if seller in variant.inventories:
            problems.add(path, "the seller has an inventory of this variant already", seller)
        variant.inventories[seller] = Inventory(
            own_id,
            seller,
            entry.get("count_on_hand", 0),
            _price(entry, "price"),
            _price(entry, "sale_price"),
            infinite=entry.get("infinite", False),
            fulfilment_provider=entry.get("fulfilment_provider", ""),
        )
    marketplace.last_inventory_id = ids.last


def _load_links(world: Account, given: Sequence[Mapping[str, Any]], problems: Problems) -> None:
    for index, entry in enumerate(given):
        path, channel, seller = f"links[{index}]", entry["sales_channel"], entry["seller"]
        if channel not in world.channels:
            problems.unknown(f"{path}.sales_channel", "sales channel", channel, world.channels)
        _check_seller(world, f"{path}.seller", seller, problems)
        if seller in world.links:
            problems.add(f"{path}.seller", "a seller is linked to one sales channel at most", seller)
        try:
            lag_ms = instants.parse_duration(entry.get("import_lag", "PT0S"))
        except (ValueError, OverflowError):
            problems.add(f"{path}.import_lag", "must be an ISO 8601 duration such as PT5M", entry["import_lag"])
            lag_ms = 0
        world.links[seller] = Link(channel, seller, lag_ms)
