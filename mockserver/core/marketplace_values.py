"""Reading what is written to the marketplace: counts, prices, flags and text, each judged by its reading."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from math import floor, isfinite
from typing import TYPE_CHECKING, Any, Final

from mockserver.core.errors import Refused
from mockserver.core.marketplace_model import Inventory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_UNITS: Final = 1_000_000_000
# What an advert or a variant may carry beside its prices and counts; kept as written.
ADVERT_TEXTS: Final = (
    "description", "condition", "external_id", "code", "notes", "specifications", "gender", "youtube_video_url",
)  # fmt: skip
ADVERT_COSTS: Final = ("domestic_shipping_cost", "international_shipping_cost")
ADVERT_EXTRAS: Final = (
    "condition", "sale_type", "code", "notes", "specifications", "gender", "youtube_video_url", *ADVERT_COSTS,
)  # fmt: skip
VARIANT_TEXTS: Final = ("barcode", "external_id", "notes", "ean", "upc")
SALE_TYPES: Final = (
    "buy_online", "buy_online_only", "buy_online_or_click_and_collect", "click_and_collect", "classified", "hire",
    "in_store",
)  # fmt: skip
_MOST_DIGITS: Final = 18
_LONGEST_TEXT: Final = 10_000
_LONGEST_NAME: Final = 255
_LAST_CONTROL: Final = "\x1f"
_DIGITS: Final = re.compile(r"-?[0-9]{1,12}")


def merged(present: Inventory | None, seller: int, record: Mapping[str, Any], readings: Mapping[str, str]) -> Inventory:
    """
    Return the inventory that results from writing a record over what is present; absent keys keep their value.

    Raises:
        Refused: ``unprocessable`` with the attribute that is wrong.
    """
    base = present or Inventory(id=0, seller=seller)
    countless = present is None and "count_on_hand" not in record and not record.get("infinite")
    if countless and readings["mp.create-without-count"] == "refused":
        raise Refused("unprocessable", "count_on_hand must be given", field="count_on_hand", value=None)
    if readings["mp.omitted-attribute"] == "reset":
        base = Inventory(id=base.id, seller=seller)
    price = price_of("price", record, base.price, readings)
    sale_price = price_of("sale_price", record, base.sale_price, readings)
    if "price" in record or "sale_price" in record:
        check_prices(price, sale_price, readings)
    finite = "count_on_hand" in record and readings["mp.count-on-infinite"] == "becomes-finite"
    return Inventory(
        id=base.id,
        seller=seller,
        count_on_hand=count_of("count_on_hand", record, base.count_on_hand, readings),
        price=price,
        sale_price=sale_price,
        infinite=flag_of("infinite", record, False if finite else base.infinite),
        fulfilment_provider=text_of("fulfilment_provider", record, base.fulfilment_provider),
    )


def count_of(name: str, record: Mapping[str, Any], present: int, readings: Mapping[str, str]) -> int:
    """Return a whole, non-negative count from a record, or what is present."""
    if name not in record:
        return present
    value = record[name]
    if isinstance(value, float) and isfinite(value) and readings["mp.bad-count"] == "coerced":
        value = floor(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused("unprocessable", f"{name} must be a whole number", field=name, value=value)
    if value < 0 and readings["mp.bad-count"] == "coerced":
        return 0
    if not 0 <= value <= MOST_UNITS:
        raise Refused("unprocessable", f"{name} must lie between 0 and {MOST_UNITS}", field=name, value=value)
    return value


def flag_of(name: str, record: Mapping[str, Any], present: bool) -> bool:  # noqa: FBT001 - the value itself
    """Return a boolean from a record, or what is present."""
    value = record.get(name, present)
    if not isinstance(value, bool):
        raise Refused("unprocessable", f"{name} must be true or false", field=name, value=value)
    return value


def text_of(name: str, record: Mapping[str, Any], present: str) -> str:
    """Return a string from a record, or what is present."""
    value = record.get(name, present)
    if not isinstance(value, str):
        raise Refused("unprocessable", f"{name} must be a string", field=name, value=value)
    if len(value) > _LONGEST_TEXT or "\x00" in value:
        raise Refused("unprocessable", f"{name} must have at most {_LONGEST_TEXT} characters and no NUL", field=name)
    return value


def name_of(name: str, value: object) -> str:
    """Return a name of one line: 1 to 255 characters, not all blank, no control characters."""
    is_name = isinstance(value, str) and len(value) <= _LONGEST_NAME and all(each > _LAST_CONTROL for each in value)
    if not is_name or not str(value).replace("\ufeff", "").strip():
        message = f"{name} must have 1 to {_LONGEST_NAME} characters, not all blank, no control characters"
        raise Refused("unprocessable", message, field=name)
    return str(value)


def texts_of(names: Iterable[str], record: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the names that a record or what is present gives a text; null takes one away."""
    found = {name: text_of(name, record, present[name]) for name in names if name in present and name not in record}
    return found | {name: text_of(name, record, "") for name in names if record.get(name) is not None}


def variant_count(record: Mapping[str, Any], present: int, readings: Mapping[str, str]) -> int:
    """Return the count that a variant is written with; digits as text are a reading (mp.count-text)."""
    value = record.get("count_on_hand")
    if isinstance(value, str):
        if readings["mp.count-text"] == "refused" or not _DIGITS.fullmatch(value):
            raise Refused("unprocessable", "count_on_hand must be a whole number", field="count_on_hand", value=value)
        record = {"count_on_hand": int(value)}
    return count_of("count_on_hand", record, present, readings)


def price_of(
    name: str, record: Mapping[str, Any], present: Decimal | None, readings: Mapping[str, str]
) -> Decimal | None:
    """Return a price from a record, or what is present; prices go in as numbers (MP-INV-08), null clears."""
    if name not in record:
        return present
    value = record[name]
    if value is None:
        return _null_price(name, present, readings)
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise Refused("unprocessable", f"{name} must be a number", field=name, value=value)
    if isinstance(value, str) and readings["mp.string-price"] == "refused":
        raise Refused("unprocessable", f"{name} must be a number, not a string", field=name, value=value)
    try:
        price = Decimal(str(value))
    except InvalidOperation:
        raise Refused("unprocessable", f"{name} must be a number", field=name, value=value) from None
    return _bounded(name, price, value, readings)


def _bounded(name: str, price: Decimal, value: object, readings: Mapping[str, str]) -> Decimal:
    digits = price.as_tuple()
    if not price.is_finite() or price.adjusted() > _MOST_DIGITS or int(digits.exponent) < -_MOST_DIGITS:
        raise Refused("unprocessable", f"{name} is out of range", field=name, value=value)
    if price < 0 and readings["mp.bad-price"] == "refused":
        raise Refused("unprocessable", f"{name} must not be negative", field=name, value=value)
    return price


def _null_price(name: str, present: Decimal | None, readings: Mapping[str, str]) -> Decimal | None:
    how = readings["mp.null-price"]
    if how == "refused":
        raise Refused("unprocessable", f"{name} must be a number", field=name, value=None)
    return None if how == "clears" else present


def check_prices(price: Decimal | None, sale_price: Decimal | None, readings: Mapping[str, str]) -> None:
    """Refuse a sale price that is not below the price, unless the reading mp.bad-price takes it."""
    if readings["mp.bad-price"] == "accepted" or price is None or sale_price is None:
        return
    if sale_price >= price:
        message = f"sale_price must be below price {price}"
        raise Refused("unprocessable", message, field="sale_price", value=str(sale_price))
