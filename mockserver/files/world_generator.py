"""
A believable catalogue of any size, as the bytes of a world file.

The same two numbers give the same bytes, everywhere: only whole numbers are drawn, in one order, from one seeded
generator. The text is made row by row, so a million listings need a few bytes of memory a product.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_LISTINGS: Final = 10_000_000
TOKEN: Final = "om-generated-token"  # noqa: S105 - a world of make-believe
_CHUNK_BYTES: Final = 1 << 16

_CORE, _BUNDLE, _PARENT = range(3)
_KINDS: Final = {_CORE: "CORE_PRODUCT", _BUNDLE: "BUNDLE_KIT", _PARENT: "VIRTUAL_PRODUCT"}
# Zipf's law over 1 to 6 listings a product: weights 1/k, times 60; the mean is 2.45.
_LISTINGS_OF_PRODUCT: Final = bytes(
    k for k, weight in enumerate((60, 30, 20, 15, 12, 10), start=1) for _ in range(weight)
)

_NOUNS: Final = ("TEE", "MUG", "LAMP", "CHAIR", "VASE", "SOCK", "TOWEL", "POSTER", "CANDLE", "BASKET", "CLOCK", "APRON")
_COLOURS: Final = ("BLUE", "RED", "OAK", "WHITE", "BLACK", "GREEN", "SAND", "CORAL")
_CHANNELS: Final = ((1, "Marketplacer", "MP"), (2, "Web shop", "WEB"), (3, "Amazon", "AMZ"), (4, "eBay", "EBY"))
_WAREHOUSE_TYPES: Final = ("DIRECT_FULFILLMENT", "THIRD_PARTY_LOGISTICS", "DROPSHIP_VENDOR")
_STOCK_SIZES: Final = (5, 20, 80, 400)


def generate(listings: int, seed: int) -> Iterator[bytes]:
    """
    Yield the world file with so many listings, as JSON text in pieces.

    Raises:
        ValueError: if ``listings`` is not between 1 and 10,000,000, or ``seed`` is negative.
    """
    if not 1 <= listings <= MAX_LISTINGS:
        raise ValueError(f"listings must lie between 1 and {MAX_LISTINGS}, not {listings}")
    if seed < 0:
        raise ValueError(f"seed must not be negative, as {seed} is")
    return _in_chunks(_Catalogue(listings, random.Random(seed)).lines(seed))  # noqa: S311 - repeatable, not secret


def generate_document(listings: int, seed: int) -> dict[str, Any]:
    """Return the same world as a document; for small worlds."""
    document: dict[str, Any] = orjson.loads(b"".join(generate(listings, seed)))
    return document


def _in_chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    chunk = bytearray()
    for piece in pieces:
        chunk += piece
        if len(chunk) >= _CHUNK_BYTES:
            yield bytes(chunk)
            chunk.clear()
    yield bytes(chunk)


@dataclass(slots=True)
class _Catalogue:
    """What every section of the file has to know: the kind and the number of listings of each product."""

    listings: int
    rng: random.Random
    kinds: bytearray = field(default_factory=bytearray)
    counts: bytearray = field(default_factory=bytearray)
    marketplace_skus: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        left = self.listings
        while left or len(self.kinds) < 3:  # three core products, so that every bundle finds its components
            kind = self._draw_kind()
            count = min(left, 0 if kind == _PARENT else _LISTINGS_OF_PRODUCT[self.rng.randrange(147)])
            self.kinds.append(kind)
            self.counts.append(count)
            left -= count

    def _draw_kind(self) -> int:
        roll = self.rng.randrange(100)
        if len(self.kinds) < 3 or roll >= 7:
            return _CORE
        return _PARENT if roll < 3 else _BUNDLE

    @property
    def warehouses(self) -> int:
        """About three for a thousand products, from two to eight."""
        return min(8, max(2, 3 * len(self.kinds) // 1000))

    def lines(self, seed: int) -> Iterator[bytes]:
        """Yield the file, one row a line."""
        head = {"format": "stockproof/world/1", "clock": "2026-01-05T09:00:00Z", "seed": seed, "readings": {}}
        yield orjson.dumps(head)[:-1] + b',\n"order_manager":{\n"tokens":[{"token":"' + TOKEN.encode() + b'"}]'
        yield from _section("warehouses", self._warehouses())
        yield from _section("sales_channels", self._sales_channels())
        yield from _section("products", self._products())
        yield from _section("stock", self._stock())
        yield from _section("listings", self._listings())
        yield from _section("rules", self._rules())
        yield b',\n"orders":[]},\n"marketplacer":{\n"sellers":' + orjson.dumps(list(_sellers()))
        yield b',\n"multi_stores":[{"owner":1,"members":[2,3]}]'
        yield from _section("variants", self._variants())
        yield from _section("inventories", self._inventories())
        yield b'},\n"links":[{"sales_channel":1,"seller":1}]}\n'

    def _warehouses(self) -> Iterator[dict[str, Any]]:
        for index in range(self.warehouses):
            kind = _WAREHOUSE_TYPES[index % 3]
            yield {"id": index + 1, "name": f"Warehouse {index + 1}", "type": kind, "strict_fifo": index % 3 == 1}

    def _sales_channels(self) -> Iterator[dict[str, Any]]:
        for channel, name, _ in _CHANNELS:
            excluded = [self.warehouses] if channel == 1 and self.warehouses >= len(_WAREHOUSE_TYPES) else []
            yield {"id": channel, "name": name, "excluded_warehouses": excluded}

    def _products(self) -> Iterator[dict[str, Any]]:
        family, children = 0, 0
        for index, kind in enumerate(self.kinds):
            row = {"id": index + 1, "master_sku": _sku(index), "name": _name(index), "type": _KINDS[kind]}
            if kind == _PARENT:
                family, children = index, self.rng.randrange(2, 6)
            elif kind == _BUNDLE:
                row["components"] = self._components()
            elif children:
                row["parent"] = _sku(family)
                children -= 1
            yield row | self._product_oddities()

    def _product_oddities(self) -> dict[str, Any]:
        roll = self.rng.randrange(100)
        if roll < 2:
            return {"excluded_warehouses": [self.rng.randrange(self.warehouses) + 1]}
        return {"active": False} if roll == 2 else {}

    def _components(self) -> list[dict[str, Any]]:
        wanted, chosen = self.rng.randrange(2, 4), dict[int, int]()
        while len(chosen) < wanted:
            index = self.rng.randrange(len(self.kinds))
            if self.kinds[index] == _CORE:
                chosen[index] = self.rng.randrange(1, 4)
        return [{"master_sku": _sku(index), "quantity": quantity} for index, quantity in chosen.items()]

    def _stock(self) -> Iterator[dict[str, Any]]:
        for index, kind in enumerate(self.kinds):
            for warehouse in self._places(kind):
                yield {"master_sku": _sku(index), "warehouse": warehouse, **self._levels()}

    def _places(self, kind: int) -> list[int]:
        """One or two warehouses for a core product; one in four bundles is prepackaged in one; parents have none."""
        if kind == _PARENT or (kind == _BUNDLE and self.rng.randrange(4)):
            return []
        wanted = 1 if kind == _BUNDLE else self.rng.randrange(1, 3)
        return self.rng.sample(range(1, self.warehouses + 1), wanted)

    def _levels(self) -> dict[str, Any]:
        rng = self.rng
        on_hand = rng.randrange(_STOCK_SIZES[rng.randrange(4)])
        row: dict[str, Any] = {
            "location": f"{chr(65 + rng.randrange(20))}-{rng.randrange(1, 100):02}",
            "on_hand": on_hand,
        }
        roll = rng.randrange(100)
        if roll < 15:
            row["minimum"] = rng.randrange(1, 25)
        elif roll < 20:
            row["locked"] = on_hand // 4
        elif roll < 25:
            row["in_transit"] = rng.randrange(1, 100)
        elif roll < 28:
            row["pickable" if roll < 27 else "active"] = False
        return row

    def _listings(self) -> Iterator[dict[str, Any]]:
        listing, on_marketplace = 0, 0
        for index, count in enumerate(self.counts):
            for channel, suffix in self._channels_of(count):
                listing += 1
                sku = f"{_sku(index)}-{suffix}"
                if channel == 1:
                    self._remember(sku, on_marketplace)
                    on_marketplace += 1
                row = {"id": listing, "listing_sku": sku, "master_sku": _sku(index), "sales_channel": channel}
                yield row | self._listing_oddities()

    def _channels_of(self, count: int) -> Iterator[tuple[int, str]]:
        """Spread a product's listings over the channels; only a fifth and sixth share one with another."""
        for position in self.rng.sample(range(4), min(count, 4)):
            yield _CHANNELS[position][0], _CHANNELS[position][2]
        for extra in range(4, count):
            channel, _, suffix = _CHANNELS[self.rng.randrange(4)]
            yield channel, f"{suffix}-{extra}"

    def _remember(self, sku: str, position: int) -> None:
        """Every hundredth listing of the marketplace's channel is a variant there."""
        if position % 100 == 0:
            self.marketplace_skus.append(sku)

    def _listing_oddities(self) -> dict[str, Any]:
        roll = self.rng.randrange(100)
        if roll < 2:
            return {"active": False}
        return {"push_inventory": False} if roll == 2 else {}

    def _rules(self) -> Iterator[dict[str, Any]]:
        for index, kind in enumerate(self.kinds):
            if kind != _PARENT and self.rng.randrange(10) == 0:
                yield {"master_sku": _sku(index), "sales_channel": self.rng.randrange(1, 5), **self._rule()}

    def _rule(self) -> dict[str, Any]:
        (kind, value), (min_kind, min_value) = self._rule_pair(), self._rule_pair()
        pair = {"rule_type": kind, "value": value}
        return pair | {"min_rule_type": min_kind, "min_value": min_value} if self.rng.randrange(2) else pair

    def _rule_pair(self) -> tuple[str, int]:
        if self.rng.randrange(2):
            return "PERCENT_OF_AVAILABLE", self.rng.randrange(1, 101)
        return "MAX_ALLOCATION", self.rng.randrange(51)

    def _variants(self) -> Iterator[dict[str, Any]]:
        for index, sku in enumerate(self.marketplace_skus, start=1):
            price = f"{self.rng.randrange(5, 500)}.{self.rng.randrange(10)}5"
            yield {"id": index, "advert_id": index, "sku": sku, "price": price, "multi_store_owner": 1}

    def _inventories(self) -> Iterator[dict[str, Any]]:
        for index in range(1, len(self.marketplace_skus) + 1):
            yield {"variant": index, "seller": 1, "count_on_hand": self.rng.randrange(50)}
            if self.rng.randrange(5) == 0:
                yield {"variant": index, "seller": 2, "infinite": self.rng.randrange(10) == 0}


def _section(name: str, rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    yield b',\n"' + name.encode() + b'":['
    separator = b"\n"
    for row in rows:
        yield separator + orjson.dumps(row)
        separator = b",\n"
    yield b"]"


def _sellers() -> Iterator[dict[str, Any]]:
    for seller, name in enumerate(("Parent", "First member", "Second member"), start=1):
        yield {"id": seller, "name": name, "api_key": f"mp-generated-key-{seller}"}


def _sku(index: int) -> str:
    return f"{_NOUNS[index % 12]}-{_COLOURS[index // 12 % 8]}-{index:07}"


def _name(index: int) -> str:
    return f"{_NOUNS[index % 12].capitalize()} {_COLOURS[index // 12 % 8].lower()} {index}"
