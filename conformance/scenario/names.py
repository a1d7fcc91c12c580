"""The names of a world file: what warehouse, channel, product or listing a word of the scenario means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.scenario.problems import Wrong, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.scenario.problems import Path


@dataclass(frozen=True, slots=True)
class Names:
    """The things of a world by name; ``listings`` is channel id -> listing SKU -> listing row with its id."""

    warehouses: Mapping[int, str]
    channels: Mapping[int, str]
    products: Mapping[str, Mapping[str, Any]]
    listings: Mapping[int, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)

    def warehouse(self, word: object, path: Path) -> int:
        """Return the id of a warehouse, named by name or id."""
        return _found("warehouse", word, self.warehouses, path)

    def channel(self, word: object, path: Path) -> int:
        """Return the id of a sales channel, named by name or id."""
        return _found("channel", word, self.channels, path)

    def product(self, word: object, path: Path) -> str:
        """Return a master SKU that exists."""
        if word not in self.products:
            raise unknown("product", word, self.products, path)
        return str(word)

    def listing(self, channel: int, word: object, path: Path) -> int:
        """Return the id of a channel's listing."""
        listed = self.listings.get(channel, {})
        if word not in listed:
            raise unknown(f"listing of {self.channels[channel]}", word, listed, path)
        return int(listed[str(word)]["id"])

    def listing_anywhere(self, word: str, path: Path) -> int:
        """
        Return the id of a listing by its SKU, or by channel.SKU where several channels have it.

        Raises:
            Wrong: when there is none, or more than one.
        """
        found = [(number, listed[word]) for number, listed in self.listings.items() if word in listed]
        if len(found) > 1:
            several = ", ".join(f"{self.channels[number]}.{word}" for number, _ in found)
            raise Wrong(f"{word!r} is listed on several channels; write one of {several}", path)
        if found:
            return int(found[0][1]["id"])
        for number, name in self.channels.items():
            sku = word.removeprefix(f"{name}.")
            if sku != word and sku in self.listings.get(number, {}):
                return int(self.listings[number][sku]["id"])
        raise unknown("listing", word, [sku for listed in self.listings.values() for sku in listed], path)


def names_of(document: Mapping[str, Any]) -> Names:
    """Return the names of a world file; ids that it leaves out are assigned as the world assigns them."""
    account = document.get("order_manager", {})
    listings: dict[int, dict[str, Mapping[str, Any]]] = {}
    for row in _with_ids(account.get("listings", ())):
        listings.setdefault(row["sales_channel"], {})[row["listing_sku"]] = row
    return Names(
        warehouses={row["id"]: row["name"] for row in _with_ids(account.get("warehouses", ()))},
        channels={row["id"]: row["name"] for row in _with_ids(account.get("sales_channels", ()))},
        products={row["master_sku"]: row for row in account.get("products", ())},
        listings=listings,
    )


def _with_ids(rows: Any) -> list[dict[str, Any]]:
    """Return the rows with ids: those without one get 1, 2, 3 … in file order, passing over what is taken."""
    taken = {row["id"] for row in rows if "id" in row}
    filled, number = [], 0
    for row in rows:
        if "id" not in row:
            number += 1
            while number in taken:
                number += 1
            row = {**row, "id": number}
        filled.append(row)
    return filled


def _found(what: str, word: object, known: Mapping[int, str], path: Path) -> int:
    if isinstance(word, int) and word in known:
        return word
    if isinstance(word, str) and word.isdecimal() and word not in known.values() and int(word) in known:
        return int(word)
    named = [number for number, name in known.items() if name == word]
    if len(named) > 1:
        raise Wrong(f"several are named {word!r}; give the id", path)
    if not named:
        raise unknown(what, word, known.values(), path)
    return named[0]
