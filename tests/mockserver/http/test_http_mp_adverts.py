"""Adverts and variants written over HTTP, as an integration that lists products does (MP-API-06)."""

from __future__ import annotations

import pytest

CAP = {"title": "Cap", "description": "A cap.", "price": 20, "condition": "new"}


def body(**attributes):
    return {"data": {"type": "any", "attributes": attributes}}


def created(mock, key="mp-stranger-key", **attributes):
    reply = mock.mp("POST", "/adverts", body(**{**CAP, **attributes}), key=key)
    assert reply.status == 200, reply.body
    return reply.json["data"]


def with_variant(mock, advert, key="mp-stranger-key", **attributes):
    reply = mock.mp("POST", f"/adverts/{advert}/variants", body(**{"count_on_hand": 3, **attributes}), key=key)
    assert reply.status == 200, reply.body
    return reply.json["data"]


def test_a_product_is_listed_from_nothing(demo):
    """Advert, variant, publication: what is answered is what is read afterwards."""
    advert = created(demo, notes="n", features={"product_features": ["soft"]})
    variant = with_variant(demo, advert["id"], sku="CAP-L", price=19.5, ean="1")
    published = demo.mp("PUT", f"/adverts/{advert['id']}", body(published=True), key="mp-stranger-key")

    assert advert["attributes"] == {
        "title": "Cap", "description": "A cap.", "price": "20.0", "sale_price": None, "published": False,
        "external_id": None, "condition": "new", "notes": "n",
    }  # fmt: skip
    assert variant["attributes"] == {
        "count_on_hand": 3, "infinite": False, "sku": "CAP-L", "barcode": None, "external_id": None, "label": None,
        "price": 19.5, "sale_price": None, "ean": "1",
    }  # fmt: skip
    read = demo.mp("GET", f"/adverts/{advert['id']}", key="mp-stranger-key").json["data"]
    assert published.json["data"] == read
    assert read["attributes"]["published"] is True
    assert read["relationships"]["variants"]["data"] == [{"id": variant["id"], "type": "variants"}]


def test_an_advert_without_variants_is_its_sellers_to_see(demo):
    """In the list and alone; no variant has a SKU to be found by."""
    advert = created(demo)

    def listed(query="", key="mp-stranger-key"):
        return [each["id"] for each in demo.mp("GET", f"/adverts{query}", key=key).json["data"]]

    assert listed() == [14, advert["id"]]
    assert listed("?sku=CAP-L") == []
    assert advert["id"] not in listed(key="mp-owner-key")
    assert demo.mp("GET", f"/adverts/{advert['id']}/variants", key="mp-stranger-key").json == {"data": []}


@pytest.mark.parametrize("path", ["/variants/13", "/adverts/14/variants/13"])
def test_a_variant_is_changed_and_deleted_on_both_paths(demo, path):
    """200 with the variant, then 204 with nothing, then 404."""
    reply = demo.mp("PUT", path, body(barcode="93", count_on_hand="9"), key="mp-stranger-key")

    attributes = reply.json["data"]["attributes"]
    assert (reply.status, attributes["barcode"], attributes["count_on_hand"]) == (200, "93", 9)
    gone = demo.mp("DELETE", path, key="mp-stranger-key")
    assert (gone.status, gone.body) == (204, b"")
    assert demo.mp("GET", path, key="mp-stranger-key").status == 404
    assert demo.mp("DELETE", path, key="mp-stranger-key").status == 404


def test_a_variant_of_another_advert_is_not_found_below_it(demo):
    """The path names both."""
    assert demo.mp("PUT", "/adverts/13/variants/1", body(notes="n")).status == 404
    assert demo.mp("DELETE", "/adverts/13/variants/1").status == 404


def test_with_an_advert_go_its_variants(demo):
    """204; inventories of what is gone cannot be read."""
    assert demo.mp("DELETE", "/adverts/10").status == 204
    assert demo.mp("GET", "/adverts/10").status == 404
    assert demo.mp("GET", "/variants/1/inventories").status == 404


def test_what_is_refused_names_the_attribute(demo):
    """`source` leads to it, as the page shows for an advert without variants."""
    unpublishable = demo.mp("PUT", f"/adverts/{created(demo)['id']}", body(published=True), key="mp-stranger-key")
    error = unpublishable.json["errors"][0]

    assert (unpublishable.status, error["source"], error["status"]) == (
        422,
        "data/attributes/published",
        "resource_invalid",
    )
    blank = demo.mp("POST", "/adverts", body(**{**CAP, "title": ""}))
    assert (blank.status, blank.json["errors"][0]["source"]) == (422, "data/attributes/title")
    dear = demo.mp("PUT", "/variants/13", body(sale_price=1), key="mp-stranger-key")
    assert (dear.status, dear.json["errors"][0]["source"]) == (422, "data/attributes/sale_price")


@pytest.mark.parametrize(
    ("method", "path", "key", "sent", "status"),
    [
        ("POST", "/adverts", "mp-read-key", body(**CAP), 403),
        ("DELETE", "/adverts/10", "mp-read-key", None, 403),
        ("DELETE", "/adverts/10", "mp-member-key", None, 404),
        ("PUT", "/adverts/14", "mp-owner-key", body(title="X"), 404),
        ("PUT", "/adverts/99", "mp-owner-key", body(title="X"), 404),
        ("PUT", "/adverts/many", "mp-owner-key", body(title="X"), 404),
        ("POST", "/adverts/14/variants", "mp-owner-key", body(count_on_hand=1), 404),
        ("POST", "/adverts", "mp-owner-key", b"{", 400),
        ("POST", "/adverts", "mp-owner-key", {"data": []}, 422),
        ("POST", "/adverts/13/variants", "mp-owner-key", body(), 422),
        ("PUT", "/variants/1", "mp-owner-key", {}, 422),
        ("PATCH", "/variants/1", "mp-owner-key", body(), 404),
    ],
)
def test_whoever_may_not_or_asks_wrongly_changes_nothing(demo, method, path, key, sent, status):
    """The scope of the key, whose it is, and the form of the body."""
    before = demo.state()

    assert demo.mp(method, path, sent, key=key).status == status

    assert demo.state() == before


def test_another_media_type_is_415(demo):
    """As on every route that writes."""
    reply = demo.mp("POST", "/adverts", body(**CAP), headers={"Content-Type": "application/json"})

    assert reply.status == 415


def test_a_reset_and_a_replay_make_the_same_again(demo):
    """Every write is a command of the journal, and a snapshot brings back what was deleted later."""
    advert = created(demo)
    variant = with_variant(demo, advert["id"], sku="CAP-L")
    demo.control("POST", "/worlds/demo/snapshots", {"name": "here"})
    before = demo.control("GET", "/worlds/demo").json
    demo.mp("DELETE", f"/variants/{variant['id']}", key="mp-stranger-key")
    demo.mp("DELETE", f"/adverts/{advert['id']}", key="mp-stranger-key")

    demo.control("POST", "/worlds/demo/snapshots/here/restore")

    assert demo.control("GET", "/worlds/demo").json == before
    types = [each["command"]["type"] for each in demo.control("GET", "/worlds/demo/journal").json["entries"]]
    assert types == ["advert.create", "variant.create"]


def test_what_a_member_holds_of_a_deleted_variant_is_gone_and_its_invoices_stay(demo):
    """Past sales are told by the names that they were sold under."""
    demo.done({"type": "marketplace.sell", "variant": 1, "seller": 1, "quantity": 1})

    assert demo.mp("DELETE", "/variants/1").status == 204

    (line,) = [each for each in demo.mp("GET", "/invoices/1").json["included"] if each["type"] == "line_items"]
    assert line["attributes"]["variant_sku"] == "TEE-BLUE-S-MP"
    assert demo.run({"type": "marketplace.sell", "variant": 1, "seller": 1, "quantity": 1})[0]["status"] == "refused"


def test_the_page_one_variant_may_come_as_an_array(new_mock):
    """mp.variant-one bears on writes too, and mp.variant-delete on the status."""
    mock = new_mock(readings={"mp.variant-one": "array", "mp.variant-delete": "ok", "mp.id-type": "string"})

    reply = mock.mp("PUT", "/variants/12", body(count_on_hand=4))

    assert [each["id"] for each in reply.json["data"]] == ["12"]
    assert mock.mp("DELETE", "/variants/12").status == 200
