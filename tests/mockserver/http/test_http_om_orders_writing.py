"""Creating, editing and cancelling orders over HTTP. Every answer is held to its schema."""

from __future__ import annotations

import pytest
from om_orders import EAST, SHOP, THIRD, create, new_order, numbers, ok, on_hand, order, send, world


@pytest.fixture
def mock(new_mock):
    return new_mock(world())


# -- create ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/v1/order", "/service/v1/order"])
def test_the_required_fields_make_an_order(mock, path):
    """It is answered as taken, with its units and a number of its own."""
    told = ok(mock, "PUT", path, new_order())

    assert (told["orderId"], told["orderNumber"], told["orderStatus"]) == (1, "OM-1", "AWAITING_SHIPMENT")
    assert (told["shipName"], told["shipCountry"], told["insuredValue"]) == (
        "Ann Example",
        "USA",
        {"amount": 0, "currency": "USD"},
    )
    assert on_hand(mock) == [(10, 2)]
    assert order(mock) == told


def test_everything_that_an_order_is_given_comes_back(mock):
    """Texts, dates in UTC, money with decimals, objects."""
    given = {
        "orderNumber": "A-1",
        "shipCompany": "Sample Ltd",
        "orderDate": "2026-01-04T10:00:00Z",
        "giftMessage": "Hi",
        "gift": True,
        "discount": {"amount": 1.5, "currency": "AUD"},
        "customField1": "one",
        "notesFromBuyer": "",
    }
    item = {"listingSku": "TEE-L", "quantityOrdered": 1, "unitPrice": {"amount": 9.99, "currency": "AUD"}, "notes": "x"}
    more = {
        "shipByDate": "2026-01-06T10:00:00+10:00",
        "customer": {"name": "Ann Example", "emailAddresses": ["ann@example.com"], "unheardOf": 1},
        "shipMethod": {"shippingCarrier": "USPS", "shippingServiceId": 3},
        "shipPhone": None,
        "unheardOf": 1,
    }

    told = ok(mock, "PUT", "/v1/order", new_order(**given, **more, orderItems=[item]))

    assert {key: told[key] for key in given} == given
    assert told["shipByDate"] == "2026-01-06T00:00:00Z"
    assert told["customer"] == {
        "customerId": None,
        "name": "Ann Example",
        "companyName": None,
        "emailAddresses": ["ann@example.com"],
    }
    assert (told["shipMethod"]["shippingCarrier"], told["shipMethod"]["shippingServiceId"]) == ("USPS", 3)
    assert {key: told["orderItems"][0][key] for key in item} == item
    assert mock.control("POST", "/worlds", {"world": mock.control("GET", "/worlds/demo").json}).status == 201


def test_an_unknown_listing_leaves_the_order_unresolved(mock):
    """It is taken all the same."""
    told = ok(mock, "PUT", "/v1/order", new_order(orderItems=[{"listingSku": "mug-l", "quantityOrdered": 1}]))

    assert (told["orderStatus"], told["unresolvedStatus"]) == ("UNRESOLVED", "MISSING_PRODUCT_INFO")


def test_an_order_is_on_hold_until_its_date(mock):
    """The field holdUntilDate is documented for new orders."""
    told = ok(mock, "PUT", "/v1/order", new_order(holdUntilDate="2026-01-05T10:00:00Z"))
    mock.control("POST", "/worlds/demo/clock/advance", {"by": "PT1H"})

    assert (told["orderStatus"], told["holdUntilDate"]) == ("ON_HOLD", "2026-01-05T10:00:00Z")
    assert (order(mock)["orderStatus"], order(mock)["holdUntilDate"]) == ("AWAITING_SHIPMENT", None)


@pytest.mark.parametrize("field", list(new_order()))
def test_a_missing_field_gets_400_and_is_named(mock, field):
    """The vendor's required fields, and the items."""
    body = {key: value for key, value in new_order().items() if key != field}
    before = mock.state()

    reply = send(mock, "PUT", "/v1/order", body)

    assert reply.status == 400
    assert field in reply.json["message"]
    assert mock.state() == before


@pytest.mark.parametrize(
    "body", [new_order(salesChannelId=99), new_order(orderNumber="A"), new_order(fulfillmentSource=9), [new_order()], 3]
)
def test_an_order_that_makes_no_sense_gets_400(mock, body):
    """An unknown channel, a number that is taken, an unknown warehouse, no object."""
    mock.done(create("A"))
    before = mock.state()

    assert send(mock, "PUT", "/v1/order", body).status == 400
    assert mock.state() == before


def test_an_own_number_never_meets_a_given_one(mock):
    """OM-2 is taken by the first order."""
    ok(mock, "PUT", "/v1/order", new_order(orderNumber="OM-2"))

    assert ok(mock, "PUT", "/v1/order", new_order())["orderNumber"] == "OM-3"


def test_text_that_is_no_json_gets_400(mock):
    """And nothing at all, too."""
    for body in (b"", b"{", b"[1,"):
        assert mock.om("PUT", "/v1/order", token="one-token", body=body).status == 400


# -- edit ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/v1.1/orders", "/v1/orders", "/service/v1.1/orders"])
def test_good_edits_are_done_and_bad_ones_told(mock, path):
    """OM-API-17: the index counts from 1."""
    mock.done(create("A"), create("B"))

    told = ok(
        mock,
        "POST",
        path,
        [
            {"orderIdentifier": {"orderId": 9}, "internalNotes": "nobody"},
            {"orderIdentifier": {"orderId": 1}, "internalNotes": "first", "gift": True},
            {"orderIdentifier": {"orderNumber": "B", "salesChannelId": SHOP}, "customField3": "second"},
            {"orderIdentifier": {"orderNumber": "A", "salesChannelId": 20}, "gift": True},
        ],
    )

    assert [(row["orderId"], row["orderNumber"], row["orderStatus"]) for row in told["results"]] == [
        (1, "A", "AWAITING_SHIPMENT"),
        (2, "B", "AWAITING_SHIPMENT"),
    ]
    assert [(row["index"], row["identifier"], row["errorCode"]) for row in told["errors"]] == [
        (1, "9", "UNKNOWN_ORDER"),
        (4, "A", "UNKNOWN_ORDER"),
    ]
    assert (order(mock, 1)["internalNotes"], order(mock, 1)["gift"], order(mock, 2)["customField3"]) == (
        "first",
        True,
        "second",
    )


def test_null_takes_away_and_the_rest_stays(mock):
    """An edit replaces what it names."""
    ok(mock, "PUT", "/v1/order", new_order(shipState="IL", shipZipCode="62701"))

    ok(
        mock,
        "POST",
        "/v1.1/orders",
        [{"orderIdentifier": {"orderId": 1}, "shipState": None, "shipCity": "Shelbyville"}],
    )

    told = order(mock)
    assert (told["shipState"], told["shipCity"], told["shipZipCode"]) == (None, "Shelbyville", "62701")


def test_a_fulfillment_source_moves_the_order(mock):
    """Two units leave East for the third party, whose export they then await."""
    mock.done({"type": "stock.receive", "master_sku": "MUG", "warehouse": THIRD, "units": 5}, create("A", quantity=2))

    ok(mock, "POST", "/v1.1/orders", [{"orderIdentifier": {"orderId": 1}, "fulfillmentSource": {"warehouseId": THIRD}}])

    assert on_hand(mock) == [(10, 0), (5, 2)]
    assert (order(mock)["orderStatus"], order(mock)["fulfillmentSource"]["warehouseId"]) == (
        "AWAITING_3PL_EXPORT",
        THIRD,
    )
    ok(mock, "POST", "/v1.1/orders", [{"orderIdentifier": {"orderId": 1}, "fulfillmentSource": None}])
    assert order(mock)["fulfillmentSource"]["warehouseId"] == EAST


def test_an_edit_is_journaled_and_replayed(mock):
    """Writes over HTTP are commands: a restored snapshot has them again."""
    mock.done(create("A"))
    ok(
        mock,
        "POST",
        "/v1.1/orders",
        [{"orderIdentifier": {"orderId": 1}, "amountPaid": {"amount": 12.5, "currency": "USD"}}],
    )
    told = order(mock)
    mock.control("POST", "/worlds/demo/snapshots", {"name": "edited"})
    ok(mock, "POST", "/v1/orders/cancel?orderId=1")

    assert mock.control("POST", "/worlds/demo/snapshots/edited/restore").status == 200
    assert order(mock) == told


# -- cancel ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["orderId=1", f"orderNumber=A&salesChannelId={SHOP}"])
def test_a_cancelled_order_gives_its_units_back(mock, name):
    """The parameters stand in the query (OM-API-23)."""
    mock.done(create("A", quantity=4))

    told = ok(
        mock,
        "POST",
        f"/v1/orders/cancel?{name}&cancelReasonType=NO_INVENTORY&cancelReason=gone%20away&updateSalesChannels=true",
    )

    assert told["orderStatus"] == "CANCELLED"
    assert told["cancelReason"] == {"type": "NO_INVENTORY", "details": "gone away"}
    assert on_hand(mock) == [(10, 0)]
    assert numbers(mock, "status=CANCELLED") == ["A"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("orderNumber=A", 400),
        ("orderId=x", 400),
        ("orderId=1&cancelReasonType=BORED", 400),
        ("orderId=9", 404),
        (f"orderNumber=Z&salesChannelId={SHOP}", 404),
        ("orderId=2", 400),
    ],
)
def test_a_cancellation_that_makes_no_sense_is_refused(mock, query, status):
    """Unnamed, unknown, or shipped already."""
    mock.done(create("A"), create("B"), {"type": "order.ship", "sales_channel": SHOP, "order_number": "B"})
    before = mock.state()

    assert send(mock, "POST", f"/v1/orders/cancel?{query}").status == status
    assert mock.state() == before


def test_a_bad_date_in_a_later_edit_edits_nothing(mock):
    """400 for the whole call, and then the first order must be as it was."""
    mock.done(create("A"), create("B"))
    good = {"orderIdentifier": {"orderId": 1}, "giftMessage": "Hi"}
    bad = {"orderIdentifier": {"orderId": 2}, "orderDate": "9999-12-31T23:59:59-12:00"}

    assert send(mock, "POST", "/v1.1/orders", [good, bad]).status == 400
    assert order(mock)["giftMessage"] is None


def test_a_warehouse_may_be_named_by_a_number_with_a_point(mock):
    """1.0 is an integer in JSON Schema, so it reaches the handler."""
    told = ok(mock, "PUT", "/v1/order", new_order(fulfillmentSource=float(EAST)))

    assert told["fulfillmentSource"]["warehouseId"] == EAST
