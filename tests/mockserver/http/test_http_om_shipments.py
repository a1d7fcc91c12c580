"""Shipments reported and listed over HTTP. Every answer is held to its schema."""

from __future__ import annotations

import pytest
from om_orders import OUTLET, SHOP, create, new_order, ok, on_hand, order, report, send, world

EXTERNAL = "/v1.1/shipment/external"
STANDARD = "/v1.1/shipment/standard"


@pytest.fixture
def mock(new_mock):
    return new_mock(world())


def statuses(mock, *own_ids):
    return [order(mock, each)["orderStatus"] for each in own_ids]


@pytest.mark.parametrize("prefix", ["", "/service"])
@pytest.mark.parametrize("name", [{"orderId": 1}, {"orderNumber": "A", "salesChannelId": SHOP}])
def test_a_report_ships_the_whole_order(mock, prefix, name):
    """On hand and allocated fall together; the order carries the tracking number."""
    mock.done(create("A", quantity=4))

    told = ok(mock, "PUT", prefix + EXTERNAL, {"notifyCustomer": False, "shipments": [report(**name)]})

    [row] = told["results"]
    assert (row["status"], row["order"], told["errors"]) == (
        "SUCCESS",
        {"orderId": 1, "orderNumber": "A", "salesChannelId": SHOP},
        [],
    )
    shipped = order(mock)
    assert (shipped["orderStatus"], shipped["shipDate"]) == ("SHIPPED", "2026-01-05T09:00:00Z")
    assert shipped["shipments"] == [{"trackingNumbers": ["T-1"], "items": [{"listingSku": "MUG-L", "quantity": 4}]}]
    assert shipped["shipment"] == row["shipment"] == ok(mock, "GET", f"{prefix}/v1/shipments")[0]
    assert on_hand(mock) == [(6, 0)]


def test_a_shipment_has_every_field_of_the_published_table(mock):
    """What the report says, and null for the rest."""
    mock.done(create("A"))
    more = {
        "carrierFee": {"amount": 4.2, "currency": "USD"},
        "deliveryStatus": "IN_TRANSIT",
        "shipDate": "2026-01-05T08:00:00Z",
        "estimatedArrival": "2026-01-08T00:00:00Z",
        "insuranceTrackingNumber": "I-1",
    }
    ok(mock, "PUT", EXTERNAL, {"shipments": [report(orderId=1, **more)]})

    assert ok(mock, "GET", "/v1/shipments") == [
        {
            "shipmentId": 1,
            "orderId": 1,
            "orderNumber": "A",
            "type": "FULFILLMENT",
            "created": "2026-01-05T09:00:00Z",
            "received": None,
            "trackingNumber": "T-1",
            "warehouseId": 1,
            "shipMethod": {
                "shippingProviderId": None,
                "shippingCarrier": "USPS",
                "shippingServiceId": None,
                "packageTypeId": None,
                "ltlFtlShipment": False,
            },
            "transactionId": None,
            "external": True,
            "batchNumber": None,
            "rma": None,
            "shippingLabelUrls": [],
            **more,
        }
    ]


def test_good_reports_count_whatever_the_others_are(mock):
    """Unknown, without units, on hold, unpaid: each is told, the good one goes."""
    mock.done(create("A", quantity=99), create("B", hold=True), create("C", awaiting_payment=True), create("D"))

    told = ok(mock, "PUT", EXTERNAL, {"shipments": [report(orderId=each) for each in (9, 1, 2, 3, 4)]})

    assert [(row["index"], row["identifier"], row["errorCode"]) for row in told["errors"]] == [
        (1, "9", "UNKNOWN_ORDER"),
        (2, "1", "NOT_ALLOCATED"),
        (3, "2", "NOT_SHIPPABLE"),
        (4, "3", "NOT_SHIPPABLE"),
    ]
    assert statuses(mock, 1, 2, 3, 4) == ["UNRESOLVED", "ON_HOLD", "AWAITING_PAYMENT", "SHIPPED"]


@pytest.mark.parametrize(("option", "again"), [("refused", ([], ["FINISHED_ORDER"])), ("accepted", ([1], []))])
def test_a_report_that_comes_twice_ships_once(new_mock, option, again):
    """A client that lost the answer asks again; the reading says what it hears."""
    mock = new_mock(world(), readings={"om.shipment-again": option})
    mock.done(create("A", quantity=4))
    body = {"shipments": [report(orderId=1)]}
    ok(mock, "PUT", EXTERNAL, body)

    told = ok(mock, "PUT", EXTERNAL, body)

    results = [row["shipment"]["shipmentId"] for row in told["results"]]
    assert (results, [row["errorCode"] for row in told["errors"]]) == again
    assert on_hand(mock) == [(6, 0)]
    assert len(ok(mock, "GET", "/v1/shipments")) == 1


def test_a_reading_answers_rows(new_mock):
    """om.shipment-answer: each report has its row, in the order sent."""
    mock = new_mock(world(), readings={"om.shipment-answer": "rows"})
    mock.done(create("A"))

    told = ok(mock, "PUT", EXTERNAL, {"shipments": [report(orderId=9), report(orderId=1)]})

    assert [(row["order"]["orderId"], row["status"]) for row in told] == [(9, "FAILED"), (1, "SUCCESS")]
    assert "no order 9" in told[0]["processingMessage"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"shipments": [{"orderId": 1}]},
        {"shipments": [report()]},
        {"shipments": [report(orderNumber="A")]},
        {"shipments": [report(orderId=1, shipDate="yesterday")]},
        {"shipments": [report(orderId=1, shipMethod={})]},
    ],
)
def test_a_report_without_what_is_required_gets_400(mock, body):
    """Tracking number, carrier and order are documented as required."""
    mock.done(create("A"))
    before = mock.state()

    assert send(mock, "PUT", EXTERNAL, body).status == 400
    assert mock.state() == before


# -- by id -----------------------------------------------------------------------------------------


def test_orders_are_shipped_by_id_as_a_batch(mock):
    """The shipments carry the number of the batch and are the account's own."""
    mock.done(create("A"), create("B", "TEE-L"))

    told = ok(mock, "PUT", STANDARD, {"orderIds": [2, 1], "orderBatchNumber": "B-7"})

    assert [(row["order"]["orderId"], row["orderBatchNumber"]) for row in told["results"]] == [(2, "B-7"), (1, "B-7")]
    assert statuses(mock, 1, 2) == ["SHIPPED", "SHIPPED"]
    assert [row["external"] for row in ok(mock, "GET", "/v1/shipments?batchNumber=B-7")] == [False, False]


@pytest.mark.parametrize(
    ("option", "asked", "status"),
    [
        ("as-asked", None, "AWAITING_SHIPMENT"),
        ("as-asked", False, "AWAITING_SHIPMENT"),
        ("as-asked", True, "SHIPPED"),
        ("good-ones", None, "SHIPPED"),
    ],
)
def test_an_order_that_cannot_go_keeps_the_batch_unless_asked(new_mock, option, asked, status):
    """completeBatchAndDiscardFailedOrders, and the reading om.standard-batch."""
    mock = new_mock(world(), readings={"om.standard-batch": option})
    mock.done(create("A"), create("B", quantity=99))

    body = {"orderIds": [1, 2], "completeBatchAndDiscardFailedOrders": asked}
    told = ok(mock, "PUT", STANDARD, body)

    assert statuses(mock, 1, 2) == [status, "UNRESOLVED"]
    assert [(row["index"], row["identifier"]) for row in told["errors"]] == [(2, "2")]
    assert len(told["results"]) == (1 if status == "SHIPPED" else 0)


# -- list ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3]),
        ("limit=2&page=2", [3]),
        ("page=2", []),
        ("batchNumber=B-1", [3]),
        ("city=springfield", [1]),
        ("country=USA", [1]),
        ("state=IL", []),
        ("recipient=ann%20example", [1]),
        ("deliveryStatus=DELIVERED", [2]),
        ("deliveryStatus=DELIVERED,UNKNOWN", [1, 2, 3]),
        ("orderId=1,3", [1, 3]),
        ("orderNumber=B", [2]),
        ("salesChannelId=20", [2]),
        ("shipmentId=2", [2]),
        ("shippingProviderId=8", [2]),
        ("trackingNumber=T-1", [1]),
        ("trackingNumber=T-1,T-2", [1, 2]),
        ("warehouseId=2", [2]),
        ("shipmentCreatedFromDate=2026-01-05T10:00:00Z", [2, 3]),
        ("shipmentCreatedToDate=2026-01-05T09:00:00Z", [1]),
        ("shipmentFromDate=2026-01-05T09:00:00Z", [1, 3]),
        ("shipmentToDate=2026-01-04T00:00:00Z", [2]),
    ],
)
def test_shipments_are_found_by_every_filter(mock, query, found):
    """Filters combine; rows come by id."""
    ok(mock, "PUT", "/v1/order", new_order())
    mock.done(create("B", "TEE-L", channel=OUTLET), create("C"))
    ok(mock, "PUT", EXTERNAL, {"shipments": [report(orderId=1)]})
    mock.control("POST", "/worlds/demo/clock/advance", {"by": "PT1H"})
    second = report(orderId=2, trackingNumber="T-2", deliveryStatus="DELIVERED", shipDate="2026-01-04T00:00:00Z")
    second["shipMethod"] = {"shippingCarrier": "UPS", "shippingProviderId": 8}
    ok(mock, "PUT", EXTERNAL, {"shipments": [second]})
    ok(mock, "PUT", STANDARD, {"orderIds": [3], "orderBatchNumber": "B-1"})

    assert [row["shipmentId"] for row in ok(mock, "GET", f"/v1/shipments?{query}")] == found


def test_a_bad_date_in_a_later_report_ships_nothing(mock):
    """400 for the whole call, and then the first order must not have gone out."""
    mock.done(create("A"), create("B"))
    late = report(orderId=2, shipDate="9999-12-31T23:59:59-12:00")

    assert send(mock, "PUT", EXTERNAL, {"shipments": [report(orderId=1), late]}).status == 400
    assert statuses(mock, 1, 2) == ["AWAITING_SHIPMENT", "AWAITING_SHIPMENT"]
