"""Writing adverts and their variants with the key of one seller, ``by`` (MP-API-06)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from mockserver.core.arguments import identifier, required
from mockserver.core.errors import Refused, nearest
from mockserver.core.marketplace_model import Advert, Variant
from mockserver.core.marketplace_values import (
    ADVERT_COSTS,
    ADVERT_TEXTS,
    SALE_TYPES,
    VARIANT_TEXTS,
    check_prices,
    flag_of,
    name_of,
    price_of,
    text_of,
    texts_of,
    variant_count,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.core.account import Account

Details = dict[str, Any]

PRICES: Final = ("price", "sale_price")
ADVERT_ATTRIBUTES: Final = ("title", *PRICES, "published", "sale_type", *ADVERT_TEXTS, *ADVERT_COSTS)
VARIANT_ATTRIBUTES: Final = ("count_on_hand", "infinite", "sku", *PRICES, *VARIANT_TEXTS)
_NEEDED: Final = ("title", "description", "price", "condition")


# -- adverts -------------------------------------------------------------------------------------------


def advert_create(world: Account, command: Mapping[str, Any]) -> object:
    """Make an advert of the seller, or of the multi-store that it owns; returns its id."""
    market = world.marketplace
    by = identifier(command, "by", market.sellers)
    given = required(command, "attributes")
    _check_needed(given, _NEEDED)
    details = _advert_details({}, given, world.readings)
    if details.get("published") and world.readings["mp.create-published"] == "refused":
        raise _nothing_to_publish()
    shared = by in market.multi_stores and world.readings["mp.owner-advert"] == "multi-store"
    holder = {"multi_store_owner" if shared else "seller": by}
    advert = Advert(world.next_id("advert"), {**details, "published": False, **holder})
    market.adverts[advert.id] = advert
    market.note("ADVERT", "create", advert)
    return {"advert": advert.id}


def advert_put(world: Account, command: Mapping[str, Any]) -> object:
    """Change what is given of an advert; the rest stays, as documented."""
    advert, given = _own_advert(world, command), required(command, "attributes")
    _check_needed(given, [name for name in _NEEDED if name in given])
    details = _advert_details(advert.details, given, world.readings)
    if given.get("published") and not world.marketplace.variants_of(advert.id):
        raise _nothing_to_publish()
    advert.details = _kept_by_itself(world, advert, details)
    world.marketplace.note("ADVERT", "update", advert)
    return None


def advert_delete(world: Account, command: Mapping[str, Any]) -> object:
    """Remove an advert with its variants and their inventories."""
    market, advert = world.marketplace, _own_advert(world, command)
    advert.details = _kept_by_itself(world, advert, advert.details)
    for variant in market.variants_of(advert.id):
        del market.variants[variant.id]
        market.note("VARIANT", "destroy", variant)
    del market.adverts[advert.id]
    market.note("ADVERT", "destroy", advert)
    return None


def _own_advert(world: Account, command: Mapping[str, Any]) -> Advert:
    """Return the advert that the command names, if the seller may write it."""
    market, by = world.marketplace, identifier(command, "by", world.marketplace.sellers)
    advert = market.visible_advert(required(command, "advert"), by)
    market.refuse_members(tuple(market.holder_of(advert).values()), by, "advert", advert.id)
    return advert


def _check_needed(given: Mapping[str, Any], names: Any) -> None:
    for name in names:
        if given.get(name) is None or str(given[name]).strip() == "":
            raise Refused("unprocessable", f"{name} must be given and not be blank", field=name)


def _nothing_to_publish() -> Refused:
    return Refused("unprocessable", "an advert without variants cannot be published", field="published", value=True)


def _advert_details(present: Mapping[str, Any], given: Mapping[str, Any], readings: Mapping[str, str]) -> Details:
    """Return an advert's details with what is given written over them."""
    # Prices are answered as text here, and what was read may be sent back.
    lenient = {**readings, "mp.string-price": "accepted"}
    amounts = {name: _amount(name, given, present, lenient) for name in (*PRICES, *ADVERT_COSTS)}
    if any(name in given for name in PRICES):
        check_prices(amounts["price"], amounts["sale_price"], readings)
    details = {key: value for key, value in present.items() if key not in (*ADVERT_TEXTS, *amounts)}
    details |= texts_of(ADVERT_TEXTS, given, present)
    details |= {name: format(amount, "f") for name, amount in amounts.items() if amount is not None}
    if "title" in given:
        details["title"] = name_of("title", given["title"])
    if "published" in given:
        details["published"] = flag_of("published", given, False)  # noqa: FBT003 - what is present
    return _with_sale_type(details, given)


def _amount(
    name: str, given: Mapping[str, Any], present: Mapping[str, Any], readings: Mapping[str, str]
) -> Decimal | None:
    held = present.get(name)
    return price_of(name, given, None if held is None else Decimal(held), readings)


def _with_sale_type(details: Details, given: Mapping[str, Any]) -> Details:
    sale_type = given.get("sale_type")
    if "sale_type" in given and sale_type is None:
        details.pop("sale_type", None)
    elif sale_type is not None:
        if sale_type not in SALE_TYPES:
            hint = nearest(sale_type, SALE_TYPES)
            message = f"sale_type must be one of {', '.join(SALE_TYPES)}"
            raise Refused("unprocessable", message, field="sale_type", value=sale_type, nearest=hint)
        details["sale_type"] = sale_type
    return details


def _kept_by_itself(world: Account, advert: Advert, details: Mapping[str, Any]) -> Details:
    """Return the details with holder and title, which an advert that only variants name has from them."""
    kept = {**details, **world.marketplace.holder_of(advert)}
    if "title" not in kept:
        first = world.marketplace.variants_of(advert.id)[0]
        kept["title"] = first.details.get("label") or first.sku or f"Advert {advert.id}"
    return kept


# -- variants ------------------------------------------------------------------------------------------


def variant_create(world: Account, command: Mapping[str, Any]) -> object:
    """Make a variant of an advert, the seller's own or the multi-store's as the advert is; returns its id."""
    market, advert, given = world.marketplace, _own_advert(world, command), required(command, "attributes")
    _check_needed(given, ("count_on_hand",))
    holder = market.holder_of(advert)
    blank = Variant(0, advert.id, "", holder.get("multi_store_owner"), holder.get("seller"))
    made = replace(_written(world, blank, given), id=world.next_id("variant"), inventories={})
    market.variants[made.id] = made
    market.note("VARIANT", "create", made)
    return {"variant": made.id}


def variant_put(world: Account, command: Mapping[str, Any]) -> object:
    """Change what is given of a variant; the rest stays, as documented."""
    market, variant, given = world.marketplace, _own_variant(world, command), required(command, "attributes")
    is_refused = world.readings["mp.multi-store-variant-count"] == "refused"
    if "count_on_hand" in given and is_refused and _is_summed(world, variant):
        message = "the count of a multi-store variant is the sum of its inventories"
        raise Refused("unprocessable", message, field="count_on_hand", value=given["count_on_hand"])
    written = market.variants[variant.id] = _written(world, variant, given)
    market.note("VARIANT", "update", written)
    return None


def variant_delete(world: Account, command: Mapping[str, Any]) -> object:
    """Remove a variant with its inventories; what becomes of an advert without any is the reading mp.last-variant."""
    market, variant = world.marketplace, _own_variant(world, command)
    advert = market.adverts[variant.advert_id]
    if len(market.variants_of(advert.id)) == 1:
        _leave_bare(world, advert)
    del market.variants[variant.id]
    market.note("VARIANT", "destroy", variant)
    return None


def _leave_bare(world: Account, advert: Advert) -> None:
    """Ready an advert for losing its last variant."""
    how, is_published = world.readings["mp.last-variant"], advert.details.get("published", True)
    if how == "refused" and is_published:
        raise Refused("unprocessable", "a published advert keeps a variant", field="variant")
    kept = _kept_by_itself(world, advert, advert.details)
    advert.details = {**kept, "published": False} if how == "unpublished" else kept


def _own_variant(world: Account, command: Mapping[str, Any]) -> Variant:
    """Return the variant that the command names, if the seller may write it."""
    market, by = world.marketplace, identifier(command, "by", world.marketplace.sellers)
    variant = market.visible_variant(required(command, "variant"), by)
    market.refuse_members((variant.owner, variant.seller), by, "variant", variant.id)
    return variant


def _is_summed(world: Account, variant: Variant) -> bool:
    return variant.owner is not None and world.readings["mp.multi-store-count"] == "sum"


def _written(world: Account, variant: Variant, given: Mapping[str, Any]) -> Variant:
    """Return the variant with what is given written over it; nothing has changed yet."""
    readings = world.readings
    price, sale_price = (price_of(name, given, getattr(variant, name), readings) for name in PRICES)
    if any(name in given for name in PRICES):
        check_prices(price, sale_price, readings)
    finite = "count_on_hand" in given and readings["mp.count-on-infinite"] == "becomes-finite"
    count = variant_count(given, variant.count_on_hand, readings)
    kept = {key: value for key, value in variant.details.items() if key not in VARIANT_TEXTS}
    return replace(
        variant,
        sku=_sku(given, variant.sku),
        count_on_hand=variant.count_on_hand if _is_summed(world, variant) else count,
        infinite=flag_of("infinite", given, False if finite else variant.infinite),
        price=price,
        sale_price=sale_price,
        details=kept | texts_of(VARIANT_TEXTS, given, variant.details),
    )


def _sku(given: Mapping[str, Any], present: str) -> str:
    """Return the SKU; null and empty text mean that there is none."""
    if "sku" not in given:
        return present
    sku = "" if given["sku"] is None else text_of("sku", given, "")
    return name_of("sku", sku) if sku else ""
