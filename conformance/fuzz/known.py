"""Values that the world knows, put where a made-up request names one, so that not every request meets nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from conformance.fuzz.stage import Document

Known = dict[str, list[Any]]
ESSENTIAL: Final = {
    "acknowledgeInventoryV12": {"salesChannelId": "saleschannelid"},
    "cancelOrder": {"orderId": "orderid"},
}
ESSENTIAL_SHARE: Final = 0.8


def known_values(document: Document) -> Known:
    """Return what the world knows by the name that a field or parameter has for it, letters only and lower case."""
    om, mp = document["order_manager"], document["marketplacer"]
    ids = {
        "warehouseid": om["warehouses"],
        "saleschannelid": om["sales_channels"],
        "productid": om["products"],
        "listingid": om["listings"],
        "advertid": mp["adverts"],
        "variantid": mp["variants"],
        "inventoryid": mp["inventories"],
        "invoiceid": mp["invoices"],
        "sellerid": mp["sellers"],
    }
    known: Known = {name: _first_often([row["id"] for row in rows]) for name, rows in ids.items()}
    skus = [row["master_sku"] for row in om["products"]]
    known |= dict.fromkeys(("mastersku", "sku", "productsku"), skus)
    known["listingsku"] = [row["listing_sku"] for row in om["listings"]]
    known["ordernumber"] = [row["order_number"] for row in om["orders"]]
    known["orderid"] = list(range(1, len(om["orders"]) + 1))
    known["shipmentid"] = known["lineitemid"] = known["orderitemid"] = known["orderlineid"] = [1, 2, 3, 4]
    known["warehousename"] = [row["name"] for row in om["warehouses"]]
    known["location"] = known["locationname"] = sorted({row.get("location", "") for row in om["stock"]})
    known["clientid"] = [row["app_key"] for row in om["apps"]]
    known["redirecturi"] = [row["redirect_uri"] for row in om["apps"]]
    known["include"] = ["variants", "line_items", "shipments", "customers"]
    known["quantity"] = known["quantityordered"] = [1, 1, 2, 5]
    known["countonhand"] = known["onhandquantity"] = [0, 1, 2, 50]
    known["price"], known["saleprice"] = [10, 25.5, 30], [5, 9.5, None]
    return known


def _first_often(ids: list[int]) -> list[int]:
    """Return the ids, the first half three times: the owner's records come first, strangers' last."""
    return ids + ids[: (len(ids) + 1) // 2] * 2


def with_known(values: Mapping[str, Any], known: Known, chance: Random, share: float) -> dict[str, Any]:
    """Return the values with a share of those that have a known name replaced, deep down too."""
    return {name: _value(name, value, known, chance, share) for name, value in values.items()}


def with_essential(operation_id: str, query: Mapping[str, Any], known: Known, chance: Random) -> dict[str, Any]:
    """Return the query with what the operation cannot do without, though its document lets it be left out."""
    added = {name: chance.choice(known[key]) for name, key in ESSENTIAL.get(operation_id, {}).items()}
    return {**added, **query} if chance.random() < ESSENTIAL_SHARE else dict(query)


def in_body(body: Any, known: Known, chance: Random, share: float) -> Any:
    """Return a body with a share of its known fields replaced."""
    if isinstance(body, dict):
        named = {_key(key, body, known, chance, share): value for key, value in body.items()}
        return with_known(named, known, chance, share)
    return [in_body(each, known, chance, share) for each in body] if isinstance(body, list) else body


def _value(name: str, value: Any, known: Known, chance: Random, share: float) -> Any:
    plain = "".join(letter for letter in name if letter.isalpha()).lower()
    choices = known.get(plain)
    if choices and not isinstance(value, dict | list) and chance.random() < share:
        return chance.choice(choices)
    if isinstance(value, list) and (choices := known.get(plain.removesuffix("s"))):
        return sorted({chance.choice(choices) for _ in value}) if chance.random() < share else value
    return in_body(value, known, chance, share)


def _key(key: str, body: Mapping[str, Any], known: Known, chance: Random, share: float) -> str:
    """Return the key, or a variant's id where keys are ids."""
    replaced = str(chance.choice(known["variantid"]))
    numeric = key.isdecimal() and replaced not in body
    return replaced if numeric and chance.random() < share else key
