"""Marketplacer: sellers, multi-stores, variants, inventories and sales. Sources: MP-INV-01 to 13, MP-API-05."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from math import floor, isfinite
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mockserver.core.errors import Refused
from mockserver.core.model import no_details

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.core.invoices import Invoice

MOST_UNITS: Final = 1_000_000_000
_MOST_DIGITS: Final = 18
_LONGEST_TEXT: Final = 10_000


@dataclass(slots=True, eq=False)
class Seller:
    """Somebody who sells on the marketplace; ``scope`` is what the key may do: read, write or manage."""

    id: int
    name: str
    scope: str = "manage"


@dataclass(slots=True, eq=False)
class Advert:
    """A product page of the marketplace, with one or more variants."""

    id: int
    details: Mapping[str, Any] = field(default_factory=no_details)


@dataclass(slots=True, eq=False)
class Inventory:
    """One seller's holding of one multi-store variant (MP-INV-02). Prices are decimals, None when unset."""

    id: int
    seller: int
    count_on_hand: int = 0
    price: Decimal | None = None
    sale_price: Decimal | None = None
    infinite: bool = False
    fulfilment_provider: str = ""


@dataclass(slots=True, eq=False)
class Variant:
    """
    What shoppers buy.

    A multi-store variant has an owner and inventories, a single-seller variant a seller and its own count (MP-INV-13).
    """

    id: int
    advert_id: int
    sku: str
    owner: int | None
    seller: int | None
    count_on_hand: int = 0
    infinite: bool = False
    price: Decimal | None = None
    sale_price: Decimal | None = None
    inventories: dict[int, Inventory] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=no_details)


@dataclass(slots=True, frozen=True)
class Sale:
    """Units that a shopper bought of one seller."""

    variant: int
    seller: int
    quantity: int
    order_number: str
    at_ms: int


class Change(NamedTuple):
    """Something that a webhook may tell: class, event and thing; ``of_stock`` for inventory writes and sales."""

    kind: str
    event: str
    subject: Any
    of_stock: bool = False


@dataclass(slots=True)
class Marketplace:
    """All of Marketplacer that one world has."""

    readings: Mapping[str, str]
    sellers: dict[int, Seller] = field(default_factory=dict)
    multi_stores: dict[int, tuple[int, ...]] = field(default_factory=dict)
    adverts: dict[int, Advert] = field(default_factory=dict)
    variants: dict[int, Variant] = field(default_factory=dict)
    sales: list[Sale] = field(default_factory=list)
    invoices: dict[int, Invoice] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    last_inventory_id: int = 0

    # -- who may see what ----------------------------------------------------------------------------

    def stores_of(self, variant: Variant) -> tuple[int, ...]:
        """Return the sellers that may hold the variant: the owner, then the members."""
        if variant.owner is None:
            return ()
        return (variant.owner, *self.multi_stores.get(variant.owner, ()))

    def is_visible(self, variant: Variant, seller: int) -> bool:
        """Whether a seller's key may see the variant; to others it does not exist (MP-API-03)."""
        return seller in (variant.seller, variant.owner) or seller in self.stores_of(variant)

    def readers_of_variant(self, variant: Variant) -> frozenset[int]:
        """Return the sellers whose keys may see the variant."""
        return frozenset({variant.seller, *self.stores_of(variant)} - {None})  # type: ignore[arg-type]

    def variants_of(self, advert_id: int) -> list[Variant]:
        """Return an advert's variants in the order of their ids."""
        return [self.variants[each] for each in sorted(self.variants) if self.variants[each].advert_id == advert_id]

    def readers_of_advert(self, advert: Advert) -> frozenset[int]:
        """Return the sellers whose keys may see the advert: its own, and those of its variants."""
        owner, seller = advert.details.get("multi_store_owner"), advert.details.get("seller")
        named = () if owner is None else (owner, *self.multi_stores.get(owner, ()))
        readers = {each for variant in self.variants_of(advert.id) for each in self.readers_of_variant(variant)}
        return frozenset(readers | {*named, *(() if seller is None else (seller,))})

    def visible_variant(self, variant_id: int, seller: int) -> Variant:
        """
        Return a variant that the seller may see.

        Raises:
            Refused: ``not_found`` when there is none.
        """
        variant = self.variants.get(variant_id)
        if variant is None or not self.is_visible(variant, seller):
            raise Refused("not_found", "no variant with this id belongs to the key", field="variant", value=variant_id)
        return variant

    def ordered(self, variant: Variant) -> list[Inventory]:
        """Return the variant's inventories in the order of the list (reading 19)."""
        by_seller = self.readings["mp.list-order"] == "seller-id"
        return sorted(variant.inventories.values(), key=attrgetter("seller", "id") if by_seller else attrgetter("id"))

    def count_of(self, variant: Variant) -> int:
        """Return the variant's own count; that of a multi-store variant is a sum (reading 24)."""
        if variant.owner is None or self.readings["mp.multi-store-count"] == "independent":
            return variant.count_on_hand
        return sum(held.count_on_hand for held in variant.inventories.values() if not held.infinite)

    def note(self, kind: str, event: str, subject: object, *, of_stock: bool = False) -> None:
        """Note a change that webhooks may tell of when the present command is done."""
        self.changes.append(Change(kind, event, subject, of_stock))

    # -- writes ----------------------------------------------------------------------------------------

    def put(self, variant: Variant, seller: int, records: Sequence[Mapping[str, Any]]) -> list[Refused]:
        """
        Merge inventory records into a variant, as its owner or as a member (MP-INV-03 to 08).

        Returns the refusals of single records, which are not empty only under the reading ``good-ones``.

        Raises:
            Refused: when anything is wrong and the write is all or nothing; then nothing has changed.
        """
        if variant.owner is None:
            raise self._single_store(variant)
        by_owner = seller == variant.owner
        chosen = records if by_owner else records[-1:]
        refusals: list[Refused] = []
        changes: dict[int, Inventory] = {}
        for record in chosen:
            try:
                self._stage(variant, seller, record, changes, by_owner=by_owner)
            except Refused as refusal:
                if self.readings["mp.atomicity"] == "all-or-nothing":
                    raise
                refusals.append(refusal)
        self._store(variant, changes)
        return refusals

    def _single_store(self, variant: Variant) -> Refused:
        code = "unprocessable" if self.readings["mp.single-store-put"] == "unprocessable" else "not_found"
        return Refused(code, "the variant is not part of a multi-store", field="variant", value=variant.id)

    def _stage(
        self,
        variant: Variant,
        seller: int,
        record: Mapping[str, Any],
        changes: dict[int, Inventory],
        *,
        by_owner: bool,
    ) -> None:
        holder = self._holder(variant, seller, record, by_owner=by_owner)
        if holder is None or self._is_repeated(holder, changes):
            return
        changes[holder] = merged(variant.inventories.get(holder), holder, record, self.readings)

    def _holder(self, variant: Variant, seller: int, record: Mapping[str, Any], *, by_owner: bool) -> int | None:
        named = record.get("seller_id")
        if not by_owner:
            if named not in (None, seller) and self.readings["mp.member-foreign-seller-id"] == "refused":
                raise Refused("unprocessable", "a member writes only its own record", field="seller_id", value=named)
            return seller
        if named is None:
            if self.readings["mp.owner-without-seller-id"] == "own-record":
                return seller
            raise Refused("unprocessable", "seller_id must be given", field="seller_id", value=None)
        if isinstance(named, bool) or not isinstance(named, int) or named not in self.stores_of(variant):
            if self.readings["mp.stranger"] == "ignored":
                return None
            raise self._stranger(variant, named)
        return named

    def _stranger(self, variant: Variant, named: object) -> Refused:
        how = self.readings["mp.stranger"]
        code = "unprocessable" if how == "unprocessable" else "not_found"
        members = ", ".join(str(member) for member in self.stores_of(variant))
        return Refused(code, f"seller_id is none of the multi-store's: {members}", field="seller_id", value=named)

    def _is_repeated(self, holder: int, changes: Mapping[int, Inventory]) -> bool:
        how = self.readings["mp.same-seller-twice"]
        if holder not in changes or how == "last":
            return False
        if how == "first":
            return True
        raise Refused("unprocessable", "the seller is named twice", field="seller_id", value=holder)

    def _store(self, variant: Variant, changes: Mapping[int, Inventory]) -> None:
        for holder, inventory in changes.items():
            if holder not in variant.inventories:
                self.last_inventory_id += 1
                inventory.id = self.last_inventory_id
            variant.inventories[holder] = inventory
        if changes:
            self.note("VARIANT", "update", variant, of_stock=True)

    def delete(self, variant: Variant, seller: int, inventory_id: int) -> None:
        """
        Remove an inventory record of the variant: the owner any, a member its own (MP-INV-11).

        Raises:
            Refused: ``not_found``, or ``forbidden`` for somebody else's record under reading 14.
        """
        held = next((one for one in variant.inventories.values() if one.id == inventory_id), None)
        if held is None:
            raise Refused("not_found", "the variant has no such inventory", field="inventory_id", value=inventory_id)
        if seller not in (variant.owner, held.seller):
            code = "not_found" if self.readings["mp.foreign-delete"] == "not-found" else "forbidden"
            raise Refused(code, "the inventory is another seller's", field="inventory_id", value=inventory_id)
        del variant.inventories[held.seller]
        self.note("VARIANT", "update", variant, of_stock=True)

    def set_counts(self, seller: int, counts: Mapping[int, int | None]) -> None:
        """
        Set the counts of several variants at once; None means infinite. All or nothing.

        Raises:
            Refused: ``not_found`` for a variant that is not the key's, ``unprocessable`` for one without own count.
        """
        chosen = [(self.visible_variant(variant_id, seller), count) for variant_id, count in counts.items()]
        summed = self.readings["mp.multi-store-count"] == "sum"
        for variant, _ in chosen:
            if variant.owner is not None and summed:
                message = "the count of a multi-store variant is the sum of its inventories"
                raise Refused("unprocessable", message, field="count_on_hand", value=variant.id)
        for variant, count in chosen:
            variant.infinite = count is None
            variant.count_on_hand = variant.count_on_hand if count is None else count
            self.note("VARIANT", "update", variant)

    def sell(self, variant: Variant, seller: int, quantity: int, order_number: str, at_ms: int) -> Sale:
        """
        Let a shopper buy; the count falls, unless it is infinite (MP-INV-09).

        Raises:
            Refused: ``nothing_held``, or ``sold_out`` when the marketplace shows less.
        """
        stock = variant if variant.seller == seller else variant.inventories.get(seller)
        if stock is None:
            raise Refused("nothing_held", "the seller holds nothing of this variant", field="seller", value=seller)
        if not stock.infinite and stock.count_on_hand < quantity:
            message = f"the marketplace shows {stock.count_on_hand}, {quantity} were wanted"
            raise Refused("sold_out", message, field="quantity", value=quantity)
        if not stock.infinite:
            stock.count_on_hand -= quantity
        sale = Sale(variant.id, seller, quantity, order_number, at_ms)
        self.sales.append(sale)
        self.note("VARIANT", "update", variant, of_stock=True)
        return sale


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
        _check_prices(price, sale_price, readings)
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


def _check_prices(price: Decimal | None, sale_price: Decimal | None, readings: Mapping[str, str]) -> None:
    if readings["mp.bad-price"] == "accepted" or price is None or sale_price is None:
        return
    if sale_price >= price:
        message = f"sale_price must be below price {price}"
        raise Refused("unprocessable", message, field="sale_price", value=str(sale_price))
