"""
The floor: what a trivial Flask application does on the same server.

``/small`` answers constant bytes whatever is asked: no stateful answer can be cheaper behind Flask's own dispatch.
``/rows`` answers the next thousand of as many listings as the measured world has, ``/records`` the same thousand each
time, as the mock is asked to; both render them anew for each request, once with Flask's own ``jsonify`` and once with
orjson, the fastest encoder at hand.

``python -m benchmarks.floor_app PORT`` serves it with the options that the mock server uses.
"""

from __future__ import annotations

import sys
from itertools import cycle
from typing import Any

from flask import Flask, Response, jsonify, request

ROWS = 1_000
LISTINGS = 20_000
SMALL = b'{"data":[{"id":1,"type":"inventories","attributes":{"count_on_hand":7}}]}'
JSON = "application/json"

Document = dict[str, Any]


def create_app() -> Flask:
    """Return the trivial application."""
    app = Flask("floor", static_folder=None)
    listings = [(number, f"SKU-{number:05}-MP", f"SKU-{number:05}", 1_000 + number) for number in range(LISTINGS)]
    pages = cycle([listings[start : start + ROWS] for start in range(0, LISTINGS, ROWS)])
    records = [(number, number % 500) for number in range(ROWS)]

    @app.get("/")
    def hello() -> str:
        return "Hello"

    @app.route("/small", methods=["GET", "POST", "PUT"])
    def small() -> Response:
        request.get_data(cache=False)
        return Response(SMALL, content_type=JSON)

    @app.route("/rows", methods=["GET", "POST"])
    def rows() -> Response:
        return jsonify([_row(*listing) for listing in next(pages)])

    @app.route("/rows/orjson", methods=["GET", "POST"])
    def rows_orjson() -> Response:
        return _orjson([_row(*listing) for listing in next(pages)])

    @app.get("/records")
    def records_jsonify() -> Response:
        return jsonify({"data": [_record(*record) for record in records]})

    @app.get("/records/orjson")
    def records_orjson() -> Response:
        return _orjson({"data": [_record(*record) for record in records]})

    return app


def _orjson(value: object) -> Response:
    # Imported here: the bare application, whose start is measured, does not need it.
    import orjson

    return Response(orjson.dumps(value), content_type=JSON)


def _row(number: int, listing_sku: str, master_sku: str, units: int) -> Document:
    """Return a row as the acknowledge endpoint writes it."""
    return {
        "listingId": number,
        "listingSku": listing_sku,
        "masterSku": master_sku,
        "productId": number,
        "salesChannelId": 1,
        "availableQuantity": units,
    }


def _record(number: int, units: int) -> Document:
    """Return an inventory record as Marketplacer writes it."""
    attributes = {
        "count_on_hand": units,
        "price": "19.95",
        "sale_price": None,
        "infinite": False,
        "seller_id": number,
        "fulfilment_provider": "",
    }
    return {"id": number, "type": "inventories", "attributes": attributes}


def serve(port: int) -> None:
    """Serve until stopped, on the server and with the options of ``mockserver serve``."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    app = create_app()
    server = Server(
        "floor",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=1,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=lambda: app, wrap_loader=False)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
