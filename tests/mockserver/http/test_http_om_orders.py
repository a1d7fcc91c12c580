"""Order download: fields, statuses, filters and pages. Every answer is held to its schema."""

from __future__ import annotations

import pytest
from om_orders import OUTLET, SHOP, create, new_order, numbers, ok, order, report, send, world

ORDERS = [
    create("A", details={"external": True}),
    {"type": "clock.advance", "by": "PT1H"},
    create("B", "TEE-L", channel=OUTLET),
    create("C", "CHAIR-L", details={"order_date": "2026-01-01T00:00:00Z", "payment_date": "2026-01-02T00:00:00Z"}),
    {"type": "clock.advance", "by": "PT1H"},
    create("D", quantity=99),
    create("E", "NOBODY-KNOWS-IT"),
    create("F", awaiting_payment=True),
    create("G", hold=True),
    {"type": "order.cancel", "sales_channel": SHOP, "order_number": "A", "reason_type": "OTHER"},
    {"type": "order.ship", "sales_channel": OUTLET, "order_number": "B", "ship_date": "2026-01-05T10:30:00Z"},
]


@pytest.fixture
def mock(new_mock):
    made = new_mock(world())
    made.done(*ORDERS)
    return made


def test_an_order_has_every_field_of_the_published_table(mock):
    """What nobody has told us is null, empty or false."""
    told = order(mock, 3)

    assert {key: value for key, value in told.items() if value not in (None, False, [])} == {
        "orderId": 3,
        "orderNumber": "C",
        "orderStatus": "AWAITING_DROPSHIP",
        "orderDate": "2026-01-01T00:00:00Z",
        "paymentDate": "2026-01-02T00:00:00Z",
        "createdDate": "2026-01-05T10:00:00Z",
        "modifiedDate": "2026-01-05T10:00:00Z",
        "salesChannel": {
            "salesChannelId": SHOP,
            "name": "Shop",
            "companyName": None,
            "phoneNumber": None,
            "type": None,
            "active": True,
            "connectionParams": None,
        },
        "fulfillmentSource": {"warehouseId": 3, "name": "Vendor"},
        "orderItems": told["orderItems"],
    }
    [item] = told["orderItems"]
    assert (item["listingSku"], item["quantityOrdered"], item["product"]["masterSku"]) == ("CHAIR-L", 1, "CHAIR")
    assert [each["productStock"]["allocatedQuantity"] for each in item["pickingStocks"]] == [1]


def test_an_item_of_an_unknown_listing_has_no_product(mock):
    """The order is unresolved until somebody maps it."""
    told = order(mock, 5)

    assert (told["orderStatus"], told["unresolvedStatus"]) == ("UNRESOLVED", "MISSING_PRODUCT_INFO")
    assert told["orderItems"][0]["product"] is None


def test_item_ids_are_unique(mock):
    """Across orders, too."""
    every = [item["orderItemId"] for row in ok(mock, "GET", "/v1.1/orders") for item in row["orderItems"]]

    assert len(set(every)) == len(every) == 7


@pytest.mark.parametrize(
    ("number", "status"),
    [
        ("A", "CANCELLED"),
        ("B", "SHIPPED"),
        ("C", "AWAITING_DROPSHIP"),
        ("D", "UNRESOLVED"),
        ("E", "UNRESOLVED"),
        ("F", "AWAITING_PAYMENT"),
        ("G", "ON_HOLD"),
    ],
)
def test_every_status_can_be_asked_for(mock, number, status):
    """The status in the body is the one that the filter knows."""
    assert number in numbers(mock, f"status={status}")
    assert [row["orderStatus"] for row in ok(mock, "GET", f"/v1.1/orders?orderNumber={number}")] == [status]


def test_an_order_in_a_third_partys_warehouse_awaits_its_export(new_mock):
    """Wholly there; one that is spread over warehouses awaits shipment."""
    mock = new_mock(world())
    spread = {"lines": [{"listing_sku": sku, "quantity": 1} for sku in ("TEE-L", "MUG-L")]}
    mock.done(create("A", "TEE-L"), create("B") | spread)

    assert [order(mock, each)["orderStatus"] for each in (1, 2)] == ["AWAITING_3PL_EXPORT", "AWAITING_SHIPMENT"]


def test_a_reading_says_that_every_order_awaits_shipment(new_mock):
    """om.awaiting-status."""
    mock = new_mock(world(), readings={"om.awaiting-status": "awaiting-shipment"})
    mock.done(create("A", "TEE-L"))

    assert order(mock)["orderStatus"] == "AWAITING_SHIPMENT"
    assert numbers(mock, "status=AWAITING_3PL_EXPORT") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "ABCDEFG"),
        ("createdDateFrom=2026-01-05T10:00:00Z", "BCDEFG"),
        ("createdDateTo=2026-01-05T10:00:00Z", "ABC"),
        ("createdDateFrom=2026-01-05T09:30:00Z&createdDateTo=2026-01-05T10:30:00Z", "BC"),
        ("modifiedDateFrom=2026-01-05T11:00:00Z", "ABDEFG"),
        ("modifiedDateTo=2026-01-05T10:59:59Z", "C"),
        ("orderDateTo=2026-01-04T00:00:00Z", "C"),
        ("orderDateFrom=2026-01-04T00:00:00Z", "ABDEFG"),
        ("paymentDateFrom=2026-01-02T00:00:00Z&paymentDateTo=2026-01-02T00:00:00Z", "C"),
        ("paymentDateFrom=2026-01-01T00:00:00Z", "ABCDEG"),
        ("shipDateFrom=2026-01-01T00:00:00Z", "B"),
        ("shipDateFrom=2026-01-05T10:30:01Z", ""),
        ("status=CANCELLED,SHIPPED", "AB"),
        ("status=%22CANCELLED%22&status=SHIPPED", "AB"),
        ("unresolvedStatus=OUT_OF_STOCK", "D"),
        ("unresolvedStatus=OUT_OF_STOCK,MISSING_PRODUCT_INFO", "DE"),
        ("orderId=3,1,99", "AC"),
        ("orderNumber=C,G", "CG"),
        ("orderNumber=c", ""),
        ("productId=102,103", "BC"),
        ("salesChannelId=20", "B"),
        ("salesChannelId=10,20&orderId=1,2", "AB"),
        ("warehouseId=2", "B"),
        ("warehouseId=1,3", "CFG"),
        ("external=true", "A"),
        ("external=false&status=CANCELLED", ""),
        ("limit=3", "ABC"),
        ("limit=3&page=3", "G"),
        ("limit=3&page=4", ""),
        ("unknown=1&orderId=1", "A"),
    ],
)
@pytest.mark.parametrize("path", ["/v1.1/orders", "/service/v1.1/orders", "/v1/orders"])
def test_orders_are_found_by_every_filter(mock, path, query, found):
    """Filters combine; rows come by id; past the end there are none; both versions answer the same."""
    assert "".join(row["orderNumber"] for row in ok(mock, "GET", f"{path}?{query}")) == found


@pytest.mark.parametrize("query", ["status=SHIPED", "createdDateFrom=yesterday", "orderId=x", "page=0", "external=no"])
def test_a_filter_that_makes_no_sense_gets_400(mock, query):
    """It is named."""
    reply = send(mock, "GET", f"/v1.1/orders?{query}")

    assert reply.status == 400
    assert query.partition("=")[0] in reply.json["message"]


@pytest.mark.parametrize("own_id", ["99", "0", "x", "1e3", "%F0%9D%9F%99"])
def test_an_unknown_order_gets_404(mock, own_id):
    """Whatever the id looks like."""
    assert send(mock, "GET", f"/v1.1/orders/{own_id}").status == 404


def test_a_cancelled_order_shows_why(mock):
    """Cancel download: status CANCELLED and the date of the last change."""
    [told] = ok(mock, "GET", "/v1.1/orders?status=CANCELLED&modifiedDateFrom=2026-01-05T11:00:00Z")

    assert (told["orderNumber"], told["cancelReason"]) == ("A", {"type": "OTHER", "details": None})


def test_a_shipped_order_shows_its_shipments(mock):
    """The latest in full, all of them in short."""
    told = order(mock, 2)

    assert (told["shipDate"], told["shipment"]["warehouseId"]) == ("2026-01-05T10:30:00Z", 2)
    assert told["shipments"] == [{"trackingNumbers": [], "items": [{"listingSku": "TEE-L", "quantity": 1}]}]
    assert told["fulfillmentSource"] == {"warehouseId": 2, "name": "Third"}


@pytest.mark.parametrize(
    ("method", "path", "body", "scope"),
    [
        ("GET", "/v1.1/orders", None, "read_orders"),
        ("GET", "/v1.1/orders/1", None, "read_orders"),
        ("PUT", "/v1/order", new_order(), "write_orders"),
        ("POST", "/v1.1/orders", [], "write_orders"),
        ("POST", "/v1/orders/cancel?orderId=3", None, "write_orders"),
        ("GET", "/v1/shipments", None, "read_shipments"),
        ("PUT", "/v1.1/shipment/external", {"shipments": [report(orderId=3)]}, "write_shipments"),
        ("PUT", "/v1.1/shipment/standard", {"orderIds": [3]}, "write_shipments"),
        ("POST", "/v1.1/inventory/adjust", [], "write_inventory"),
        ("PUT", "/v1.1/inventory", [], "write_inventory"),
    ],
)
def test_a_token_needs_the_scope_of_the_route(new_mock, method, path, body, scope):
    """OM-API-04: 403 without it, and nothing happens; with it, or with no limit, the call is served."""
    other = "read_products"
    mock = new_mock(world(tokens=[{"token": "has", "scopes": [scope]}, {"token": "lacks", "scopes": [other]}]))
    mock.done(create("A"), create("B"), create("C"))
    before = mock.state()

    refused = send(mock, method, path, body, token="lacks")

    assert (refused.status, refused.json["error"]) == (403, "insufficient_scope")
    assert mock.state() == before
    assert send(mock, method, path, body, token="has").status == 200
