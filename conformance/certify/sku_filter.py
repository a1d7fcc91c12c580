"""
The certify world's filter ``?sku=``: it answers every variant that contains the text, case ignored.

The server's own filter may be exact, as the documents leave it open; here it is the one that catches integrations which
take the first variant for the right one. The variants come from the server each time, all of them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from conformance.certify.plan import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.certify.history import Exchange

PATH: Final = "/api/v2/client/variants"
MOST_ON_A_PAGE: Final = 1000
DEFAULT_ON_A_PAGE: Final = 50
MOST_PAGES: Final = 20


def is_filtered(exchange: Exchange) -> bool:
    """Return whether a request asks for variants by SKU."""
    return exchange.method == "GET" and exchange.path.rstrip("/") == PATH and bool(dict(exchange.query).get("sku"))


def without_filter(exchange: Exchange, page: int) -> str:
    """Return the same request for every variant, one large page of it."""
    other = [(key, value) for key, value in exchange.query if key != "sku" and not key.startswith("page[")]
    return f"{PATH}?{urlencode([*other, ('page[number]', page), ('page[size]', MOST_ON_A_PAGE)])}"


def filtered(exchange: Exchange, ask: Callable[[int], Reply]) -> Reply:
    """Return the variants that contain the text, in pages as the server makes them; its refusal if it refuses."""
    found: dict[str, dict[str, Any]] = {}
    for number in range(1, MOST_PAGES + 1):
        reply = ask(number)
        page = json.loads(reply.body) if reply.status == 200 else None
        if not isinstance(page, dict) or not isinstance(page.get("data"), list):
            return reply
        known = len(found)
        found |= {str(each.get("id")): each for each in page["data"]}
        if len(found) == known or not (page.get("links") or {}).get("next"):
            break
    wanted = dict(exchange.query)["sku"].casefold()
    matching = [each for each in found.values() if wanted in str(each.get("attributes", {}).get("sku", "")).casefold()]
    return Reply(reply.status, reply.headers, json.dumps(_page(exchange, matching)).encode())


def _page(exchange: Exchange, matching: list[dict[str, Any]]) -> dict[str, Any]:
    if not matching:
        return {"data": []}
    query = dict(exchange.query)
    size = _whole(query.get("page[size]"), DEFAULT_ON_A_PAGE)
    number = _whole(query.get("page[number]"), 1)
    last = -(-len(matching) // size)
    links = {"first": _link(exchange, 1, size), "last": _link(exchange, last, size)}
    if number < last:
        links["next"] = _link(exchange, number + 1, size)
    return {"data": matching[(number - 1) * size : number * size], "links": links}


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and 0 < int(text) <= MOST_ON_A_PAGE else default


def _link(exchange: Exchange, number: int, size: int) -> str:
    kept = [(key, value) for key, value in exchange.query if not key.startswith("page[")]
    return f"{PATH}?{urlencode(kept)}&page[number]={number}&page[size]={size}"
