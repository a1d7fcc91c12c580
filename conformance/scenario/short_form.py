"""The short form of ``given`` as a world file: ids in file order, a marketplace seller for every channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from conformance.scenario.problems import Wrong, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.scenario.problems import Path

Document = dict[str, Any]

TYPES: Final = {"percent": "PERCENT_OF_AVAILABLE", "max": "MAX_ALLOCATION"}
# Units count as told when the reader says so; how soon it says so is the connector's key `ack`.
READINGS: Final = {"ack.consumption": "explicit"}


def world_of(given: Mapping[str, Any], clock: str, seed: int) -> Document:
    """
    Return the world file that the short form stands for.

    Raises:
        Wrong: when a name means nothing, or rules contradict each other.
    """
    for key in ("warehouses", "products", "channels"):
        if key not in given:
            raise Wrong(f"{key!r} is missing; or name a world", ("given",))
    warehouses = {name: number for number, name in enumerate(given["warehouses"], start=1)}
    channels = {name: number for number, name in enumerate(given["channels"], start=1)}
    for name in channels:
        _check_channel_name(name)
    return {
        "format": "stockproof/world/1",
        "clock": clock,
        "seed": seed,
        "readings": {**READINGS, **given.get("readings", {})},
        "order_manager": {
            "warehouses": [{"id": number, "name": name, "strict_fifo": True} for name, number in warehouses.items()],
            "sales_channels": list(_channels(given, channels, warehouses)),
            "products": list(_products(given["products"], warehouses)),
            "stock": list(_stock(given, warehouses)),
            "listings": list(_listings(given, channels)),
            "rules": list(_rules(given, channels)),
        },
        "marketplacer": _marketplacer(given, channels),
    }


def _check_channel_name(name: str) -> None:
    if name in ("connector", "om", "staging", "*"):
        raise Wrong(f"{name!r} is the name of something else; call the channel otherwise", ("given", "channels", name))


def _ids(names: object, known: Mapping[str, int], path: Path) -> list[int]:
    if not isinstance(names, list):
        raise Wrong("must be a list of warehouses", path)
    return [_id(name, known, (*path, index)) for index, name in enumerate(names)]


def _id(name: object, known: Mapping[str, int], path: Path) -> int:
    if name not in known:
        raise unknown("warehouse", name, known, path)
    return known[str(name)]


def _channels(
    given: Mapping[str, Any], channels: Mapping[str, int], warehouses: Mapping[str, int]
) -> Iterator[Document]:
    for name, number in channels.items():
        path = ("given", "channels", name)
        excluded = _ids(given["channels"][name].get("exclude", []), warehouses, (*path, "exclude"))
        yield {"id": number, "name": name, "excluded_warehouses": excluded}


def _products(products: Mapping[str, Any], warehouses: Mapping[str, int]) -> Iterator[Document]:
    for number, (sku, given) in enumerate(products.items(), start=1):
        path = ("given", "products", sku)
        product: Document = {"id": number, "master_sku": sku}
        product["excluded_warehouses"] = _ids(given.get("exclude", []), warehouses, (*path, "exclude"))
        if "bundle" in given:
            product |= {"type": "BUNDLE_KIT", "components": list(_components(given["bundle"], products, path))}
        yield product


def _components(bundle: Mapping[str, int], products: Mapping[str, Any], path: Path) -> Iterator[Document]:
    for sku, units in bundle.items():
        if sku not in products:
            raise unknown("product", sku, products, (*path, "bundle", sku))
        if "bundle" in products[sku]:
            raise Wrong("a bundle is made of products, not of bundles", (*path, "bundle", sku))
        yield {"master_sku": sku, "quantity": units}


def _stock(given: Mapping[str, Any], warehouses: Mapping[str, int]) -> Iterator[Document]:
    levels = minimum_levels(given)
    for sku, product in given["products"].items():
        path = ("given", "products", sku)
        units = {key: _by_place(product.get(key, {}), warehouses, (*path, key)) for key in ("on_hand", "locked")}
        shelf = _by_place(product.get("shelf", {}), warehouses, (*path, "shelf"))
        closed = set(product.get("exclude", []))
        places = [name for name in warehouses if name in {*units["on_hand"], *units["locked"], *shelf}]
        level = levels.get(sku, 0)
        # One row carries the whole level: the levels of the rows that count are added up.
        carrier = next((name for name in places or warehouses if name not in closed), None) if level else None
        for name in places if carrier is None or carrier in places else [carrier]:
            row = {"master_sku": sku, "warehouse": warehouses[name], "on_hand": units["on_hand"].get(name, 0)}
            yield row | {"locked": units["locked"].get(name, 0), "minimum": level if name == carrier else 0}


def _by_place(units: Mapping[str, int], warehouses: Mapping[str, int], path: Path) -> Mapping[str, int]:
    for name in units:
        _id(name, warehouses, (*path, name))
    return units


def shelf_of(given: Mapping[str, Any]) -> dict[tuple[int, str], int]:
    """Return what is really on the shelf where the record is wrong, by warehouse id and product."""
    warehouses = {name: number for number, name in enumerate(given.get("warehouses", ()), start=1)}
    return {
        (warehouses[name], sku): units
        for sku, product in given.get("products", {}).items()
        for name, units in product.get("shelf", {}).items()
    }


def minimum_levels(given: Mapping[str, Any]) -> dict[str, int]:
    """
    Return the minimum level of each product that a rule gives one.

    Raises:
        Wrong: when a product's rules do not agree.
    """
    levels: dict[str, int] = {}
    for index, rule in enumerate(given.get("rules", ())):
        if "min_level" not in rule:
            continue
        path = ("given", "rules", index, "min_level")
        for sku in [rule["product"]] if "product" in rule else given["products"]:
            if levels.setdefault(sku, rule["min_level"]) != rule["min_level"]:
                message = f"another rule gives {sku} the minimum level {levels[sku]}; a product has one"
                raise Wrong(message, path)
    return levels


def _listings(given: Mapping[str, Any], channels: Mapping[str, int]) -> Iterator[Document]:
    for name, channel_id in channels.items():
        for sku, listing in _listings_of(given, name):
            path = ("given", "channels", name, "listings", sku)
            if listing["product"] not in given["products"]:
                raise unknown("product", listing["product"], given["products"], path)
            flags = {key: listing[key] for key in ("active", "push_inventory") if key in listing}
            yield {"listing_sku": sku, "master_sku": listing["product"], "sales_channel": channel_id, **flags}


def _listings_of(given: Mapping[str, Any], channel: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for sku, listing in given["channels"][channel].get("listings", {}).items():
        yield sku, {"product": listing} if isinstance(listing, str) else listing


def _rules(given: Mapping[str, Any], channels: Mapping[str, int]) -> Iterator[Document]:
    seen: dict[tuple[object, object], int] = {}
    for index, rule in enumerate(given.get("rules", ())):
        path = ("given", "rules", index)
        for name in channels if rule["channel"] == "*" else [rule["channel"]]:
            if name not in channels:
                raise unknown("channel", name, ["*", *channels], (*path, "channel"))
            if "product" in rule and rule["product"] not in given["products"]:
                raise unknown("product", rule["product"], given["products"], (*path, "product"))
            if seen.setdefault((name, rule.get("product")), index) != index:
                raise Wrong(f"a second rule for the same on {name!r}", path)
            yield {"sales_channel": channels[name], **_master(rule), **rule_pairs(rule, path)}


def _master(rule: Mapping[str, Any]) -> Document:
    return {"master_sku": rule["product"]} if "product" in rule else {}


def rule_pairs(rule: Mapping[str, Any], path: Path) -> Document:
    """
    Return the normal pair of a rule and, if given, its minimum pair, in the words of the world file.

    Raises:
        Wrong: for a type without its value, or a percentage over 100.
    """
    kind = TYPES.get(rule.get("type", ""), rule.get("rule_type", "PERCENT_OF_AVAILABLE"))
    pairs: Document = {"rule_type": kind, "value": _share(kind, rule["value"], (*path, "value"))}
    if "min_value" not in rule:
        if "min_type" in rule or "min_rule_type" in rule:
            raise Wrong("min_type needs a min_value", path)
        return pairs
    least = TYPES.get(rule.get("min_type", ""), rule.get("min_rule_type", kind))
    return pairs | {"min_rule_type": least, "min_value": _share(least, rule["min_value"], (*path, "min_value"))}


def _share(kind: str, value: float, path: Path) -> float:
    if kind == "PERCENT_OF_AVAILABLE" and value > 100:
        raise Wrong(f"{value} percent is more than everything", path)
    if kind == "MAX_ALLOCATION" and value != int(value):
        raise Wrong("a cap is a whole number of units", path)
    return int(value) if value == int(value) else value


def _marketplacer(given: Mapping[str, Any], channels: Mapping[str, int]) -> Document:
    listed = [
        (channel_id, sku, listing)
        for name, channel_id in channels.items()
        for sku, listing in _listings_of(given, name)
    ]
    variants, inventories = [], []
    for number, (seller, sku, listing) in enumerate(listed, start=1):
        variants.append({"id": number, "advert_id": number, "sku": sku, "label": sku, "multi_store_owner": seller})
        inventories.append(
            {"variant": number, "seller": seller, "count_on_hand": 0, "infinite": listing.get("infinite", False)}
        )
    return {
        "sellers": [{"id": number, "name": name} for name, number in channels.items()],
        "multi_stores": [{"owner": number, "members": []} for number in channels.values()],
        "variants": variants,
        "inventories": inventories,
    }
