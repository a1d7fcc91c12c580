"""
The certify world's filter ``?sku=``: it answers every variant that contains the text, case ignored.

The server's own filter may be exact, as the documents leave it open; here it is the one that catches integrations which
take the first variant for the right one. All variants are read once; afterwards only those that match are read anew.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from conformance.certify.plan import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.certify.history import Exchange

    Ask = Callable[[str], Reply]
    Variant = dict[str, Any]

PATH: Final = "/api/v2/client/variants"
MOST_ON_A_PAGE: Final = 1000
DEFAULT_ON_A_PAGE: Final = 50
MOST_PAGES: Final = 20
MOST_READ_ONE_BY_ONE: Final = 8
CREDENTIALS: Final = ("authorization", "marketplacer-api-key")


class Refused(Exception):
    """The server answered with something else than variants."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


def is_filtered(exchange: Exchange) -> bool:
    """Return whether a request asks for variants by SKU."""
    return exchange.method == "GET" and exchange.path.rstrip("/") == PATH and bool(dict(exchange.query).get("sku"))


class SkuFilter:
    """The filter before one server. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._skus: dict[tuple[str, ...], dict[str, str]] = {}

    def forget(self) -> None:
        """Read all variants anew next time: there may be others."""
        with self._lock:
            self._skus.clear()

    def answer(self, exchange: Exchange, ask: Ask) -> Reply:
        """Return the variants that contain the text, in pages as the server makes them; its refusal if it refuses."""
        try:
            matching = self._matching(exchange, ask)
            size, number = _size_and_number(exchange)
            shown = matching[(number - 1) * size : number * size]
            found = _read(ask, shown)
        except Refused as refused:
            return refused.reply
        body = {"data": found, "links": _links(exchange, len(matching), size, number)} if matching else {"data": []}
        return Reply(200, {"Content-Type": "application/vnd.api+json"}, json.dumps(body).encode())

    def _matching(self, exchange: Exchange, ask: Ask) -> list[tuple[str, str]]:
        """Return id and SKU of the variants that contain the text, as this caller may see them."""
        wanted = dict(exchange.query)["sku"].casefold()
        return [each for each in self._index(exchange, ask).items() if wanted in each[1].casefold()]

    def _index(self, exchange: Exchange, ask: Ask) -> dict[str, str]:
        caller = tuple(value for name, value in exchange.headers.items() if name.lower() in CREDENTIALS)
        with self._lock:
            known = self._skus.get(caller)
        if known is None:
            known = {str(each["id"]): str(each["attributes"]["sku"]) for each in _every(ask)}
            with self._lock:
                self._skus[caller] = known
        return known


def _read(ask: Ask, shown: list[tuple[str, str]]) -> list[Variant]:
    """Return these variants as they stand now."""
    if len(shown) > MOST_READ_ONE_BY_ONE:
        found: Iterable[Variant] = _every(ask)
    else:
        found = [each for sku in dict.fromkeys(sku for _, sku in shown) for each in _page(ask, 1, sku)["data"]]
    by_id = {str(each["id"]): each for each in found}
    return [by_id[id_] for id_, _ in shown if id_ in by_id]


def _every(ask: Ask) -> list[Variant]:
    found: dict[str, Variant] = {}
    for number in range(1, MOST_PAGES + 1):
        page, known = _page(ask, number), len(found)
        found |= {str(each["id"]): each for each in page["data"]}
        if len(found) == known or not (page.get("links") or {}).get("next"):
            break
    return list(found.values())


def _page(ask: Ask, number: int, sku: str | None = None) -> dict[str, Any]:
    """
    Return one page of the server's list.

    Raises:
        Refused: when it is none.
    """
    wanted = [] if sku is None else [("sku", sku)]
    reply = ask(f"{PATH}?{urlencode([*wanted, ('page[number]', number), ('page[size]', MOST_ON_A_PAGE)])}")
    page = json.loads(reply.body) if reply.status == 200 else None
    if not isinstance(page, dict) or not isinstance(page.get("data"), list):
        raise Refused(reply)
    return page


def _size_and_number(exchange: Exchange) -> tuple[int, int]:
    query = dict(exchange.query)
    return _whole(query.get("page[size]"), DEFAULT_ON_A_PAGE), _whole(query.get("page[number]"), 1)


def _whole(text: str | None, default: int) -> int:
    return min(int(text), MOST_ON_A_PAGE) if text and text.isdecimal() and len(text) < 10 and int(text) else default


def _links(exchange: Exchange, count: int, size: int, number: int) -> dict[str, str]:
    last = -(-count // size)
    links = {"first": _link(exchange, 1, size), "last": _link(exchange, last, size)}
    return {**links, "next": _link(exchange, number + 1, size)} if number < last else links


def _link(exchange: Exchange, number: int, size: int) -> str:
    kept = [(key, value) for key, value in exchange.query if not key.startswith("page[")]
    return f"{PATH}?{urlencode(kept)}&page[number]={number}&page[size]={size}"
