"""Invoices and their shipments over HTTP: what was sold is paid, then sent or collected (MP-API-06)."""

from __future__ import annotations

import pytest

SELL = {"type": "marketplace.sell", "variant": 1, "seller": 1, "quantity": 3}
ONE = "/invoices/1"


def body(**attributes):
    return {"data": {"type": "any", "attributes": attributes}}


def listed(mock, query="", **rest):
    """Return the ids of a list of invoices."""
    reply = mock.mp("GET", f"/invoices{query}", **rest)
    assert reply.status == 200, reply.body
    return [each["id"] for each in reply.json["data"]]


def status(mock):
    return mock.mp("GET", ONE).json["data"]["attributes"]["status"]


def test_a_sale_is_a_paid_invoice_of_its_seller(demo):
    """One sale, one invoice; 3 units at the sale price of 450 are 1350, and money is text."""
    demo.done(SELL)

    reply = demo.mp("GET", ONE).json

    attributes = reply["data"]["attributes"]
    assert (attributes["status"], attributes["seller_id"], attributes["delivery_type"]) == ("paid", 1, "buy_online")
    assert (attributes["subtotal"], attributes["total"], attributes["postage"]) == ("1350.0", "1350.0", "0.0")
    assert attributes["paid_at"] == attributes["created_at"] == "2026-01-05T09:00:00+00:00"
    (line,) = [each for each in reply["included"] if each["type"] == "line_items"]
    assert (line["attributes"]["price"], line["attributes"]["quantity"]) == ("450.0", 3)
    assert {each["type"] for each in reply["included"]} == {"line_items", "customers"}


def test_a_line_item_names_the_variant_by_sku_and_external_id_only(demo):
    """No variant id and no inventory id, as documented."""
    demo.done({**SELL, "variant": 6, "seller": 3, "quantity": 1})

    attributes = demo.mp("GET", ONE, key="mp-read-key").json["included"][0]["attributes"]

    assert attributes["variant_sku"] == "TEAPOT-MP"
    assert attributes["variant_external_id"] == "homeware-teapot"
    assert (attributes["variant_name"], attributes["advert_name"]) == ("Teapot", "Homeware")
    assert not {"variant_id", "inventory_id"} & attributes.keys()
    assert attributes["price"] == "79.5"


def test_an_invoice_is_its_sellers_alone(demo):
    """To every other key it does not exist, the multi-store's owner included."""
    demo.done({**SELL, "seller": 2, "quantity": 1})

    assert listed(demo, key="mp-member-key") == ["1"]
    assert listed(demo) == []
    assert demo.mp("GET", ONE).status == 404
    assert demo.mp("PUT", f"{ONE}/sent", body()).status == 404
    assert demo.mp("POST", f"{ONE}/shipments", body(line_item_ids=[1])).status == 404


def test_a_list_is_filtered_by_payment_change_and_status(demo):
    """Since and until go by the payment, updated_since and updated_before by the last change; all can be combined."""
    demo.done(SELL, {"type": "clock.advance", "by": "PT1H"}, SELL, {"type": "clock.advance", "by": "PT1H"})
    demo.mp("PUT", f"{ONE}/sent", body())

    assert listed(demo) == ["1", "2"]
    assert listed(demo, "?since=2026-01-05T10:00:00Z") == ["2"]
    assert listed(demo, "?until=2026-01-05T10:00:00Z") == ["1"]
    assert listed(demo, "?updated_since=2026-01-05T11:00:00Z") == ["1"]
    assert listed(demo, "?updated_before=2026-01-05T11:00:00Z") == ["2"]
    assert listed(demo, "?status=sent") == ["1"]
    assert listed(demo, "?status=refunded") == []
    assert listed(demo, "?status=paid&since=2026-01-05T10:00:00Z") == ["2"]
    assert demo.mp("GET", "/invoices?status=lost").status == 400
    assert demo.mp("GET", "/invoices?since=yesterday").status == 400


def test_a_list_comes_in_pages(demo):
    """MP-API-04."""
    demo.done(*[{**SELL, "quantity": 1}] * 3)

    page = demo.mp("GET", "/invoices?page[number]=2&page[size]=2&status=paid").json

    assert [each["id"] for each in page["data"]] == ["3"]
    assert page["links"]["first"] == "/api/v2/client/invoices?status=paid&page[number]=1&page[size]=2"
    assert "next" not in page["links"]


def test_what_a_list_includes_stands_in_relationships(demo):
    """A real client reads it there; the reading mp.invoice-list-include has the other way."""
    demo.done(SELL)

    (invoice,) = demo.mp("GET", "/invoices?include=customer,line_items").json["data"]

    (line,) = invoice["relationships"]["line_items"]["data"]
    assert (line["type"], line["attributes"]["variant_sku"]) == ("line_items", "TEE-BLUE-S-MP")
    assert invoice["relationships"]["customer"]["data"]["email_address"].endswith(".invalid")
    assert "relationships" not in demo.mp("GET", "/invoices").json["data"][0]


def test_customers_of_many_invoices_are_included_once(new_mock):
    """Resources of one type and id are told once."""
    mock = new_mock(readings={"mp.invoice-list-include": "included"})
    mock.done(SELL, SELL)

    included = mock.mp("GET", "/invoices?include=customer,line_items").json["included"]

    assert [each["id"] for each in included if each["type"] == "line_items"] == ["1", "2"]
    assert [each["id"] for each in included if each["type"] == "customers"] == ["customer", "billing_customer"]


def test_sent_sends_everything_that_is_left(demo):
    """PUT sent takes tracking and carrier; what has not gone out is one shipment."""
    demo.done(SELL)

    reply = demo.mp("PUT", f"{ONE}/sent", body(postage_tracking="TRACK1", postage_carrier="Post"))

    assert reply.status == 200
    attributes = reply.json["data"]["attributes"]
    assert (attributes["status"], attributes["postage_tracking"]) == ("sent", "TRACK1")
    (shipment,) = demo.mp("GET", f"{ONE}/shipments").json["data"]
    assert shipment["attributes"]["shipment_carrier"] == "Post"
    assert shipment["attributes"]["dispatched_at"] == "2026-01-05T09:00:00.000+00:00"


def test_sent_needs_no_body_but_a_body_needs_its_media_type(demo):
    """MP-API-02 for what is sent; nothing sent has no type."""
    demo.done(SELL)

    headers = {"Content-Type": "application/json"}
    assert demo.mp("PUT", f"{ONE}/sent", body(), headers=headers).status == 415
    assert demo.mp("PUT", f"{ONE}/sent").status == 200


def test_units_that_go_out_bit_by_bit_make_the_invoice_partially_sent(demo):
    """It is sent with the last unit; the tracking numbers then stand side by side."""
    demo.done(SELL)
    target = f"{ONE}/shipments"

    item = {"line_item_id": "1", "quantity": 1}
    tracking = {"shipment_tracking_number": "A", "shipment_carrier": "Post"}
    first = demo.mp("POST", target, body(shipped_items=[item], dispatched_at="2026-01-04", **tracking))

    assert first.status == 201
    assert first.json["data"]["attributes"]["dispatched_at"] == "2026-01-04T00:00:00.000+00:00"
    assert {"line_item_id": "1", "quantity": 1} in [each["attributes"] for each in first.json["included"]]
    assert status(demo) == "partially_sent"
    assert demo.mp("POST", target, body(line_item_ids=[1], shipment_tracking_number="B")).status == 201
    assert status(demo) == "sent"
    assert demo.mp("GET", ONE).json["data"]["attributes"]["postage_tracking"] == "A,B"


@pytest.mark.parametrize(
    ("attributes", "source"),
    [
        ({}, "shipped_items"),
        ({"shipped_items": []}, "shipped_items"),
        ({"shipped_items": [{"line_item_id": 1, "quantity": 4}]}, "shipped_items"),
        ({"shipped_items": [{"line_item_id": 9, "quantity": 1}]}, "shipped_items"),
        ({"shipped_items": [{"line_item_id": 1, "quantity": 2}, {"line_item_id": 1, "quantity": 2}]}, "shipped_items"),
        ({"shipped_items": [{"line_item_id": 1}]}, "shipped_items"),
        ({"line_item_ids": [1], "dispatched_at": "soon"}, "dispatched_at"),
        ({"line_item_ids": [1], "shipment_carrier": 5}, "shipment_carrier"),
    ],
)
def test_a_shipment_that_cannot_be_is_refused_whole(demo, attributes, source):
    """422 names the attribute; nothing has changed."""
    demo.done(SELL)
    before = demo.state()

    reply = demo.mp("POST", f"{ONE}/shipments", body(**attributes))

    assert reply.status == 422
    assert reply.json["errors"][0]["source"] == f"data/attributes/{source}"
    assert demo.state() == before


def test_tracking_of_a_shipment_can_be_changed(demo):
    """What is not named stays."""
    demo.done(SELL)
    demo.mp("PUT", f"{ONE}/sent", body(postage_tracking="OLD", postage_carrier="Post"))

    reply = demo.mp("PUT", f"{ONE}/shipments/1", body(shipment_tracking_number="NEW"))

    assert reply.status == 200
    attributes = demo.mp("GET", f"{ONE}/shipments/1").json["data"]["attributes"]
    assert (attributes["shipment_tracking_number"], attributes["shipment_carrier"]) == ("NEW", "Post")
    assert demo.mp("GET", f"{ONE}/shipments/9").status == 404


def test_click_and_collect_is_made_ready_then_collected(demo):
    """Only such an invoice, in this order, and it is never sent."""
    demo.done({**SELL, "delivery_type": "click_and_collect"})

    assert demo.mp("PUT", f"{ONE}/collected").status == 422
    assert demo.mp("PUT", f"{ONE}/sent", body()).status == 422
    assert demo.mp("POST", f"{ONE}/shipments", body(line_item_ids=[1])).status == 422
    assert demo.mp("PUT", f"{ONE}/ready").json["data"]["attributes"]["status"] == "ready"
    demo.done({"type": "clock.advance", "by": "PT1H"})
    collected = demo.mp("PUT", f"{ONE}/collected").json["data"]["attributes"]
    assert (collected["status"], collected["ready_at"]) == ("collected", "2026-01-05T09:00:00+00:00")
    assert collected["collected_at"] == "2026-01-05T10:00:00+00:00"


@pytest.mark.parametrize("step", ["ready", "collected"])
def test_what_is_bought_online_is_not_collected(demo, step):
    """The page says which steps a delivery type can take."""
    demo.done(SELL)

    assert demo.mp("PUT", f"{ONE}/{step}").status == 422
    assert status(demo) == "paid"


def test_every_step_passes_under_the_reading(new_mock):
    """mp.invoice-step: accepted."""
    mock = new_mock(readings={"mp.invoice-step": "accepted"})
    mock.done(SELL)

    statuses = [
        mock.mp("PUT", f"{ONE}/{step}").json["data"]["attributes"]["status"] for step in ("sent", "sent", "collected")
    ]

    assert statuses == ["sent", "sent", "collected"]


def test_invoices_survive_a_reload_a_restore_and_the_journal(demo):
    """The world file has them, and the same commands make them again."""
    demo.done(SELL)
    demo.mp("POST", f"{ONE}/shipments", body(shipped_items=[{"line_item_id": 1, "quantity": 2}]))
    demo.control("POST", "/worlds/demo/snapshots", {"name": "half"})
    before = demo.mp("GET", ONE).json
    demo.mp("PUT", f"{ONE}/sent", body())

    demo.control("POST", "/worlds/demo/snapshots/half/restore")

    assert demo.mp("GET", ONE).json == before
    document = demo.control("GET", "/worlds/demo").json
    made = demo.make(world=document)
    assert demo.mp("GET", ONE, key=made["marketplacer"]["api_keys"]["1"]).json == before
    again = demo.control("GET", f"/worlds/{made['id']}").json
    assert again["marketplacer"]["invoices"] == document["marketplacer"]["invoices"]
