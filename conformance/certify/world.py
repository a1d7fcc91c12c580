"""
The world an integration is certified in, built from one table of products.

Each product has one listing on the sales channel under certification, with the figure worked out by hand beside it, and
shows something else on the marketplace. Which check a listing belongs to says why it is there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

CHANNEL: Final = 5394
SHOP: Final = 5401  # another sales channel over the same stock
EAST: Final = 1
WEST: Final = 2  # excluded for the channel under certification
OWNER, MEMBER, SECOND_MEMBER = 1, 2, 3
SHOWN_AT_FIRST: Final = 99  # more than there is of anything: what is not synced can be oversold
OTHERS_SHOW: Final = 50
SHOP_PREFIX: Final = "SHOP-"

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """
    One product and its listing.

    ``figure`` is what the channel may show at the start, by hand. ``subject`` names the check that the listing is there
    for, without its prefix. ``variant`` is the marketplace's SKU where it differs, None where the marketplace has none.
    """

    sku: str
    figure: int
    on_hand: int
    subject: str = "figures-match"
    locked: int = 0
    west: int = 0
    rule: dict[str, Any] = field(default_factory=dict)
    variant: str | None = ""
    record: dict[str, Any] | None = field(default_factory=dict)
    listing: dict[str, Any] = field(default_factory=dict)
    on_shop_too: bool = False
    pooled: bool = False

    @property
    def master_sku(self) -> str:
        """The product behind the listing; never the same text, so that nobody takes one for the other."""
        return f"P-{self.sku}"

    @property
    def variant_sku(self) -> str | None:
        """The SKU that the marketplace has for it, or None."""
        return self.sku if self.variant == "" else self.variant


HALF: Final = {"rule_type": "PERCENT_OF_AVAILABLE", "value": 50}
AT_MOST_4: Final = {"rule_type": "MAX_ALLOCATION", "value": 4}

PLAIN: Final = tuple(Item(f"PLAIN-{number}", 10 * number, 10 * number) for number in range(1, 5))
POOL: Final = Item("POOL-TOY", 10, 10, pooled=True)

ITEMS: Final = (
    *PLAIN,
    # Each of these SKUs contains the next one, so that the one that is meant is never the filter's first.
    Item("TEE-BLUE-S-2", 14, 14, "sku-substring"),
    Item("TEE-BLUE-S", 13, 13, "sku-substring"),
    Item("TEE-BLUE", 12, 12, "sku-substring"),
    Item("TEE", 11, 11, "sku-substring"),
    # And each of these is part of the next one.
    Item("MAT", 15, 15, "sku-substring"),
    Item("MAT-LONG", 16, 16, "sku-substring"),
    Item("cap-red", 22, 22, "sku-case"),
    Item("CAP-RED", 21, 21, "sku-case"),
    Item("Tasse Ø 8 cm, weiß", 41, 41, "sku-unicode"),
    Item("A&B+C/50%#1?=x", 42, 42, "sku-unicode"),
    Item("茶碗 青", 43, 43, "sku-unicode"),
    Item("POSTER-OFF", 6, 6, "push-off-left-alone", listing={"push_inventory": False}),
    Item("CANDLE-GONE", 7, 7, "inactive-left-alone", listing={"active": False}),
    Item("MUG-NONE", 0, 0, "zero-is-sent"),
    Item("JUG-SELLS-OUT", 18, 18, "zero-is-sent"),
    Item("MUG-ALL-LOCKED", 0, 20, "zero-is-sent", locked=20),
    Item("LAMP-LOCKED", 32, 40, "channel-figure", locked=8),
    Item("RUG-HALF", 7, 15, "channel-figure", rule=HALF),
    Item("VASE-CAPPED", 4, 30, "channel-figure", rule=AT_MOST_4),
    Item("CHAIR-EAST", 5, 5, "channel-figure", west=50),
    Item("TWO-CHANNELS-1", 10, 20, "own-channel-only", rule=HALF, on_shop_too=True),
    Item("TWO-CHANNELS-2", 4, 24, "own-channel-only", rule=AT_MOST_4, on_shop_too=True),
    Item("BOOK-PRICED", 17, 17, "price-kept", record={"price": "27.38", "sale_price": "21.99"}),
    Item("INK-ENDLESS", 3, 3, "infinite-kept", record={"infinite": True}),
    Item("STOOL-NEW", 9, 9, "figures-match", record=None),  # the seller has no record of it yet
)
GHOST: Final = Item("GHOST", 5, 5, "unknown-sku", variant=None)
NEAR_MISS: Final = Item(
    "SCARF", 31, 31, "near-miss", variant="Scarf"
)  # the marketplace has another SKU than the listing


@dataclass(frozen=True, slots=True)
class Account:
    """A world file with the numbers by which its listings and variants go."""

    document: Document
    items: tuple[Item, ...]
    seller: int
    listing_ids: dict[str, int]
    variant_ids: dict[str, int]

    def item(self, sku: str) -> Item:
        """Return the item with a listing SKU."""
        return next(each for each in self.items if each.sku == sku)

    def about(self, subject: str) -> list[Item]:
        """Return the items that are there for a check, named without its prefix."""
        return [each for each in self.items if each.subject == subject]

    def variant_id(self, item: Item) -> int | None:
        """Return the marketplace's variant of an item, or None."""
        sku = item.variant_sku
        return None if sku is None else self.variant_ids[sku]


def account(items: Sequence[Item] = ITEMS, *, seller: int = OWNER) -> Account:
    """Return the account of the items, for the owner of the multi-store or for a member."""
    listings = list(_listings(items))
    variants = {sku: number for number, sku in enumerate(_variant_skus(items), start=1)}
    document = {
        "format": "stockproof/world/1",
        "clock": "2026-01-05T09:00:00Z",
        "seed": 1,
        "order_manager": {**_catalogue(items), "listings": listings},
        "marketplacer": _marketplacer(items, variants, seller),
        "links": [{"sales_channel": CHANNEL, "seller": seller}],
    }
    ids = {each["listing_sku"]: each["id"] for each in listings if each["sales_channel"] == CHANNEL}
    return Account(document, tuple(items), seller, ids, variants)


def lite(*, seller: int = OWNER) -> Account:
    """Return a small account for scenarios in which something goes wrong."""
    return account((*PLAIN, POOL), seller=seller)


def haunted(*, seller: int = OWNER) -> Account:
    """Return an account in which listings that the marketplace does not know stand between others."""
    return account((*PLAIN[:2], GHOST, NEAR_MISS, *PLAIN[2:]), seller=seller)


def crowd(rows: int, *, known: int = 1) -> Account:
    """
    Return an account in which many rows are due at once.

    With ``known`` 50 two in fifty are on the marketplace, among them the first and the last of every page: the rest
    costs an integration one look each.
    """
    every = [Item(f"MANY-{number:05}-X", number % 90 + 1, number % 90 + 1) for number in range(rows)]
    ends = (0, known - 1)
    return account([each if number % known in ends else _elsewhere(each) for number, each in enumerate(every)])


def _elsewhere(item: Item) -> Item:
    return Item(item.sku, item.figure, item.on_hand, "unknown-sku", variant=None)


def _variant_skus(items: Sequence[Item]) -> list[str]:
    return [sku for item in items if (sku := item.variant_sku) is not None]


def _catalogue(items: Sequence[Item]) -> Document:
    return {
        "tokens": [{"token": "om-certify-token"}],
        "warehouses": [{"id": EAST, "name": "East"}, {"id": WEST, "name": "West"}],
        "sales_channels": [
            {"id": CHANNEL, "name": "Marketplacer", "excluded_warehouses": [WEST]},
            {"id": SHOP, "name": "Web shop"},
        ],
        "products": [{"master_sku": item.master_sku} for item in items],
        "stock": [row for item in items for row in _stock(item)],
        "rules": [
            {"master_sku": item.master_sku, "sales_channel": CHANNEL, **item.rule} for item in items if item.rule
        ],
    }


def _stock(item: Item) -> list[Document]:
    row = {"master_sku": item.master_sku, "location": "A-01"}
    rows = [{**row, "warehouse": EAST, "on_hand": item.on_hand, "locked": item.locked}]
    return [*rows, {**row, "warehouse": WEST, "on_hand": item.west}] if item.west else rows


def _listings(items: Sequence[Item]) -> list[Document]:
    """Return the listings: the channel's first, so that a caller that asks for both channels sees the other's last."""
    ids = count(501)
    own = [
        {
            "id": next(ids),
            "listing_sku": item.sku,
            "master_sku": item.master_sku,
            "sales_channel": CHANNEL,
            **item.listing,
        }
        for item in items
    ]
    shop = [
        {
            "id": next(ids),
            "listing_sku": item.sku if item.on_shop_too else SHOP_PREFIX + item.sku,
            "master_sku": item.master_sku,
            "sales_channel": SHOP,
        }
        for item in items
        if item.on_shop_too or item.pooled
    ]
    return [*own, *shop]


def _marketplacer(items: Sequence[Item], variants: dict[str, int], seller: int) -> Document:
    sellers = {OWNER: "Parent", MEMBER: "Member", SECOND_MEMBER: "Second member"}
    return {
        "sellers": [{"id": id_, "name": name, "api_key": f"mp-certify-key-{id_}"} for id_, name in sellers.items()],
        "multi_stores": [{"owner": OWNER, "members": [MEMBER, SECOND_MEMBER]}],
        "adverts": [{"id": 1, "title": "Everything", "multi_store_owner": OWNER}],
        "variants": [
            {"id": id_, "advert_id": 1, "sku": sku, "price": "500", "multi_store_owner": OWNER}
            for sku, id_ in variants.items()
        ],
        "inventories": [record for item in items for record in _records(item, variants, seller)],
    }


def _records(item: Item, variants: dict[str, int], seller: int) -> list[Document]:
    if item.variant_sku is None:
        return []
    variant = variants[item.variant_sku]
    others = [
        {"variant": variant, "seller": each, "count_on_hand": OTHERS_SHOW + each, "price": f"{400 + each}"}
        for each in (OWNER, MEMBER, SECOND_MEMBER)
        if each != seller
    ]
    if item.record is None:
        return others
    own = {"variant": variant, "seller": seller, "count_on_hand": SHOWN_AT_FIRST, **item.record}
    if own.get("infinite"):
        del own["count_on_hand"]
    return [own, *others]
