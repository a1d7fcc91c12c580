"""
A client of Order Manager as an integrator would write it from the published field tables; it knows nothing of the mock.

It reads fields by name and fails on a missing one or one of another type. Type letters: i whole number, s text,
b true or false, t date-time, m money, o object, a array; a question mark lets null through.
"""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit

_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_IS = {
    "i": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "s": lambda value: isinstance(value, str),
    "b": lambda value: isinstance(value, bool),
    "t": lambda value: isinstance(value, str) and _DATE.fullmatch(value) is not None,
    "m": lambda value: isinstance(value["amount"], (int, float)) and isinstance(value["currency"], str),
    "o": lambda value: isinstance(value, dict),
    "a": lambda value: isinstance(value, list),
}
PUBLISHED = {
    "/v1/listings": "listingId:i listingSku:s masterSku:s? productId:i? salesChannelId:i active:b pushInventory:b "
    "fnSku:s? created:t? lastModified:t?",
    "/v1/saleschannels": "salesChannelId:i name:s companyName:s? phoneNumber:s? type:s? active:b connectionParams:o?",
    "/v1.1/products": "productId:i masterSku:s name:s type:s active:b bundle:b digital:b hazmat:b giftCard:b "
    "allowBackorders:b shipsInOwnBox:b customShippingRule:b parentId:i? bundledItems:a? createdDate:t? modifiedDate:t?",
    "/v1/warehouses": "warehouseId:i name:s active:b type:s salesChannelId:i?",
    "/v1/inventory": "productStockId:i product:o stockLocation:o quantity:i quantityLocked:i allocatedQuantity:i "
    "availableQuantity:i minStock:i? drawRank:i? pickable:b receivable:b active:b warehouseStockTotals:o?",
    "/v1.1/productstocks/total": "product:o onHandQuantity:i lockedQuantity:i inTransitQuantity:i",
    "/v1.1/orders": "orderId:i orderNumber:s orderStatus:s unresolvedStatus:s? orderType:s? orderDate:t createdDate:t "
    "modifiedDate:t paymentDate:t? shipDate:t? shipByDate:t? receiveByDate:t? holdUntilDate:t? salesChannel:o "
    "fulfillmentSource:o? customer:o? shipName:s? shipCompany:s? shipAddress1:s? shipAddress2:s? shipAddress3:s? "
    "shipCity:s? shipState:s? shipZipCode:s? shipCountry:s? shipPhone:s? shipEmail:s? requestedShippingService:s? "
    "shipMethod:o? orderItems:a orderTotal:m? orderItemTotal:m? discount:m? shippingCost:m? insuranceCost:m? "
    "insuredValue:m? confirmationCost:m? amountPaid:m? currency:s? internalNotes:s? notesFromBuyer:s? notesToBuyer:s? "
    "customField1:s? customField2:s? customField3:s? giftMessage:s? gift:b external:b pos:b subscription:b "
    "suppressChannelUpdate:b cancelReason:o? shipment:o? shipments:a? relatedOrderIds:a? labels:a? orderCartonIds:a?",
    "/v1/shipments": "shipmentId:i orderId:i orderNumber:s type:s created:t? shipDate:t? estimatedArrival:t? "
    "received:t? trackingNumber:s? deliveryStatus:s warehouseId:i? shipMethod:o? carrierFee:m? "
    "insuranceTrackingNumber:s? external:b rma:i? shippingLabelUrls:a",
}
ON_ONE_PAGE = {"/v1/saleschannels", "/v1/warehouses"}


class Client:
    """``send(method, address, headers, body)`` returns status, headers and body as bytes."""

    def __init__(self, send, token=None, prefix=""):
        self._send = send
        self._prefix = prefix
        self.token = token

    def authorize(self, app_key, app_secret, redirect_uri, scope):
        """Get a token as an app does: a code for the owner's consent, a token for the code."""
        query = {"client_id": app_key, "redirect_uri": redirect_uri, "scope": scope, "response_type": "code"}
        status, headers, _ = self._send("GET", f"/oauth/authorize?{urlencode(query)}", {}, b"")
        assert status == 302
        back = parse_qs(urlsplit(headers["Location"]).query)
        basic = base64.b64encode(f"{app_key}:{app_secret}".encode()).decode()
        grant = {"grant_type": "authorization_code", "redirect_uri": redirect_uri, "code": back["code"][0]}
        sent = self._send("POST", f"/oauth/token?{urlencode(grant)}", {"Authorization": f"Basic {basic}"}, b"")
        self.token = json.loads(sent[2])["access_token"]

    def call(self, method, path, body=None, **query):
        """Return the parsed answer; anything but 200 is an error, as real clients have it."""
        headers = {"Authorization": f"Bearer {self.token} ", "Content-Type": "application/json"}
        target = f"{self._prefix}{path}" + (f"?{urlencode(query)}" if query else "")
        status, _, raw = self._send(method, target, headers, b"" if body is None else json.dumps(body).encode())
        assert status == 200, (method, target, status, raw)
        return json.loads(raw)

    def every(self, path, limit=100, **query):
        """Yield every row of a list, page by page until an empty one, each checked by the published table."""
        if path in ON_ONE_PAGE:
            yield from (checked(path, row) for row in self.call("GET", path, **query))
            return
        page = 1
        while rows := self.call("GET", path, page=page, limit=limit, **query):
            assert len(rows) <= limit
            yield from (checked(path, row) for row in rows)
            page += 1


def checked(path, row):
    """Return the row, which must have every published field."""
    for field in PUBLISHED[path].split():
        name, _, kind = field.partition(":")
        value = row[name]
        assert (value is None and kind.endswith("?")) or _IS[kind[0]](value), f"{path}: {name} is {value!r}"
    return row
