"""POST inventory/acknowledge over HTTP: what is told, to whom, how often, in which portions."""

from __future__ import annotations

import pytest

# The comments of fixtures/worlds/demo.yaml derive these by hand.
FIRST = {
    "TEE-BLUE-S-MP": 9,
    "TEE-BLUE-M-MP": 35,
    "TEE-RED-L-MP": 4,
    "MUG-WHITE-MP": 4,
    "MUG-BLACK-MP": 25,
    "TEAPOT-MP": 50,
    "LAMP-OAK-MP": 8,
    "TEE-PACK-MP": 6,
    "GIFT-SET-MP": 23,
    "POSTER-A2-MP": 0,
    "NOTEBOOK-A5-MP": 2,
    "CHAIR-ASH-MP": 0,
}


def test_the_first_call_answers_every_active_listing_with_its_figure(demo):
    """OM-ACK-02, 03 and the reading ack.first-call; parents, inactive and push-off listings are left out."""
    assert demo.told() == FIRST


def test_a_second_call_answers_an_empty_array(demo):
    """OM-ACK-05: reading is acknowledging."""
    demo.ack()

    reply = demo.ack()

    assert (reply.status, reply.body) == (200, b"[]")


def test_a_row_names_listing_product_and_channel(demo):
    """OM-ACK-06, default dialect."""
    assert demo.ack(limit=1).json == [
        {
            "listingId": 501,
            "listingSku": "TEE-BLUE-S-MP",
            "masterSku": "TEE-BLUE-S",
            "productId": 681563,
            "salesChannelId": 5394,
            "availableQuantity": 9,
        }
    ]


def test_one_change_is_told_for_the_product_and_for_bundles_of_it_only(demo):
    """OM-ACK-04: 26 on hand less 2 locked is 24, half of it 12; 24 tees make 8 packs."""
    demo.ack()
    demo.done({"type": "stock.set", "master_sku": "TEE-BLUE-S", "warehouse": 1, "on_hand": 26})

    assert demo.told() == {"TEE-BLUE-S-MP": 12, "TEE-PACK-MP": 8}
    assert demo.told() == {}


def test_a_change_on_one_channel_is_not_told_on_another(demo):
    """A rule belongs to one channel (OM-ALLOC-01)."""
    demo.ack()
    demo.ack(5401)
    demo.done(
        {
            "type": "rule.set",
            "master_sku": "TEAPOT",
            "sales_channel": 5394,
            "rule_type": "MAX_ALLOCATION",
            "value": 7,
        }
    )

    assert demo.told(5401) == {}
    assert demo.told() == {"TEAPOT-MP": 7}


def test_two_tokens_do_not_take_each_others_rows(demo):
    """Reading ack.marker-scope: a marker belongs to the access token."""
    world = demo.state()[0]
    world["order_manager"]["tokens"] = [{"token": "one"}, {"token": "two"}]
    first, second = demo.make(world=world)["order_manager"]["tokens"]

    assert demo.told(token=first) == FIRST
    assert demo.told(token=second) == FIRST
    assert demo.told(token=first) == {}


def test_the_two_versions_keep_markers_of_their_own(demo):
    """Reading ack.marker-scope: v1.1 and v1.2 do not share (U17)."""
    assert demo.told(version="v1.2") == FIRST
    assert demo.told(version="v1.1") == FIRST
    assert demo.told(version="v1.1") == {}


def test_both_prefixes_lead_to_one_marker(demo):
    """U16: /service/v1.2 and /v1.2 are one endpoint."""
    assert demo.told(prefix="/service") == FIRST
    assert demo.told(prefix="") == {}


def test_v1_1_without_a_channel_answers_all_of_them(demo):
    """Reading ack.channel-required-v1.1: optional."""
    rows = demo.ack(None, version="v1.1").json

    assert {row["salesChannelId"] for row in rows} == {5394, 5401, 5402}


def test_a_limit_is_repeated_until_nothing_is_left(demo):
    """Reading ack.paging: no page, ask again until an empty answer."""
    portions = []
    while portion := demo.told(limit=5):
        portions.append(portion)

    assert [len(portion) for portion in portions] == [5, 5, 2]
    assert portions[0] | portions[1] | portions[2] == FIRST


def test_what_changes_between_two_portions_is_told_once_with_its_latest_figure(demo):
    """A listing that was not told yet has one row, with what holds when it is told."""
    demo.told(limit=5)
    demo.done({"type": "stock.set", "master_sku": "LAMP-OAK", "warehouse": 1, "location": "L-01", "on_hand": 3})

    rest = [row["listingSku"] for row in demo.ack().json]

    assert rest.count("LAMP-OAK-MP") == 1
    assert demo.told() == {}


@pytest.mark.parametrize(
    "query",
    ["salesChannelId=5394,5401", "salesChannelId=5394&salesChannelId=5401", "salesChannelId=5394%2C%205401,5394"],
)
def test_several_channels_come_as_a_list_or_repeated(demo, query):
    """U1: a comma list is allowed; a repeated parameter says the same."""
    rows = demo.om("POST", f"/v1.2/inventory/acknowledge?{query}").json

    assert {row["salesChannelId"] for row in rows} == {5394, 5401}
    assert len(rows) == len({row["listingId"] for row in rows})


def test_a_trailing_blank_after_the_token_is_accepted(demo):
    """OM-API: a client in the field sends one and works."""
    assert demo.told(token="om-demo-token ") == FIRST


def test_switching_push_on_again_tells_the_listing_again(demo):
    """OM-PUSH-01: push switched on is a trigger, for that listing only."""
    demo.ack()
    switch = {"type": "listing.set", "listing_sku": "LAMP-OAK-MP", "sales_channel": 5394}
    demo.done({**switch, "push_inventory": False})
    assert demo.told() == {}

    demo.done({**switch, "push_inventory": True})

    assert demo.told() == {"LAMP-OAK-MP": 8}


def test_a_listing_that_moves_to_another_product_is_told_with_its_new_master_sku(demo):
    """A row is encoded once and kept; an edit must not leave the old words in it."""
    demo.ack()
    demo.done({"type": "listing.set", "listing_sku": "LAMP-OAK-MP", "sales_channel": 5394, "master_sku": "TEE-BLUE-M"})

    assert [(row["masterSku"], row["availableQuantity"]) for row in demo.ack().json] == [("TEE-BLUE-M", 35)]
