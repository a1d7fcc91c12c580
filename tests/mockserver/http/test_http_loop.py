"""The whole loop by hand: a sale, an order, a lower figure, a push; and the same again, byte for byte."""

from __future__ import annotations

import pytest
from wsgi_mock import Mock, shipped


def pushed(mock, rows):
    """Do what an integration does: write every figure to the variant of that SKU."""
    for row in rows:
        found = mock.mp("GET", f"/variants?sku={row['listingSku']}").json["data"]
        for variant in found:
            if mock.put(variant["id"], {"seller_id": 1, "count_on_hand": row["availableQuantity"]}).status == 422:
                counts = {"count_on_hand": {str(variant["id"]): row["availableQuantity"]}}
                assert mock.mp("POST", "/variants/stock_on_hand", counts).status == 201


def shown(mock):
    return {variant: mock.held(variant).get(1, {}).get("count_on_hand") for variant in range(1, 12)}


def test_a_first_synchronisation_makes_the_marketplace_show_what_the_feed_tells(demo):
    """Every listing SKU has its variant; the figures are those of the demo world's comments."""
    pushed(demo, demo.ack().json)

    assert shown(demo) == {1: 9, 2: 35, 3: 4, 4: 4, 5: 25, 6: 50, 7: 8, 8: 6, 9: 23, 10: 2, 11: 0}
    assert demo.mp("GET", "/variants/12").json["data"]["attributes"]["count_on_hand"] == 0


def test_a_sale_comes_back_as_a_lower_figure(demo):
    """Sale, order, allocation, feed: 18 tees less 4 are 14, half of it 7; 14 make 4 packs."""
    pushed(demo, demo.ack().json)

    sold = demo.done({"type": "marketplace.sell", "variant": 1, "seller": 1, "quantity": 4})[0]["result"]

    assert sold["sales_channel"] == 5394
    assert demo.held(1)[1]["count_on_hand"] == 5
    rows = demo.ack().json
    assert {row["listingSku"]: row["availableQuantity"] for row in rows} == {"TEE-BLUE-S-MP": 7, "TEE-PACK-MP": 4}
    pushed(demo, rows)
    assert (shown(demo)[1], shown(demo)[8]) == (7, 4)
    order = {"sales_channel": 5394, "order_number": sold["order_number"]}
    demo.done({"type": "order.ship", **order})
    assert demo.told() == {}
    stock = demo.om("GET", "/v1/inventory?sku=TEE-BLUE-S").json[0]
    assert (stock["quantity"], stock["allocatedQuantity"], stock["availableQuantity"]) == (16, 0, 14)


def test_a_cancelled_sale_gives_the_units_back(demo):
    """OM-AVAIL-08."""
    demo.ack()
    sold = demo.done({"type": "marketplace.sell", "variant": 2, "seller": 1, "quantity": 30})[0]["result"]
    assert demo.told() == {"TEE-BLUE-M-MP": 5}

    demo.done({"type": "order.cancel", "sales_channel": 5394, "order_number": sold["order_number"]})

    assert demo.told() == {"TEE-BLUE-M-MP": 35}


def test_the_marketplace_sells_no_more_than_it_shows_unless_infinite(demo):
    """Refused when it shows less; an infinite record never sells out and oversells gladly."""
    refused, sold = demo.run(
        {"type": "marketplace.sell", "variant": 1, "seller": 1, "quantity": 11},
        {"type": "marketplace.sell", "variant": 6, "seller": 3, "quantity": 5_000},
    )

    assert (refused["status"], sold["status"]) == ("refused", "done")
    assert "shows 10" in refused["reason"]


def session(mock, tokens, keys, world):
    """Ask for a bit of everything and return every answer's status, headers and body."""
    token, key = tokens[0], keys["1"]
    member, number = keys["2"], {"n": 0}

    def sell():
        number["n"] += 1
        return mock.control(
            "POST",
            f"/worlds/{world}/commands",
            [{"type": "marketplace.sell", "variant": 2, "seller": 1, "quantity": 1}],
        )

    replies = []
    for turn in range(6):
        replies += [
            mock.ack(token=token, limit=4),
            mock.put(1, {"seller_id": 1, "count_on_hand": turn}, {"seller_id": 3, "infinite": True}, key=key),
            mock.put(2, {"count_on_hand": turn, "price": 1.5}, key=member),
            sell(),
            mock.control("POST", f"/worlds/{world}/clock/advance", {"by": "PT7M"}),
            mock.om("GET", "/v1/inventory?sku=TEE", token=token),
            mock.mp("GET", "/variants?page[size]=3", key=key),
            mock.ack(token=token, channel=9),
            mock.mp("DELETE", f"/variants/1/inventories/{turn}", key=key),
            mock.control("GET", f"/worlds/{world}/explain?listing_id=501"),
            mock.control("GET", f"/worlds/{world}/journal"),
        ]
    return [(reply.status, reply.body, sorted(reply.pairs)) for reply in replies]


@pytest.mark.parametrize("readings", [{}, {"ack.row-order": "latest-change", "mp.list-order": "seller-id"}])
def test_the_same_requests_give_the_same_bytes(readings):
    """Design section 2, on two servers and on two worlds of one server; only credentials differ."""
    document = {**shipped("demo"), "readings": readings}
    default_keys = {"1": "mp-owner-key", "2": "mp-member-key"}
    alone = [session(Mock(document), ["om-demo-token"], default_keys, "demo") for _ in range(2)]
    shared = Mock(document)
    worlds = [shared.make(world=document) for _ in range(2)]

    together = [
        session(shared, made["order_manager"]["tokens"], made["marketplacer"]["api_keys"], made["id"])
        for made in worlds
    ]

    assert alone[0] == alone[1] == together[0] == together[1]


def test_a_replayed_world_goes_on_with_the_same_bytes():
    """Restart is replay: after restoring its own present, a world answers as if nothing had happened."""
    document = shipped("demo")
    keys = {"1": "mp-owner-key", "2": "mp-member-key"}
    plain, replayed = Mock(document), Mock(document)
    for mock in (plain, replayed):
        session(mock, ["om-demo-token"], keys, "demo")
    replayed.control("POST", "/worlds/demo/snapshots", {"name": "now"})
    replayed.control("POST", "/worlds/demo/snapshots/now/restore")

    assert session(plain, ["om-demo-token"], keys, "demo") == session(replayed, ["om-demo-token"], keys, "demo")
