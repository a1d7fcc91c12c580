"""A small account with orders, and the bodies that an integration sends about them."""

from __future__ import annotations

import json

TOKEN = "one-token"
SHOP, OUTLET = 10, 20
EAST, THIRD, VENDOR = 1, 2, 3
NOTHING = {"amount": 0, "currency": "USD"}


def world(**order_manager):
    """Three warehouses of three types with one product each, sold on two channels."""
    goods = {EAST: "MUG", THIRD: "TEE", VENDOR: "CHAIR"}
    return {
        "format": "stockproof/world/1",
        "clock": "2026-01-05T09:00:00Z",
        "order_manager": {
            "tokens": [{"token": TOKEN}],
            "warehouses": [
                {"id": EAST, "name": "East"},
                {"id": THIRD, "name": "Third", "type": "THIRD_PARTY_LOGISTICS"},
                {"id": VENDOR, "name": "Vendor", "type": "DROPSHIP_VENDOR"},
            ],
            "sales_channels": [{"id": SHOP, "name": "Shop"}, {"id": OUTLET, "name": "Outlet"}],
            "products": [{"id": 100 + house, "master_sku": sku} for house, sku in goods.items()],
            "stock": [{"master_sku": sku, "warehouse": house, "on_hand": 10} for house, sku in goods.items()],
            "listings": [
                {"listing_sku": f"{sku}-L", "master_sku": sku, "sales_channel": channel}
                for sku in goods.values()
                for channel in (SHOP, OUTLET)
            ],
            **order_manager,
        },
    }


def create(number, sku="MUG-L", quantity=1, channel=SHOP, **more):
    lines = [{"listing_sku": sku, "quantity": quantity, "unmapped": True}]
    return {"type": "order.create", "sales_channel": channel, "order_number": number, "lines": lines, **more}


def new_order(**more):
    """The fields that the vendor requires, and one item."""
    return {
        "salesChannelId": SHOP,
        "shipName": "Ann Example",
        "shipAddress1": "1 Sample Street",
        "shipCity": "Springfield",
        "shipCountry": "USA",
        "insuranceCost": NOTHING,
        "insuredValue": NOTHING,
        "orderItems": [{"listingSku": "MUG-L", "quantityOrdered": 2}],
        **more,
    }


def report(**name):
    """A shipment made elsewhere."""
    return {"trackingNumber": "T-1", "shipMethod": {"shippingCarrier": "USPS"}, **name}


def send(mock, method, target, body=None, *, token=TOKEN):
    raw = b"" if body is None else json.dumps(body).encode()
    return mock.om(method, target, token=token, headers={"Content-Type": "application/json"}, body=raw)


def ok(mock, method, target, body=None):
    reply = send(mock, method, target, body)
    assert reply.status == 200, reply.body
    return reply.json


def order(mock, own_id=1):
    return ok(mock, "GET", f"/v1.1/orders/{own_id}")


def numbers(mock, query=""):
    return [row["orderNumber"] for row in ok(mock, "GET", f"/v1.1/orders?{query}")]


def on_hand(mock, sku="MUG"):
    return [(row["quantity"], row["allocatedQuantity"]) for row in ok(mock, "GET", f"/v1/inventory?sku={sku}")]
