"""The account as a stranger's client sees it: every list page by page, and the four functions of the integration."""

from __future__ import annotations

import pytest
from om_client import PUBLISHED, Client
from om_orders import NOTHING

KEYS = {
    "/v1/listings": "listingId",
    "/v1/saleschannels": "salesChannelId",
    "/v1.1/products": "productId",
    "/v1/warehouses": "warehouseId",
    "/v1/inventory": "productStockId",
    "/v1.1/orders": "orderId",
    "/v1/shipments": "shipmentId",
}
MERCHANT = {
    "format": "stockproof/world/1",
    "clock": "2026-01-05T09:00:00Z",
    "order_manager": {
        "apps": [{"app_key": "wms-app", "app_secret": "wms-secret", "redirect_uri": "https://wms.example/back"}],
        "warehouses": [{"id": 1, "name": "Own"}, {"id": 2, "name": "Partner", "type": "THIRD_PARTY_LOGISTICS"}],
        "sales_channels": [{"id": 10, "name": "Shop"}],
        "products": [{"id": 7, "master_sku": "MUG"}, {"id": 8, "master_sku": "TEE"}],
        "stock": [{"master_sku": "MUG", "warehouse": 2, "on_hand": 15, "locked": 10}],
        "listings": [{"listing_sku": f"{sku}-L", "master_sku": sku, "sales_channel": 10} for sku in ("MUG", "TEE")],
    },
}


def client_of(mock, **options):
    def send(method, target, headers, body):
        reply = mock.ask(method, target, headers=headers, body=body)
        return reply.status, reply.headers, reply.body

    return Client(send, **options)


@pytest.mark.parametrize("limit", [1, 3, 100])
@pytest.mark.parametrize("prefix", ["", "/service"])
def test_a_client_pages_through_everything_without_an_error(demo, prefix, limit):
    """Every row once, whatever the size of a page; the published fields are all there."""
    demo.done({"type": "order.ship", "sales_channel": 5401, "order_number": "WEB-1001", "tracking_number": "T-1"})
    client = client_of(demo, token="om-demo-token", prefix=prefix)

    seen = {path: list(client.every(path, limit)) for path in PUBLISHED}

    for path, key in KEYS.items():
        ids = [row[key] for row in seen[path]]
        assert len(set(ids)) == len(ids) > 0, path
    assert {row["salesChannel"]["salesChannelId"] for row in seen["/v1.1/orders"]} <= {
        row["salesChannelId"] for row in seen["/v1/saleschannels"]
    }
    assert {row["stockLocation"]["warehouseId"] for row in seen["/v1/inventory"]} <= {
        row["warehouseId"] for row in seen["/v1/warehouses"]
    }
    assert {row["productId"] for row in seen["/v1/listings"]} <= {row["productId"] for row in seen["/v1.1/products"]}


@pytest.fixture
def partner(new_mock):
    """A client with a token of its own, got as an app gets it."""
    client = client_of(new_mock(MERCHANT))
    scope = "read_orders+write_orders+read_shipments+write_shipments+read_inventory+write_inventory"
    client.authorize("wms-app", "wms-secret", "https://wms.example/back", scope)
    return client


def place(client, number, sku, quantity):
    address = {"shipName": "Ann Example", "shipAddress1": "1 Sample Street", "shipCity": "Springfield"}
    return client.call(
        "PUT",
        "/v1/order",
        {
            "salesChannelId": 10,
            "orderNumber": number,
            **address,
            "shipCountry": "USA",
            "insuranceCost": NOTHING,
            "insuredValue": NOTHING,
            "orderItems": [{"listingSku": sku, "quantityOrdered": quantity}],
        },
    )


def waiting(client, warehouse):
    """What the warehouse has to send out."""
    rows = client.every("/v1.1/orders", warehouseId=warehouse, status="AWAITING_SHIPMENT,AWAITING_3PL_EXPORT")
    return {row["orderNumber"]: row for row in rows}


def sync(client, sku, warehouse, unlocked):
    """Report a warehouse's unlocked level as a partner does: on top of what is locked in Order Manager."""
    rows = client.call("GET", "/v1/inventory", sku=sku, warehouseId=warehouse)
    locked = sum(row["quantityLocked"] for row in rows if row["product"]["masterSku"] == sku)
    level = {"masterSku": sku, "onHandQuantity": locked + unlocked, "warehouseId": warehouse}
    return client.call("POST", "/v1.1/inventory/adjust", [{**level, "stockLocationName": "GLOBAL"}])


def named(client, name):
    return {row["name"]: row["warehouseId"] for row in client.every("/v1/warehouses")}.get(name)


def quantity(client, sku):
    return [row["quantity"] for row in client.every("/v1/inventory", sku=sku)]


def test_orders_go_out_and_tracking_comes_back(partner):
    """Order download, then shipment confirmation; what went out is not downloaded again."""
    warehouse = named(partner, "Partner")
    place(partner, "1001", "MUG-L", 2)
    place(partner, "1002", "MUG-L", 9)

    downloaded = waiting(partner, warehouse)
    assert [(number, row["orderStatus"]) for number, row in downloaded.items()] == [("1001", "AWAITING_3PL_EXPORT")]
    items = [(item["product"]["masterSku"], item["quantityOrdered"]) for item in downloaded["1001"]["orderItems"]]
    assert items == [("MUG", 2)]

    confirmation = {"orderNumber": "1001", "salesChannelId": 10, "trackingNumber": "1Z-1"}
    told = partner.call(
        "PUT",
        "/v1.1/shipment/external",
        {"updateChannel": True, "shipments": [{**confirmation, "shipMethod": {"shippingCarrier": "UPS"}}]},
    )

    assert told["errors"] == []
    assert waiting(partner, warehouse) == {}
    [shipped] = partner.every("/v1.1/orders", status="SHIPPED")
    assert (shipped["orderNumber"], shipped["shipments"][0]["trackingNumbers"]) == ("1001", ["1Z-1"])
    assert [row["trackingNumber"] for row in partner.every("/v1/shipments", orderNumber="1001")] == ["1Z-1"]
    assert quantity(partner, "MUG") == [13]


def test_ten_locked_and_ten_reported_are_twenty_twice(partner):
    """The vendor's own numbers; the second report changes nothing."""
    warehouse = named(partner, "Partner")

    for _ in range(2):
        assert sync(partner, "MUG", warehouse, 10)["errors"] == []
        assert quantity(partner, "MUG") == [20]


def test_a_product_without_starting_inventory_is_not_synced(partner):
    """ERR097 until any level at all has been assigned."""
    warehouse = named(partner, "Partner")

    [error] = sync(partner, "TEE", warehouse, 4)["errors"]
    assert (error["errorCode"], error["identifier"], error["index"]) == ("ERR097", "TEE", 1)

    row = {"productId": 8, "warehouseId": warehouse, "stockLocationName": "GLOBAL", "quantity": 0}
    assert partner.call("PUT", "/v1.1/inventory", [row])["errors"] == []
    assert sync(partner, "TEE", warehouse, 4)["errors"] == []
    assert quantity(partner, "TEE") == [4]


def test_nothing_can_be_synced_without_the_name_of_a_warehouse(partner):
    """The name leads to the id that every write needs; capitals count."""
    assert (named(partner, "Partner"), named(partner, "partner"), named(partner, "")) == (2, None, None)


def test_cancellations_are_downloaded(partner):
    """By status and date of the last change; the units are free again."""
    warehouse = named(partner, "Partner")
    place(partner, "1001", "MUG-L", 2)
    place(partner, "1002", "MUG-L", 3)
    partner.call("POST", "/v1/orders/cancel", orderNumber="1001", salesChannelId=10, cancelReasonType="BUYER_CANCELLED")

    [cancelled] = partner.every("/v1.1/orders", status="CANCELLED", modifiedDateFrom="2026-01-05T09:00:00Z")

    assert (cancelled["orderNumber"], cancelled["cancelReason"]["type"]) == ("1001", "BUYER_CANCELLED")
    assert list(waiting(partner, warehouse)) == ["1002"]
    assert [row["allocatedQuantity"] for row in partner.every("/v1/inventory", sku="MUG")] == [3]
