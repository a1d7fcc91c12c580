"""Reading the arguments of commands: present, of the right kind, and naming something that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.core.errors import Refused, nearest

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from mockserver.core.account import Account
    from mockserver.core.model import Listing, Product, SalesChannel, Warehouse

MOST_UNITS: Final = 1_000_000_000


def required(command: Mapping[str, Any], key: str) -> Any:
    """
    Return an argument that must be there.

    Raises:
        Refused: ``missing``.
    """
    if command.get(key) is None:
        raise Refused("missing", f"{key} is missing", field=key)
    return command[key]


def units(command: Mapping[str, Any], key: str, present: int | None = None, *, least: int = 0) -> int:
    """
    Return a whole number of units, or what is present when the key is left out.

    Raises:
        Refused: ``bad_units``.
    """
    if key not in command and present is not None:
        return present
    value = command.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST_UNITS:
        raise Refused("bad_units", f"{key} must be a whole number from {least} to {MOST_UNITS}", field=key, value=value)
    return value


def flag(command: Mapping[str, Any], key: str, *, present: bool) -> bool:
    """
    Return a boolean, or what is present when the key is left out.

    Raises:
        Refused: ``bad_flag``.
    """
    value = command.get(key, present)
    if not isinstance(value, bool):
        raise Refused("bad_flag", f"{key} must be true or false", field=key, value=value)
    return value


def identifier(command: Mapping[str, Any], key: str, known: Container[int] | Iterable[int]) -> int:
    """
    Return the id of something that exists.

    Raises:
        Refused: ``missing`` or ``unknown_`` and the key.
    """
    value = required(command, key)
    if isinstance(value, bool) or not isinstance(value, int) or value not in known:
        hint = nearest(value, known)  # type: ignore[arg-type]
        raise Refused(f"unknown_{key}", f"no {key.replace('_', ' ')} {value!r}", field=key, value=value, nearest=hint)
    return value


def channel_of(world: Account, command: Mapping[str, Any]) -> SalesChannel:
    """Return the sales channel that the command names."""
    return world.channels[identifier(command, "sales_channel", world.channels)]


def warehouse_of(world: Account, command: Mapping[str, Any]) -> Warehouse:
    """Return the warehouse that the command names."""
    return world.warehouses[identifier(command, "warehouse", world.warehouses)]


def product_of(world: Account, command: Mapping[str, Any]) -> Product:
    """
    Return the product whose master SKU the command names.

    Raises:
        Refused: ``unknown_master_sku`` with the nearest one.
    """
    sku = required(command, "master_sku")
    product = world.products.get(sku) if isinstance(sku, str) else None
    if product is None:
        hint = nearest(sku, world.products)
        raise Refused("unknown_master_sku", f"no master SKU {sku!r}", field="master_sku", value=sku, nearest=hint)
    return product


def listing_of(channel: SalesChannel, listing_sku: object) -> Listing:
    """
    Return a channel's listing; listing SKUs are compared exactly, capitals included (OM-PUSH-03).

    Raises:
        Refused: ``unknown_listing_sku`` with the nearest one.
    """
    listing = channel.by_sku.get(listing_sku) if isinstance(listing_sku, str) else None
    if listing is None:
        message = f"no listing SKU {listing_sku!r} on sales channel {channel.id}"
        hint = nearest(listing_sku, channel.by_sku)
        raise Refused("unknown_listing_sku", message, field="listing_sku", value=listing_sku, nearest=hint)
    return listing
