"""Values of the commands for people that need more than a number or a text."""

from __future__ import annotations

import re
from typing import Final

import click

_NUMBER: Final = re.compile(r"[0-9]{1,10}(\.[0-9]{1,6})?")
_UNITS: Final = re.compile(r"[0-9]{1,10}")


def order_line(text: str) -> dict[str, object]:
    """
    Return the line that ``LISTING_SKU:QUANTITY`` means. The last colon counts: a SKU may have some of its own.

    Raises:
        click.BadParameter: for anything else.
    """
    sku, _, quantity = text.rpartition(":")
    if not sku or not _UNITS.fullmatch(quantity):
        raise click.BadParameter(f"{text!r} is not LISTING_SKU:QUANTITY, such as TEE-BLUE-S-MP:2")
    return {"listing_sku": sku, "quantity": int(quantity)}


def percentage(text: str) -> int | float:
    """
    Return a percentage, a whole number where it is one.

    Raises:
        click.BadParameter: for anything but a decimal number from 0.
    """
    if not _NUMBER.fullmatch(text):
        raise click.BadParameter(f"{text!r} is not a percentage such as 50 or 33.33")
    number = float(text)
    return int(number) if number.is_integer() else number


def duration(text: str) -> str:
    """
    Return an ISO 8601 duration as it stands.

    Raises:
        click.BadParameter: when it is none.
    """
    from mockserver.core.instants import parse_duration

    try:
        parse_duration(text)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{text!r} is not a duration such as PT15M, PT1H30M or P1D") from None
    return text
