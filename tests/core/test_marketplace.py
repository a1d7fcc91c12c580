"""Marketplacer with the default readings: MP-INV-01 to 13, MP-API-03, sales and the orders they become."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.core.shops import (
    ALICE,
    ALICES,
    BOB,
    MULTI,
    OWNER,
    SINGLE,
    STRANGER,
    counts,
    market,
    put,
    put_refused,
    record,
)
from tests.core.worlds import SHOP, buy, done, figure, held, refused, reloaded, shelf, status

BOBS = {"id": 2, "variant": MULTI, "seller": BOB, "count_on_hand": 15}
LINK = [{"sales_channel": SHOP, "seller": ALICE}]
BY_ALICE = {"variant": MULTI, "seller": ALICE}


# -- writing inventories ---------------------------------------------------------------------------


def test_owner_updates_and_creates_many_by_seller_id() -> None:
    """MP-INV-03: one record is changed, one made, the owner's own too; who is not named keeps its stock."""
    world = market(None, ALICES, BOBS)

    put(world, OWNER, {"seller_id": ALICE, "count_on_hand": 3}, {"seller_id": OWNER, "count_on_hand": 4})

    assert counts(world) == {ALICE: 3, BOB: 15, OWNER: 4}


def test_member_writes_only_its_own_record() -> None:
    """MP-INV-04: no seller_id needed; somebody else's is not looked at (mp.member-foreign-seller-id)."""
    world = market(None, ALICES, BOBS)

    put(world, BOB, {"count_on_hand": 1})
    assert counts(world) == {ALICE: 10, BOB: 1}
    put(world, BOB, {"seller_id": ALICE, "count_on_hand": 2})
    assert counts(world) == {ALICE: 10, BOB: 2}


def test_of_several_elements_a_member_sends_the_last_one_counts() -> None:
    """MP-INV-07: the ones before are not even looked at."""
    world = market(None, ALICES)

    put(world, ALICE, {"count_on_hand": "many"}, {"count_on_hand": 5}, {"count_on_hand": 6})

    assert counts(world) == {ALICE: 6}


def test_same_seller_twice_the_last_wins() -> None:
    """mp.same-seller-twice, default: what the first one said alone is gone with it."""
    world = market(None, ALICES)

    put(world, OWNER, {"seller_id": ALICE, "count_on_hand": 5, "price": 400, "sale_price": 300}, {"seller_id": ALICE})

    held_now = record(world)
    assert (held_now.count_on_hand, held_now.price, held_now.sale_price) == (10, Decimal(500), Decimal(450))


def test_write_of_an_owner_is_all_or_nothing() -> None:
    """mp.atomicity, default: the good first record is not written when the second is bad."""
    world = market(None, ALICES)

    wrong = put_refused(world, OWNER, {"seller_id": ALICE, "count_on_hand": 1}, {"seller_id": BOB, "count_on_hand": -1})

    assert (wrong.code, wrong.field, wrong.value) == ("unprocessable", "count_on_hand", -1)


def test_empty_write_changes_nothing() -> None:
    """An owner or a member that sends no element changes no record."""
    world = market(None, ALICES)

    assert put(world, OWNER) == []
    assert put(world, ALICE) == []

    assert counts(world) == {ALICE: 10}


def test_attributes_left_out_keep_their_values() -> None:
    """mp.omitted-attribute, default: only the count changes."""
    world = market(None, ALICES | {"fulfilment_provider": "own"})

    put(world, ALICE, {"count_on_hand": 3})

    now = record(world)
    assert (now.price, now.sale_price, now.infinite, now.fulfilment_provider) == (
        Decimal(500),
        Decimal(450),
        False,
        "own",
    )


def test_new_record_begins_with_defaults() -> None:
    """mp.create-without-count, default: count 0, no prices, finite, empty provider (MP-INV-10)."""
    world = market()

    put(world, BOB, {})

    new = record(world, BOB)
    assert (new.id, new.count_on_hand, new.price, new.sale_price) == (1, 0, None, None)
    assert (new.infinite, new.fulfilment_provider) == (False, "")


def test_prices_go_in_as_numbers() -> None:
    """MP-INV-08, 12: own price and sale price, exact as written; null clears one (mp.null-price)."""
    world = market(None, ALICES)

    put(world, ALICE, {"price": 27.38, "sale_price": 20})
    assert (record(world).price, record(world).sale_price) == (Decimal("27.38"), Decimal(20))
    put(world, ALICE, {"sale_price": None})
    assert (record(world).price, record(world).sale_price) == (Decimal("27.38"), None)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"price": "27.38"}, "price"),
        ({"price": True}, "price"),
        ({"price": [1]}, "price"),
        ({"price": -1}, "price"),
        ({"price": 10**19}, "price"),
        ({"price": float("inf")}, "price"),
        ({"sale_price": -0.01}, "sale_price"),
        ({"sale_price": 500}, "sale_price"),
        ({"price": 450}, "sale_price"),
        ({"count_on_hand": -1}, "count_on_hand"),
        ({"count_on_hand": 7.0}, "count_on_hand"),
        ({"count_on_hand": True}, "count_on_hand"),
        ({"count_on_hand": None}, "count_on_hand"),
        ({"count_on_hand": 1_000_000_001}, "count_on_hand"),
        ({"infinite": 1}, "infinite"),
        ({"fulfilment_provider": None}, "fulfilment_provider"),
        ({"fulfilment_provider": "x" * 10_001}, "fulfilment_provider"),
        ({"fulfilment_provider": "\x00"}, "fulfilment_provider"),
    ],
)
def test_attribute_that_makes_no_sense_is_refused_by_name(given: dict[str, Any], field: str) -> None:
    """MP-API-03: the attribute that is wrong; a sale price at or above the present price is wrong (price 500)."""
    wrong = put_refused(market(None, ALICES), ALICE, given)

    assert (wrong.code, wrong.field) == ("unprocessable", field)


def test_lowest_and_highest_count_are_accepted() -> None:
    """MP-INV-06: 0 empties a seller's stock and keeps the record."""
    world = market(None, ALICES)

    for count in (1_000_000_000, 0):
        put(world, ALICE, {"count_on_hand": count})
        assert counts(world) == {ALICE: count}


def test_provider_is_any_text_up_to_its_bound() -> None:
    """MP-INV-10: a string, empty by default; as long as a world file may hold it."""
    world = market(None, ALICES)

    put(world, ALICE, {"fulfilment_provider": "x" * 10_000})

    assert len(record(world).fulfilment_provider) == 10_000


def test_count_on_an_infinite_record_leaves_it_infinite() -> None:
    """mp.count-on-infinite, default: only infinite: false ends it, and the count sent before holds."""
    world = market(None, ALICES | {"infinite": True})

    put(world, ALICE, {"count_on_hand": 3})
    assert (record(world).infinite, record(world).count_on_hand) == (True, 3)
    put(world, ALICE, {"infinite": False})
    assert (record(world).infinite, record(world).count_on_hand) == (False, 3)


@pytest.mark.parametrize("named", [STRANGER, 77, "1", True])
def test_owner_names_only_sellers_of_its_multi_store(named: object) -> None:
    """mp.stranger, default: the refusal tells whom the multi-store has."""
    wrong = put_refused(market(None, ALICES), OWNER, {"seller_id": named, "count_on_hand": 1})

    assert (wrong.code, wrong.field, wrong.value) == ("unprocessable", "seller_id", named)
    assert "9, 1, 2" in wrong.message


def test_owner_names_the_seller() -> None:
    """mp.owner-without-seller-id, default."""
    wrong = put_refused(market(None, ALICES), OWNER, {"count_on_hand": 1})

    assert (wrong.code, wrong.field) == ("unprocessable", "seller_id")


@pytest.mark.parametrize(("variant", "by"), [(MULTI, STRANGER), (SINGLE, OWNER), (77, OWNER), (SINGLE, ALICE)])
def test_variant_of_somebody_else_does_not_exist(variant: int, by: int) -> None:
    """MP-API-03: what the key does not own or share is not there."""
    wrong = put_refused(market(), by, {"seller_id": by, "count_on_hand": 1}, variant=variant)

    assert (wrong.code, wrong.field) == ("not_found", "variant")


def test_single_seller_variant_has_no_inventories() -> None:
    """MP-INV-13, mp.single-store-put: its stock sits on the variant."""
    assert put_refused(market(), STRANGER, {"count_on_hand": 1}, variant=SINGLE).code == "unprocessable"


def test_ids_of_inventories_go_on_after_the_last_one_ever_used() -> None:
    """A deleted record's id does not come back."""
    world = market(None, ALICES, BOBS | {"id": 7})
    done(world, "inventory.delete", variant=MULTI, seller=BOB)

    put(world, BOB, {"count_on_hand": 1})

    assert record(world, BOB).id == 8


# -- the commands of the control API ---------------------------------------------------------------


def test_inventory_put_writes_one_record_whoever_owns_the_variant() -> None:
    """A price may be written as in a world file; what is left out stays."""
    world = market(None, ALICES)

    done(world, "inventory.put", **BY_ALICE, count_on_hand=4, price="600.50", sale_price=None)
    done(world, "inventory.put", variant=MULTI, seller=BOB, infinite=True)

    assert (record(world).count_on_hand, record(world).price) == (4, Decimal("600.50"))
    assert record(world).sale_price is None
    assert record(world, BOB).infinite


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"seller": 77}, "unknown_seller"),
        ({"variant": 77}, "unknown_variant"),
        ({"seller": STRANGER}, "not_found"),
        ({"price": "cheap"}, "bad_price"),
        ({"price": "NaN"}, "unprocessable"),
        ({"count_on_hand": -1}, "unprocessable"),
        ({"variant": SINGLE, "seller": STRANGER}, "unprocessable"),
        ({"variant": None}, "missing"),
    ],
)
def test_inventory_put_that_makes_no_sense_is_refused(change: dict[str, Any], code: str) -> None:
    """Nothing is written."""
    assert refused(market(None, ALICES), "inventory.put", **(BY_ALICE | {"count_on_hand": 1} | change)).code == code


def test_deleted_record_is_gone() -> None:
    """MP-INV-11: not a record with 0, none; deleting it again finds nothing."""
    world = market(None, ALICES, BOBS)

    done(world, "inventory.delete", **BY_ALICE)

    assert counts(world) == {BOB: 15}
    assert refused(world, "inventory.delete", **BY_ALICE).code == "nothing_held"
    call = {"variant": MULTI, "by": OWNER, "inventory_id": 1}
    assert refused(world, "inventory.delete", **call).code == "not_found"


@pytest.mark.parametrize("by", [OWNER, ALICE])
def test_owner_deletes_any_record_and_a_member_its_own(by: int) -> None:
    """MP-INV-11."""
    world = market(None, ALICES, BOBS)

    done(world, "inventory.delete", variant=MULTI, by=by, inventory_id=1)

    assert counts(world) == {BOB: 15}


def test_counts_of_single_seller_variants_are_set_together() -> None:
    """MP-API-06: null is infinite and keeps the count; a number makes it finite again."""
    world = market()
    single = world.marketplace.variants[SINGLE]

    done(world, "variants.set_counts", by=STRANGER, counts={str(SINGLE): None})
    assert (single.infinite, single.count_on_hand) == (True, 7)
    done(world, "variants.set_counts", by=STRANGER, counts={str(SINGLE): 3})
    assert (single.infinite, single.count_on_hand) == (False, 3)


def test_counts_are_set_all_or_none() -> None:
    """One variant that is not the key's, and the other keeps its count; a multi-store's count is a sum."""
    both = {str(SINGLE): 3, str(MULTI): 4}

    assert refused(market(), "variants.set_counts", by=STRANGER, counts=both).code == "not_found"
    assert refused(market(), "variants.set_counts", by=OWNER, counts={str(MULTI): 4}).code == "unprocessable"


def test_count_of_a_multi_store_variant_is_the_sum_of_its_finite_records() -> None:
    """mp.multi-store-count, default: 10 + 15; an infinite record adds nothing. A single seller's is its own."""
    world = market(
        None, ALICES, BOBS, {"id": 3, "variant": MULTI, "seller": OWNER, "count_on_hand": 4, "infinite": True}
    )

    assert world.marketplace.count_of(world.marketplace.variants[MULTI]) == 25
    assert world.marketplace.count_of(world.marketplace.variants[SINGLE]) == 7


# -- sales -----------------------------------------------------------------------------------------


def test_sale_lowers_the_count_of_its_seller() -> None:
    """MP-INV-02: 10 less 4 are 6; the other seller's stay. Without a link it becomes no order."""
    world = market(None, ALICES, BOBS)

    assert done(world, "marketplace.sell", **BY_ALICE, quantity=4) == {"order_number": "MP-1", "sales_channel": None}

    assert counts(world) == {ALICE: 6, BOB: 15}
    assert world.orders == {}


def test_sale_of_more_than_is_shown_is_refused() -> None:
    """The shopper sees 10: the tenth is sold, the eleventh is not."""
    world = market(None, ALICES)

    assert refused(world, "marketplace.sell", **BY_ALICE, quantity=11).code == "sold_out"
    done(world, "marketplace.sell", **BY_ALICE, quantity=10)
    assert refused(world, "marketplace.sell", **BY_ALICE, quantity=1).code == "sold_out"


def test_infinite_record_never_sells_out() -> None:
    """MP-INV-09: and its count does not fall."""
    world = market(None, ALICES | {"infinite": True})

    done(world, "marketplace.sell", **BY_ALICE, quantity=1000)

    assert counts(world) == {ALICE: 10}


def test_single_seller_variant_sells_from_its_own_count() -> None:
    """MP-INV-13: 7 less 2."""
    world = market()

    done(world, "marketplace.sell", variant=SINGLE, seller=STRANGER, quantity=2)

    assert world.marketplace.variants[SINGLE].count_on_hand == 5


def test_sale_becomes_an_order_of_the_linked_channel_at_once() -> None:
    """The variant's SKU joins the listing SKU exactly; the order takes its units like any other."""
    world = market(None, ALICES, stock=[shelf(20)], links=LINK)

    answer = done(world, "marketplace.sell", **BY_ALICE, quantity=4, order_number="W-7")

    assert answer == {"order_number": "W-7", "sales_channel": SHOP}
    assert (held(world, "W-7"), figure(world)) == ({("MUG", 1, ""): 4}, 16)


def test_sale_of_a_sku_that_the_channel_does_not_list_is_an_unresolved_order() -> None:
    """It was sold all the same: the order is there, and nobody knows of what."""
    links = [{"sales_channel": SHOP, "seller": STRANGER}]
    world = market(None, stock=[shelf(20)], links=links)

    done(world, "marketplace.sell", variant=SINGLE, seller=STRANGER, quantity=1)

    assert status(world, "MP-1") == "MISSING_PRODUCT_INFO"


def test_sales_number_themselves_past_orders_that_exist() -> None:
    """MP-1, MP-2 ...: what the channel has already is passed over, in a world that was saved and loaded too."""
    world = market(None, ALICES, stock=[shelf(20)], links=LINK)
    buy(world, "MP-1", ("MUG", 1))

    assert done(world, "marketplace.sell", **BY_ALICE, quantity=1)["order_number"] == "MP-2"
    again = reloaded(world)

    assert done(again, "marketplace.sell", **BY_ALICE, quantity=1)["order_number"] == "MP-3"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"seller": 77}, "unknown_seller"),
        ({"variant": 77}, "unknown_variant"),
        ({"seller": BOB}, "nothing_held"),
        ({"variant": SINGLE}, "nothing_held"),
        ({"quantity": 0}, "bad_units"),
        ({"order_number": 5}, "bad_order_number"),
        ({"order_number": ""}, "bad_order_number"),
        ({"order_number": "TAKEN"}, "duplicate_order"),
    ],
)
def test_sale_that_makes_no_sense_is_refused(change: dict[str, Any], code: str) -> None:
    """The count does not fall and no order comes."""
    world = market(None, ALICES, stock=[shelf(20)], links=LINK)
    buy(world, "TAKEN", ("MUG", 1))

    assert refused(world, "marketplace.sell", **(BY_ALICE | {"quantity": 1} | change)).code == code


def test_report_of_an_unknown_merchant_is_refused() -> None:
    """A world without Integration Manager has no merchants."""
    wrong = refused(market(), "wms.report", merchant="M", warehouse="W", levels=[])

    assert (wrong.code, wrong.value) == ("unknown_merchant", "M")
