"""Marketplacer's legacy REST v2 for sellers: inventories first, and the routes that lead to them (MP-INV, MP-API)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import orjson

from mockserver.core.marketplace_values import ADVERT_EXTRAS, count_of
from mockserver.http.bodies import broken_rules, parse_json
from mockserver.http.exchange import Answer
from mockserver.http.failures import Failure
from mockserver.http.mp_common import (
    answer,
    attribute,
    done,
    id_of,
    malformed,
    marketplace_of,
    media_type_of,
    number_in_path,
    page_of,
    seller_of,
)
from mockserver.http.query import parsed_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mockserver.core.marketplace_model import Advert, Inventory, Variant
    from mockserver.http.exchange import Call

Json = dict[str, Any]

# As in wire.py: a cache, dropped as a whole rather than let it outgrow the world.
_MOST_FRAGMENTS: Final = 50_000


def variant_of(call: Call) -> Variant:
    """
    Return the variant that the path names, if the key may see it and it is of the advert that the path names.

    Raises:
        Failure: 404.
    """
    variant = marketplace_of(call).visible_variant(number_in_path(call, "variant_id"), seller_of(call))
    if "advert_id" in call.path and variant.advert_id != number_in_path(call, "advert_id"):
        raise Failure("not_found", "the advert has no such variant")
    return variant


# -- inventories -------------------------------------------------------------------------------------


def list_inventories(call: Call) -> Answer:
    """
    Answer the variant's inventories, to the owner and to members (MP-INV-01).

    Raises:
        Failure: 404 for a variant that is not the key's.
    """
    with call.world.lock:
        variant = variant_of(call)
        if variant.owner is None and call.option("mp.single-store-get") == "not-found":
            raise Failure("not_found", "the variant is not part of a multi-store")
        return _inventories(call, variant)


def _inventories(call: Call, variant: Variant) -> Answer:
    own_only = call.option("mp.member-reads") == "own" and seller_of(call) != variant.owner
    held = marketplace_of(call).ordered(variant)
    data = _encoded(call, [each for each in held if each.seller == seller_of(call)] if own_only else held)
    return Answer(200, b'{"data":[' + b",".join(data) + b"]}", media_type_of(call.world))


def _encoded(call: Call, inventories: Iterable[Inventory]) -> Iterator[bytes]:
    """Yield inventories as JSON; one whose values are those of the last time is not rendered again."""
    kept = call.world.inventory_fragments
    if len(kept) > _MOST_FRAGMENTS:
        kept.clear()
    for held in inventories:
        values = (held.count_on_hand, held.price, held.sale_price, held.infinite, held.seller, held.fulfilment_provider)
        last = kept.get(held.id)
        if last is None or last[0] != values:
            last = kept[held.id] = (values, orjson.dumps(inventory_json(call, held)))
        yield last[1]


def put_inventories(call: Call) -> Answer:
    """
    Merge records by seller: many for the owner, its own for a member; answer all inventories (MP-INV-03 to 08).

    Raises:
        Failure: 404 for a foreign variant, 415 for the wrong media type, 422 for a record that is refused.
    """
    with call.world.lock:
        variant = variant_of(call)
        records = _records(call)
        command = {"type": "inventories.put", "variant": variant.id, "by": seller_of(call), "records": records}
        done(call.world.run(command))
        return _inventories(call, variant)


def _records(call: Call) -> list[Json]:
    body = parse_json(call.request.body, malformed=malformed(call))
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, list):
        kind = "unprocessable" if call.option("mp.data-not-array") == "unprocessable" else "bad_request"
        raise Failure(kind, "data must be an array of inventories", source="data")
    for violation in broken_rules("mp-inventories-put", body):
        raise Failure("unprocessable", f"{violation.pointer}: {violation.message}", source=attribute(violation.pointer))
    return [_record(entry["attributes"]) for entry in data]


def _record(attributes: Mapping[str, Any]) -> Json:
    """Return the attributes that matter; a seller id that came as text is taken as the number it names."""
    record = {name: attributes[name] for name in _WRITABLE if name in attributes}
    if isinstance(record.get("seller_id"), str):
        record["seller_id"] = int(record["seller_id"])
    return record


_VARIANT_EXTRAS: Final = ("notes", "ean", "upc")
_WRITABLE: Final = ("count_on_hand", "price", "sale_price", "infinite", "seller_id", "fulfilment_provider")


def delete_inventory(call: Call) -> Answer:
    """
    Remove an inventory record; 204 without a body (MP-INV-11).

    Raises:
        Failure: 404 for what is not there or not the key's.
    """
    with call.world.lock:
        variant = variant_of(call)
        number = number_in_path(call, "inventory_id")
        command = {"type": "inventory.delete", "variant": variant.id, "by": seller_of(call), "inventory_id": number}
        done(call.world.run(command))
        return Answer(204, media_type=None)


def inventory_json(call: Call, held: Inventory) -> Json:
    """Return an inventory as the API writes it: prices as strings or null, an infinite record without count."""
    attributes: Json = {
        "count_on_hand": held.count_on_hand,
        "price": _price_text(call, held.price),
        "sale_price": _price_text(call, held.sale_price),
        "infinite": held.infinite,
        "seller_id": held.seller,
        "fulfilment_provider": held.fulfilment_provider,
    }
    how = call.option("mp.infinite-record")
    if held.infinite and how != "shows":
        for name in ("count_on_hand", "price", "sale_price"):
            attributes[name] = None
            if how == "omits":
                del attributes[name]
    return {"id": id_of(call, held.id), "type": "inventories", "attributes": attributes}


def _price_text(call: Call, price: Decimal | None) -> str | None:
    if price is None:
        return None
    text = f"{price:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    whole = call.option("mp.price-text") == "one-decimal" and "." not in text
    return f"{text}.0" if whole else text


# -- what leads to inventories -----------------------------------------------------------------------


def list_memberships(call: Call) -> Answer:
    """Answer the members of the multi-store that the key's seller owns; nothing for anybody else (MP-API-05)."""
    with call.world.lock:
        marketplace, owner = marketplace_of(call), seller_of(call)
        members = marketplace.multi_stores.get(owner, ())
        data = [
            {
                "id": id_of(call, position),
                "type": "multi_store_memberships",
                "attributes": {"seller_id": member, "seller_name": marketplace.sellers[member].name},
            }
            for position, member in enumerate(members, start=1)
        ]
        return answer(call, {"data": data})


def list_variants(call: Call) -> Answer:
    """Answer the variants that the key may see, filtered by sku, barcode or external id, in pages."""
    query = parsed_query(call.operation, call.request.query)
    with call.world.lock:
        found = [variant for variant in _visible(call) if _fits(variant, query)]
        return page_of(call, query, found, variant_json)


def list_advert_variants(call: Call) -> Answer:
    """
    Answer the variants of one advert, in pages.

    Raises:
        Failure: 404 for an advert that is not the key's.
    """
    query = parsed_query(call.operation, call.request.query)
    with call.world.lock:
        _, variants = advert_of(call)
        return page_of(call, query, variants, variant_json)


def get_variant(call: Call) -> Answer:
    """
    Answer one variant; as an object or as an array of one, the pages disagree.

    Raises:
        Failure: 404 for a variant that is not the key's, or not of the advert.
    """
    with call.world.lock:
        return one_variant(call, variant_of(call))


def one_variant(call: Call, variant: Variant) -> Answer:
    """Answer one variant in the form of the reading mp.variant-one."""
    data = variant_json(call, variant)
    return answer(call, {"data": [data] if call.option("mp.variant-one") == "array" else data})


def set_stock_on_hand(call: Call) -> Answer:
    """
    Set the counts of several variants at once, all or nothing; 201 with an empty body.

    Raises:
        Failure: 422 for a bad value, 404 for a variant that is not the key's.
    """
    body = parse_json(call.request.body, malformed=malformed(call))
    for violation in broken_rules("mp-stock-on-hand-request", body):
        raise Failure("unprocessable", f"{violation.pointer}: {violation.message}", source="count_on_hand")
    counts = {str(int(variant)): _count(call, value) for variant, value in body["count_on_hand"].items()}
    with call.world.lock:
        done(call.world.run({"type": "variants.set_counts", "by": seller_of(call), "counts": counts}))
    return Answer(201, media_type=None)


def _count(call: Call, value: float | str) -> int | None:
    """Return the count that a value means; None for the word INFINITE, the only one that the schema lets through."""
    if isinstance(value, str):
        return None
    return count_of("count_on_hand", {"count_on_hand": value}, 0, call.world.world.readings)


def list_adverts(call: Call) -> Answer:
    """Answer the adverts that the key may see; sku and barcode match any of its variants."""
    query = parsed_query(call.operation, call.request.query)
    with call.world.lock:
        by_advert: dict[int, list[Variant]] = {each: [] for each in _named(call)}
        for variant in _visible(call):
            by_advert.setdefault(variant.advert_id, []).append(variant)
        adverts = marketplace_of(call).adverts
        found = [adverts[each] for each in sorted(by_advert) if _fits_advert(adverts[each], by_advert[each], query)]
        return page_of(call, query, found, lambda _, advert: advert_json(call, advert, by_advert[advert.id]))


def get_advert(call: Call) -> Answer:
    """
    Answer one advert; ``include=variants`` brings its variants along.

    Raises:
        Failure: 404 for an advert that is not the key's.
    """
    query = parsed_query(call.operation, call.request.query)
    with call.world.lock:
        advert, variants = advert_of(call)
        body: Json = {"data": advert_json(call, advert, variants)}
        if "variants" in (query["include"] or "").split(","):
            body["included"] = [variant_json(call, variant) for variant in variants]
        return answer(call, body)


def advert_of(call: Call) -> tuple[Advert, list[Variant]]:
    """
    Return the advert that the path names, if the key may see it, with those of its variants that it may see.

    Raises:
        Failure: 404.
    """
    number = number_in_path(call, "advert_id")
    variants = [variant for variant in _visible(call) if variant.advert_id == number]
    if not variants and number not in _named(call):
        raise Failure("not_found", f"no advert {number} belongs to the key")
    return marketplace_of(call).adverts[number], variants


def _named(call: Call) -> set[int]:
    """Return the adverts that name the key's seller, or a multi-store that it belongs to, as theirs."""
    marketplace, seller = marketplace_of(call), seller_of(call)
    stores = {owner for owner, members in marketplace.multi_stores.items() if seller in (owner, *members)}
    return {
        advert.id
        for advert in marketplace.adverts.values()
        if advert.details.get("seller") == seller or advert.details.get("multi_store_owner") in stores
    }


def _visible(call: Call) -> list[Variant]:
    marketplace, seller = marketplace_of(call), seller_of(call)
    return [
        marketplace.variants[each]
        for each in sorted(marketplace.variants)
        if marketplace.is_visible(marketplace.variants[each], seller)
    ]


def _fits(variant: Variant, query: Mapping[str, Any]) -> bool:
    return (
        query["sku"] in (None, variant.sku)
        and query["barcode"] in (None, variant.details.get("barcode"))
        and query["external_id"] in (None, variant.details.get("external_id"))
    )


def _fits_advert(advert: Advert, variants: Sequence[Variant], query: Mapping[str, Any]) -> bool:
    own = {"sku": query["sku"], "barcode": query["barcode"], "external_id": None}
    by_variant = own["sku"] == own["barcode"] is None or any(_fits(variant, own) for variant in variants)
    return by_variant and query["external_id"] in (None, advert.details.get("external_id"))


def variant_json(call: Call, variant: Variant) -> Json:
    """Return a variant as the API writes it; its prices are numbers, unlike an inventory's."""
    attributes = {
        "count_on_hand": marketplace_of(call).count_of(variant),
        "infinite": variant.infinite,
        "sku": variant.sku,
        "barcode": variant.details.get("barcode"),
        "external_id": variant.details.get("external_id"),
        "label": variant.details.get("label"),
        "price": _price_number(variant.price),
        "sale_price": _price_number(variant.sale_price),
        **{name: variant.details[name] for name in _VARIANT_EXTRAS if name in variant.details},
    }
    advert = {"data": {"id": id_of(call, variant.advert_id), "type": "adverts"}}
    return {
        "id": id_of(call, variant.id),
        "type": "variants",
        "attributes": attributes,
        "relationships": {"advert": advert},
    }


def _price_number(price: Decimal | None) -> float | int | None:
    if price is None:
        return None
    return int(price) if price == price.to_integral_value() else float(price)


def advert_json(call: Call, advert: Advert, variants: Iterable[Variant]) -> Json:
    """Return an advert as the API writes it; its price is a string with a decimal point."""
    listed = list(variants)
    details = advert.details
    first = listed[0] if listed else None
    attributes = {
        "title": details.get("title") or (first and (first.details.get("label") or first.sku)) or "",
        "description": details.get("description"),
        "price": _advert_price(details.get("price"), first.price if first else None),
        "sale_price": _advert_price(details.get("sale_price"), first.sale_price if first else None),
        "published": details.get("published", True),
        "external_id": details.get("external_id"),
        **{name: details[name] for name in ADVERT_EXTRAS if name in details},
    }
    related = [{"id": id_of(call, variant.id), "type": "variants"} for variant in listed]
    return {
        "id": id_of(call, advert.id),
        "type": "adverts",
        "attributes": attributes,
        "relationships": {"variants": {"data": related}},
        "links": {"self": f"{call.request.base_url}/api/v2/client/adverts/{advert.id}"},
    }


def _advert_price(given: str | None, fallback: Decimal | None) -> str | None:
    price = Decimal(given) if given is not None else fallback
    if price is None:
        return None
    text = f"{price:f}"
    return text if "." in text else f"{text}.0"
