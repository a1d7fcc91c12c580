"""Marketplacer: who sees what, writes of inventories, and sales. Sources: MP-INV-01 to 13, MP-API-05."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import Refused
from mockserver.core.marketplace_model import Advert, Change, Inventory, Sale, Seller, Variant
from mockserver.core.marketplace_values import merged

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from mockserver.core.invoices import Invoice


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

    def holder_of(self, advert: Advert) -> Mapping[str, int | None]:
        """Return whose the advert is: ``multi_store_owner`` or ``seller``; nothing where its variants disagree."""
        named = {key: advert.details[key] for key in ("multi_store_owner", "seller") if key in advert.details}
        if named:
            return named
        holders = {(variant.owner, variant.seller) for variant in self.variants_of(advert.id)}
        if len(holders) != 1:
            return {}
        owner, seller = holders.pop()
        return {"seller": seller} if owner is None else {"multi_store_owner": owner}

    def visible_advert(self, advert_id: int, seller: int) -> Advert:
        """
        Return an advert that the seller may see.

        Raises:
            Refused: ``not_found`` when there is none.
        """
        advert = self.adverts.get(advert_id)
        if advert is None or seller not in self.readers_of_advert(advert):
            raise Refused("not_found", f"no advert {advert_id} belongs to the key", field="advert", value=advert_id)
        return advert

    def refuse_members(self, holders: Container[int | None], seller: int, field_name: str, value: int) -> None:
        """
        Let nobody but its holder write what others may see too (mp.member-writes).

        Raises:
            Refused: ``not_found`` or ``forbidden``.
        """
        if seller not in holders:
            code = "not_found" if self.readings["mp.member-writes"] == "not-found" else "forbidden"
            raise Refused(code, f"the {field_name} is another seller's", field=field_name, value=value)

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
        sale = Sale(variant.id, seller, quantity, order_number, at_ms, variant.sku)
        self.sales.append(sale)
        self.note("VARIANT", "update", variant, of_stock=True)
        return sale
