"""A variant's inventories: the vendor page's examples, merging, and what no record means."""

from __future__ import annotations

import pytest

# Marketplacer's page about inventories, in our own keys' order.
LISTED = {
    "data": [
        {
            "id": 1,
            "type": "inventories",
            "attributes": {
                "count_on_hand": 10,
                "price": "500",
                "sale_price": "450",
                "infinite": False,
                "seller_id": 1,
                "fulfilment_provider": "fulfilment_provider",
            },
        }
    ]
}
SECOND_AND_THIRD = [
    {
        "id": 2,
        "type": "inventories",
        "attributes": {
            "count_on_hand": 15,
            "price": None,
            "sale_price": None,
            "infinite": False,
            "seller_id": 2,
            "fulfilment_provider": "",
        },
    },
    {
        "id": 3,
        "type": "inventories",
        "attributes": {"infinite": True, "seller_id": 3, "fulfilment_provider": ""},
    },
]
OWNER_WRITES = {
    "data": [
        {
            "type": "inventories",
            "attributes": {
                "count_on_hand": 10,
                "price": 500,
                "sale_price": 450,
                "seller_id": 1,
                "fulfilment_provider": "fulfilio",
            },
        },
        {"type": "inventories", "attributes": {"count_on_hand": 15, "seller_id": 2}},
        {"type": "inventories", "attributes": {"infinite": True, "seller_id": 3}},
    ]
}
MEMBER_WRITES = {
    "data": [
        {
            "attributes": {
                "count_on_hand": 22,
                "price": 27.38,
                "sale_price": 21.99,
                "infinite": False,
                "fulfilment_provider": "fulfilment_provider",
            }
        }
    ]
}


def test_the_pages_three_examples_hold(seed_page):
    """MP-INV-01 to 10. The owner's answer repeats the provider that was sent: the page's own answer is a slip."""
    path = "/variants/1/inventories"
    first = {"id": 1, "type": "inventories", "attributes": {**LISTED["data"][0]["attributes"]}}

    assert seed_page.mp("GET", path, key="mp-seed-owner-key").json == LISTED
    owner = seed_page.mp("PUT", path, OWNER_WRITES, key="mp-seed-owner-key")
    first["attributes"] |= {"fulfilment_provider": "fulfilio"}
    assert (owner.status, owner.json) == (200, {"data": [first, *SECOND_AND_THIRD]})
    member = seed_page.mp("PUT", path, MEMBER_WRITES, key="mp-seed-member-key")
    first["attributes"] |= {"count_on_hand": 22, "price": "27.38", "sale_price": "21.99"}
    first["attributes"] |= {"fulfilment_provider": "fulfilment_provider"}
    assert (member.status, member.json) == (200, {"data": [first, *SECOND_AND_THIRD]})


def test_a_deletion_answers_204_without_body_and_works_once(seed_page):
    """MP-INV-11."""
    path = "/variants/1/inventories/1"

    gone = seed_page.mp("DELETE", path, key="mp-seed-owner-key")

    assert (gone.status, gone.body, gone.headers.get("Content-Type")) == (204, b"", None)
    assert seed_page.mp("DELETE", path, key="mp-seed-owner-key").status == 404
    assert seed_page.mp("GET", "/variants/1/inventories", key="mp-seed-owner-key").json == {"data": []}


def test_sellers_that_are_not_named_keep_their_stock(demo):
    """MP-INV-06: a merge, not a replacement."""
    demo.put(1, {"seller_id": 2, "count_on_hand": 8})

    assert {seller: held["count_on_hand"] for seller, held in demo.held(1).items()} == {1: 10, 2: 8}


def test_zero_is_a_record_and_deletion_is_none(demo):
    """MP-INV-11: 0 shows the store disabled, no record hides it."""
    demo.put(1, {"seller_id": 2, "count_on_hand": 0})
    assert demo.held(1)[2]["count_on_hand"] == 0

    demo.mp("DELETE", "/variants/1/inventories/2")

    assert 2 not in demo.held(1)


def test_an_attribute_that_is_left_out_keeps_its_value(demo):
    """Reading mp.omitted-attribute=kept."""
    demo.put(1, {"seller_id": 1, "count_on_hand": 4})

    assert demo.held(1)[1] == {
        "count_on_hand": 4,
        "price": "500",
        "sale_price": "450",
        "infinite": False,
        "seller_id": 1,
        "fulfilment_provider": "",
    }


def test_a_member_writes_only_its_own_record_and_the_last_element_counts(demo):
    """MP-INV-04 and 07; another seller_id is ignored by default."""
    reply = demo.put(1, {"count_on_hand": 1}, {"count_on_hand": 5, "seller_id": 1}, key="mp-member-key")

    assert reply.status == 200
    assert {seller: held["count_on_hand"] for seller, held in demo.held(1).items()} == {1: 10, 2: 5}


def test_of_one_seller_named_twice_the_last_counts(demo):
    """Reading mp.same-seller-twice."""
    demo.put(1, {"seller_id": 2, "count_on_hand": 1}, {"seller_id": 2, "count_on_hand": 9})

    assert demo.held(1)[2]["count_on_hand"] == 9


def test_a_member_sees_all_inventories(demo):
    """MP-INV-05."""
    assert set(demo.held(1, key="mp-member-key")) == {1, 2}


def test_a_members_record_is_made_by_its_first_put(demo):
    """MP-INV-03: update or create; ids go on from the highest."""
    reply = demo.put(2, {"count_on_hand": 6}, key="mp-member-key")

    assert [(row["id"], row["attributes"]["seller_id"]) for row in reply.json["data"]] == [(3, 1), (9, 2)]


def test_an_empty_array_changes_nothing(demo):
    """Nobody is named, so nobody is touched."""
    before = demo.held(1)

    assert demo.mp("PUT", "/variants/1/inventories", {"data": []}).status == 200
    assert demo.held(1) == before


@pytest.mark.parametrize(
    ("sent", "told"),
    [(500, "500"), (27.38, "27.38"), (27.0, "27"), (0, "0"), (0.1, "0.1"), (1e3, "1000"), (None, None)],
)
def test_prices_go_in_as_numbers_and_come_out_as_text(demo, sent, told):
    """MP-INV-08; null clears."""
    demo.put(1, {"seller_id": 2, "price": sent})

    assert demo.held(1)[2]["price"] == told


def test_a_single_seller_variant_has_no_inventories(demo):
    """MP-INV-13; readings mp.single-store-get and -put."""
    assert demo.mp("GET", "/variants/12/inventories").json == {"data": []}
    assert demo.put(12, {"seller_id": 1, "count_on_hand": 3}).status == 422


def test_ids_and_seller_ids_may_come_back_as_they_were_read(new_mock):
    """mp.id-type=string: what was read may be sent back."""
    mock = new_mock(readings={"mp.id-type": "string"})
    read = mock.mp("GET", "/variants/1/inventories").json

    assert [row["id"] for row in read["data"]] == ["1", "2"]
    assert mock.mp("PUT", "/variants/1/inventories", read).status == 422  # prices as text are refused by default
    for row in read["data"]:
        row["attributes"] = {"seller_id": str(row["attributes"]["seller_id"]), "count_on_hand": 1}
    assert mock.mp("PUT", "/variants/1/inventories", read).status == 200


def test_stock_on_hand_sets_single_seller_counts(demo):
    """MP-API-06: 201 with an empty body; INFINITE is the only word."""
    reply = demo.mp("POST", "/variants/stock_on_hand", {"count_on_hand": {"12": 40}})

    assert (reply.status, reply.body) == (201, b"")
    assert demo.mp("GET", "/variants/12").json["data"]["attributes"]["count_on_hand"] == 40
    demo.mp("POST", "/variants/stock_on_hand", {"count_on_hand": {"12": "INFINITE"}})
    assert demo.mp("GET", "/variants/12").json["data"]["attributes"]["infinite"] is True
