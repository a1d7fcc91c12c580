"""What there is at the start: the world file, the channels that are kept up to date, what they show."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from conformance.resources import fixtures_dir
from conformance.scenario.durations import duration
from conformance.scenario.model import Channel, Listing
from conformance.scenario.names import Names, names_of
from conformance.scenario.problems import Wrong, nearest, unknown
from conformance.scenario.settings import connector_for, staging_of
from conformance.scenario.short_form import READINGS, shelf_of, world_of
from conformance.scenario.text import BrokenText, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path as FilePath

    from conformance.scenario.model import Staging
    from conformance.scenario.problems import Path

Document = dict[str, Any]

USUAL_LAG: Final = "1m"
_INLINE: Final = ("warehouses", "products", "rules")
_ISO: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


@dataclass(frozen=True, slots=True)
class Start:
    """Everything that a row is given."""

    document: Document
    names: Names
    channels: tuple[Channel, ...]
    staging: Staging | None
    shown: Mapping[int, int]
    shelf: Mapping[tuple[int, str], int]


def start_of(given: Mapping[str, Any], clock: str, seed: int, folder: FilePath, *, recorded: bool) -> Start:
    """
    Return what a row is given; a ``recorded`` world is left as it is, with nobody to keep its channels up to date.

    Raises:
        Wrong: for a name that means nothing, or keys that do not go together.
    """
    document = _named_world(given, clock, folder) if "world" in given else world_of(given, clock, seed)
    _fill_in_ids(document)
    if "world" in given and not recorded:
        _complete(document)
    names = names_of(document)
    connector = given.get("connector", {})
    for name in connector.get("channels", {}):
        names.channel(name, ("given", "connector", "channels", name))
    channels = tuple(_channels(given, document, names, recorded=recorded))
    shown = {
        names.listing_anywhere(sku, ("given", "shown", sku)): units for sku, units in given.get("shown", {}).items()
    }
    staging = staging_of(connector, ("given", "connector"))
    if staging is not None and not staging.shared:
        _add_tokens(document["order_manager"])
    return Start(document, names, channels, staging, shown, shelf_of(given))


def _add_tokens(account: Document) -> None:
    """Give the second reader a token, and so a marker, of its own; a server makes up others in their place."""
    tokens = account.setdefault("tokens", [])
    tokens += [{"token": f"reader-{number}"} for number in range(len(tokens), 2)]


# -- a world by name, by file, or as it stands ----------------------------------------------------------


def _named_world(given: Mapping[str, Any], clock: str, folder: FilePath) -> Document:
    for key in _INLINE:
        if key in given:
            raise Wrong(f"{key!r} stands in the world; give a world or the short form, not both", ("given", key))
    world = given["world"]
    document = deepcopy(world) if isinstance(world, dict) else _read_world(world, folder)
    if not isinstance(document, dict) or document.get("format") != "stockproof/world/1":
        raise Wrong("that is no world file: its first key is 'format: stockproof/world/1'", ("given", "world"))
    document["clock"] = clock
    document["readings"] = {**document.get("readings", {}), **given.get("readings", {})}
    return document


def _read_world(word: str, folder: FilePath) -> Any:
    shipped = {path.stem: path for path in sorted((fixtures_dir() / "worlds").glob("*.*"))}
    path = shipped.get(word, folder / word)
    try:
        return parse(path.read_text(encoding="utf-8")).value
    except (OSError, ValueError) as error:
        if isinstance(error, BrokenText):
            raise Wrong(f"{path}:{error.line}: {error.message}", ("given", "world")) from None
        message = f"no file {str(path)!r}, and no shipped world of that name"
        raise Wrong(message, ("given", "world"), nearest=nearest(word, shipped)) from None


def _fill_in_ids(document: Document) -> None:
    """Write out the ids that the world would assign, so that both sides mean the same by a number."""
    account = document.setdefault("order_manager", {})
    for key in ("warehouses", "sales_channels", "listings"):
        _number(account.get(key, []))
    market = document.setdefault("marketplacer", {})
    for key in ("sellers", "variants"):
        _number(market.get(key, []))


def _number(rows: list[Document]) -> None:
    taken = {row["id"] for row in rows if "id" in row}
    number = 0
    for row in rows:
        if "id" not in row:
            number += 1
            while number in taken:
                number += 1
            row["id"] = number


def _complete(document: Document) -> None:
    """Let the run import the orders, let readers say what they took, and give every channel a place to sell."""
    document["readings"] = {**document["readings"], **READINGS}
    linked = {link["sales_channel"]: link for link in document.get("links", [])}
    market, account = document["marketplacer"], document["order_manager"]
    for channel in account.get("sales_channels", []):
        link = linked.get(channel["id"])
        if link is None:
            seller = _add_seller(market, channel)
            document.setdefault("links", []).append({"sales_channel": channel["id"], "seller": seller})
        else:
            seller = link["seller"]
        _add_variants(market, account, channel["id"], seller)


def _add_seller(market: Document, channel: Mapping[str, Any]) -> int:
    sellers = market.setdefault("sellers", [])
    number = max((row["id"] for row in sellers), default=0) + 1
    sellers.append({"id": number, "name": channel["name"]})
    market.setdefault("multi_stores", []).append({"owner": number, "members": []})
    return number


def _add_variants(market: Document, account: Document, channel: int, seller: int) -> None:
    variants = market.setdefault("variants", [])
    known = {row["sku"] for row in variants if _sells(market, row, seller)}
    owner = next((row["owner"] for row in market.get("multi_stores", []) if _is_in(row, seller)), None)
    owned = {"seller": seller} if owner is None else {"multi_store_owner": owner}
    for listing in account.get("listings", []):
        if listing["sales_channel"] == channel and listing["listing_sku"] not in known:
            number = max((row["id"] for row in variants), default=0) + 1
            advert = max((row["advert_id"] for row in variants), default=0) + 1
            sku = listing["listing_sku"]
            variants.append({"id": number, "advert_id": advert, "sku": sku, "label": sku, **owned})


def _is_in(store: Mapping[str, Any], seller: int) -> bool:
    return store["owner"] == seller or seller in store["members"]


def _sells(market: Document, variant: Mapping[str, Any], seller: int) -> bool:
    if variant.get("seller") == seller:
        return True
    owner = variant.get("multi_store_owner")
    return any(store["owner"] == owner and _is_in(store, seller) for store in market.get("multi_stores", []))


# -- channels ---------------------------------------------------------------------------------------


def _channels(given: Mapping[str, Any], document: Document, names: Names, *, recorded: bool) -> Iterator[Channel]:
    links = {link["sales_channel"]: link for link in document.get("links", [])}
    wanted = given.get("channels", {})
    for word in wanted:
        names.channel(word, ("given", "channels", word))
    for number, name in names.channels.items():
        own = wanted.get(name, wanted.get(str(number), {}))
        if "world" in given and ("listings" in own or "exclude" in own):
            raise Wrong("listings and exclusions stand in the world", ("given", "channels", name))
        link = links.get(number)
        seller = link["seller"] if link else number if "world" not in given else None
        lag = _lag(own, link, ("given", "channels", name, "orders_reach_om"))
        listings = tuple(_listings(document, names, number, seller))
        connector = connector_for(given.get("connector", {}), number, name, ("given", "connector"))
        yield Channel(number, name, listings, lag, connector)
    if not recorded and "links" in document:
        document["links"] = []


def _lag(own: Mapping[str, Any], link: Mapping[str, Any] | None, path: Path) -> int:
    if "orders_reach_om" in own or link is None or "import_lag" not in link:
        return duration(own.get("orders_reach_om", USUAL_LAG), path)
    match = _ISO.fullmatch(link["import_lag"])
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups()) if match else (0, 0, 0, 0)
    return round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000)


def _listings(document: Document, names: Names, channel: int, seller: int | None) -> Iterator[Listing]:
    market = document["marketplacer"]
    variants = {row["sku"]: row["id"] for row in market.get("variants", []) if _sells(market, row, seller or 0)}
    endless = {row["variant"] for row in market.get("inventories", []) if row.get("infinite")}
    for sku, row in names.listings.get(channel, {}).items():
        product = names.products.get(row["master_sku"])
        if product is None:
            raise unknown("product", row["master_sku"], names.products, ("given",))
        variant = variants.get(sku)
        yield Listing(
            id=row["id"],
            sku=sku,
            channel=channel,
            product=row["master_sku"],
            needs=_needs(product),
            variant=variant,
            seller=seller,
            infinite=variant in endless,
        )


def _needs(product: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    components = product.get("components") or ()
    if components:
        return tuple((part["master_sku"], part["quantity"]) for part in components)
    return ((product["master_sku"], 1),)
