"""The certify world: its figures by hand are those of the server, and what it is made of is there."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.certify.warehouse_world import household
from conformance.certify.world import CHANNEL, MEMBER, OTHERS_SHOW, OWNER, SHOP, Account, account, crowd, haunted, lite
from conformance.target import Target

MOCK = "mockserver.http.app:create_app"


@pytest.mark.parametrize(
    "made", [account(), account(seller=MEMBER), lite(), haunted(), crowd(250), crowd(250, known=50)]
)
def test_figures_worked_out_by_hand_are_the_servers(made: Account):
    """Two oracles: the table's figures, and the allocation of the mock."""
    with Target.open(MOCK) as target, target.world(made.document) as world:
        told = {
            item.sku: target.control("GET", f"/worlds/{world.id}/explain?listing_id={made.listing_ids[item.sku]}").json
            for item in made.items
        }

    assert {item.sku: item.figure for item in made.items} == {sku: each["figure"] for sku, each in told.items()}


def test_the_warehouse_world_is_sound():
    """It can be made, and orders of both shops can come."""
    with Target.open(MOCK) as target, target.world(household().document) as world:
        assert world.tokens


def records(made: Account) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = made.document["marketplacer"]["inventories"]
    return found


def test_the_world_has_what_integrations_stumble_over():
    """Twins, substrings, unicode, zeros, locks, rules, infinite and priced records, two channels."""
    made = account()
    skus = [item.sku for item in made.items]
    listings = made.document["order_manager"]["listings"]
    per_channel = {
        channel: {each["listing_sku"] for each in listings if each["sales_channel"] == channel}
        for channel in (CHANNEL, SHOP)
    }

    assert any(one != other and one in other for one in skus for other in skus)
    assert any(one != other and one.casefold() == other.casefold() for one in skus for other in skus)
    assert any(not sku.isascii() for sku in skus)
    assert any(item.figure == 0 for item in made.items)
    assert any(item.locked for item in made.items)
    assert any(item.rule for item in made.items)
    assert any(each.get("infinite") for each in records(made))
    assert any(each.get("sale_price") for each in records(made) if each["seller"] == OWNER)
    assert per_channel[CHANNEL] & per_channel[SHOP]
    assert any(each.get("push_inventory") is False for each in listings)
    assert any(each.get("active") is False for each in listings)


def test_the_crowd_is_more_than_two_pages_and_known_at_their_ends():
    """A page that is skipped leaves a listing wrong that the marketplace knows."""
    made = crowd(250, known=50)

    assert len(made.items) == 250
    assert all(made.items[number].variant_sku for number in (0, 99, 100, 199, 200, 249))


@pytest.mark.parametrize(("seller", "others"), [(OWNER, {2, 3}), (MEMBER, {1, 3})])
def test_other_sellers_hold_records_of_their_own(seller: int, others: set[int]):
    """With the owner's key and with a member's there are records that must not change."""
    foreign = [each for each in records(lite(seller=seller)) if each["seller"] != seller]

    assert {each["seller"] for each in foreign} == others
    assert all(each["count_on_hand"] == OTHERS_SHOW + each["seller"] for each in foreign)
