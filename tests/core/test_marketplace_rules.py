"""Marketplacer under the readings that are not default: mp.*."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from mockserver.core.errors import Refused
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
from tests.core.worlds import done, refused

BOBS = {"id": 2, "variant": MULTI, "seller": BOB, "count_on_hand": 15}
GOOD = {"seller_id": ALICE, "count_on_hand": 1}
BAD = {"seller_id": BOB, "count_on_hand": -1}


def test_good_records_may_be_written_beside_bad_ones() -> None:
    """mp.atomicity=good-ones: the bad ones come back as refusals."""
    world = market({"mp.atomicity": "good-ones"}, ALICES, BOBS)

    refusals = put(world, OWNER, BAD, GOOD)

    assert counts(world) == {ALICE: 1, BOB: 15}
    assert [(each.field, each.value) for each in refusals if isinstance(each, Refused)] == [("count_on_hand", -1)]


@pytest.mark.parametrize(("how", "count"), [("last", 6), ("first", 5)])
def test_one_of_two_records_of_a_seller_counts(how: str, count: int) -> None:
    """mp.same-seller-twice: the last or the first."""
    world = market({"mp.same-seller-twice": how}, ALICES)

    put(world, OWNER, {"seller_id": ALICE, "count_on_hand": 5}, {"seller_id": ALICE, "count_on_hand": 6})

    assert counts(world) == {ALICE: count}


def test_seller_named_twice_may_be_refused() -> None:
    """mp.same-seller-twice=refused."""
    world = market({"mp.same-seller-twice": "refused"}, ALICES)

    assert put_refused(world, OWNER, GOOD, GOOD).field == "seller_id"


def test_attributes_left_out_may_be_reset() -> None:
    """mp.omitted-attribute=reset: the count is sent, prices and provider go back to nothing."""
    world = market({"mp.omitted-attribute": "reset"}, ALICES | {"fulfilment_provider": "own", "infinite": True})

    put(world, ALICE, {"count_on_hand": 3})

    now = record(world)
    assert (now.id, now.count_on_hand, now.price, now.sale_price) == (1, 3, None, None)
    assert (now.infinite, now.fulfilment_provider) == (False, "")


def test_new_record_may_have_to_bring_its_count() -> None:
    """mp.create-without-count=refused: unless it is infinite; a record that is there needs none."""
    world = market({"mp.create-without-count": "refused"}, ALICES)

    assert put_refused(world, BOB, {"price": 5}).field == "count_on_hand"
    put(world, ALICE, {"price": 600})
    put(world, BOB, {"infinite": True})

    assert record(world, BOB).infinite


@pytest.mark.parametrize(("how", "price"), [("clears", None), ("ignored", Decimal(450))])
def test_null_clears_a_price_or_is_ignored(how: str, price: Decimal | None) -> None:
    """mp.null-price."""
    world = market({"mp.null-price": how}, ALICES)

    put(world, ALICE, {"sale_price": None})

    assert record(world).sale_price == price


def test_null_may_be_refused_as_a_price() -> None:
    """mp.null-price=refused."""
    assert put_refused(market({"mp.null-price": "refused"}, ALICES), ALICE, {"price": None}).field == "price"


def test_prices_that_make_no_sense_may_be_accepted() -> None:
    """mp.bad-price=accepted: negative ones, and a sale price above the price."""
    world = market({"mp.bad-price": "accepted"}, ALICES)

    put(world, ALICE, {"price": -1, "sale_price": 3})

    assert (record(world).price, record(world).sale_price) == (Decimal(-1), Decimal(3))


@pytest.mark.parametrize("text", ["27.38", "0"])
def test_price_may_be_text(text: str) -> None:
    """mp.string-price=accepted."""
    world = market({"mp.string-price": "accepted"})

    put(world, ALICE, {"price": text})

    assert record(world).price == Decimal(text)


@pytest.mark.parametrize("text", ["cheap", "", "NaN", "Infinity", "1e30", "1e-30"])
def test_text_that_is_no_price_is_refused(text: str) -> None:
    """mp.string-price=accepted: a number within bounds, nothing else."""
    assert put_refused(market({"mp.string-price": "accepted"}), ALICE, {"price": text}).field == "price"


@pytest.mark.parametrize(("given", "count"), [(-3, 0), (2.7, 2), (7.0, 7), (-0.5, 0)])
def test_bad_count_may_be_coerced(given: float, count: int) -> None:
    """mp.bad-count=coerced: negative to 0, fractions down."""
    world = market({"mp.bad-count": "coerced"})

    put(world, ALICE, {"count_on_hand": given})

    assert counts(world) == {ALICE: count}


@pytest.mark.parametrize("given", ["7", True, None, 10**10, float("inf"), float("nan")])
def test_count_that_cannot_be_coerced_is_refused(given: object) -> None:
    """mp.bad-count=coerced: text, truth values, nothing and what is beyond all bounds stay wrong."""
    assert put_refused(market({"mp.bad-count": "coerced"}), ALICE, {"count_on_hand": given}).field == "count_on_hand"


@pytest.mark.parametrize(
    ("given", "infinite"), [({"count_on_hand": 3}, False), ({"count_on_hand": 3, "infinite": True}, True), ({}, True)]
)
def test_count_may_end_infinite(given: dict[str, Any], infinite: bool) -> None:
    """mp.count-on-infinite=becomes-finite: unless the same record says infinite."""
    world = market({"mp.count-on-infinite": "becomes-finite"}, ALICES | {"infinite": True})

    put(world, ALICE, given)

    assert record(world).infinite is infinite


def test_stranger_may_be_not_found_or_ignored() -> None:
    """mp.stranger: a code of its own, or the record is passed over and the others are written."""
    stranger = {"seller_id": STRANGER, "count_on_hand": 1}
    assert put_refused(market({"mp.stranger": "not-found"}, ALICES), OWNER, stranger).code == "not_found"

    world = market({"mp.stranger": "ignored"}, ALICES)
    put(world, OWNER, stranger, GOOD)

    assert counts(world) == {ALICE: 1}


def test_owner_without_seller_id_may_mean_its_own_record() -> None:
    """mp.owner-without-seller-id=own-record."""
    world = market({"mp.owner-without-seller-id": "own-record"})

    put(world, OWNER, {"count_on_hand": 4})

    assert counts(world) == {OWNER: 4}


def test_member_may_be_refused_a_foreign_seller_id() -> None:
    """mp.member-foreign-seller-id=refused: its own id and none at all are fine."""
    world = market({"mp.member-foreign-seller-id": "refused"}, ALICES)

    assert put_refused(world, ALICE, {"seller_id": BOB, "count_on_hand": 1}).field == "seller_id"
    put(world, ALICE, {"seller_id": ALICE, "count_on_hand": 2})
    put(world, ALICE, {"count_on_hand": 3})

    assert counts(world) == {ALICE: 3}


@pytest.mark.parametrize(("how", "code"), [("not-found", "not_found"), ("forbidden", "forbidden")])
def test_member_cannot_delete_somebody_elses_record(how: str, code: str) -> None:
    """mp.foreign-delete."""
    world = market({"mp.foreign-delete": how}, ALICES, BOBS)

    assert refused(world, "inventory.delete", variant=MULTI, by=ALICE, inventory_id=2).code == code


@pytest.mark.parametrize(("how", "code"), [("unprocessable", "unprocessable"), ("not-found", "not_found")])
def test_inventories_of_a_single_seller_variant_cannot_be_put(how: str, code: str) -> None:
    """mp.single-store-put."""
    world = market({"mp.single-store-put": how})

    assert put_refused(world, STRANGER, {"count_on_hand": 1}, variant=SINGLE).code == code


@pytest.mark.parametrize(("how", "sellers"), [("id", [BOB, ALICE]), ("seller-id", [ALICE, BOB])])
def test_inventories_are_listed_by_id_or_by_seller(how: str, sellers: list[int]) -> None:
    """mp.list-order: Bob's record is older than Alice's, whose seller id is lower."""
    world = market({"mp.list-order": how}, BOBS)
    put(world, ALICE, {"count_on_hand": 1})

    assert [each.seller for each in world.marketplace.ordered(world.marketplace.variants[MULTI])] == sellers


def test_count_of_a_multi_store_variant_may_be_its_own() -> None:
    """mp.multi-store-count=independent: it is set like a single seller's and is no sum."""
    world = market({"mp.multi-store-count": "independent"}, ALICES)

    done(world, "variants.set_counts", by=OWNER, counts={str(MULTI): 4})

    assert world.marketplace.count_of(world.marketplace.variants[MULTI]) == 4
    assert counts(world) == {ALICE: 10}
