"""Wrong servers for checks that no other one fails."""

from __future__ import annotations

from tests.mutants.mutation import Mutant

MUTANTS = [
    Mutant(
        "lists/channels-without-names",
        "sales channels do not tell their names",
        "http.order_manager",
        '        "name": channel.name,\n',
        '        "name": None,\n',
        ("om-api-lists/channels",),
    ),
    Mutant(
        "lists/warehouses-without-names",
        "warehouses do not tell their names",
        "http.order_manager",
        '        "name": warehouse.name,\n',
        '        "name": None,\n',
        ("om-api-lists/warehouses",),
    ),
    Mutant(
        "order_manager/number-without-prefix",
        "an order that is given no number gets its id alone",
        "http.orders",
        'return f"OM-{number}"',
        'return f"{number}"',
        ("om-api-orders/create-number",),
    ),
    Mutant(
        "order_manager/shipments-for-writers",
        "reading shipments needs write_shipments",
        "http.shipments",
        'READ: Final = "read_shipments"\n',
        'READ: Final = "write_shipments"\n',
        ("om-api-shipments/scope", "om-api-shipments/scope-missing"),
    ),
    Mutant(
        "order_manager/nothing-done-400",
        "a bulk write of which nothing was done is 400",
        "http.bulk",
        'return json_answer({"results": results, "errors": [error.document() for error in ordered]})',
        'return json_answer({"results": results, "errors": [error.document() for error in ordered]}, 200 if results else 400)',
        ("om-api-stock/adjust-nothing",),
    ),
    Mutant(
        "isolation/client-400",
        "wrong credentials of an app are refused with 400",
        "http.failures",
        '"invalid_client": Kind(401,',
        '"invalid_client": Kind(400,',
        ("om-oauth/no-client", "om-oauth/wrong-client"),
    ),
    Mutant(
        "isolation/unknown-app-sent-back",
        "an unknown app is sent back without a code",
        "http.oauth",
        'raise Failure("invalid_request", "client_id is no known app")',
        'return Answer(302, media_type=None, headers=(("Location", query.get("redirect_uri", "/")),))',
        ("om-oauth/unknown-app", "om-oauth/no-app"),
    ),
    Mutant(
        "webhooks/no-shipments",
        "there are no webhooks for shipments",
        "core.webhooks",
        '"INVOICE", "SHIPMENT")\nEVENTS',
        '"INVOICE")\nEVENTS',
        ("mp-hook/classes",),
    ),
    Mutant(
        "integration_manager/no-order-download",
        "orders are not downloaded",
        "core.integration_manager.orders",
        "units = _units_at(order, cart) if goes_out else {}",
        "units = {}",
        ("im/order-download",),
    ),
    Mutant(
        "errors/deep-body-breaks",
        "a body that is nested deep breaks the server",
        "http.bodies",
        'raise Failure(malformed, f"the body is nested',
        'raise RecursionError(f"the body is nested',
        ("mp-errors/deep-body", "om-api-stock/adjust-deep"),
    ),
]
