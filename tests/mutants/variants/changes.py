"""Variants that write the same answer in another way, or say more than is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.mutants.variants import Variant

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mutants.variants import Change

Headers = list[tuple[str, str]]
Json = dict[str, Any]
_FIRST_ERROR = "4"


def of_json(rewrite: Callable[[Any], Any], *, where: str = "", failures: bool | None = None, **how: Any) -> Change:
    """
    Return a change of the body as JSON; other bodies stay as they are.

    ``where`` is how the path ends; ``failures`` says whether refusals only, or everything but those.
    """

    def change(_method: str, path: str, status: str, headers: Headers, body: bytes) -> tuple[Headers, bytes]:
        is_meant = path.endswith(where) and failures in (None, status >= _FIRST_ERROR)
        try:
            document = json.loads(body) if body and is_meant else None
        except ValueError:
            document = None
        if document is None:
            return headers, body
        return headers, json.dumps(rewrite(document), **how).encode()

    return change


def everywhere(rewrite: Callable[[Json], Json]) -> Callable[[Any], Any]:
    """Return a rewriting of every object, however deep."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return rewrite({key: walk(each) for key, each in value.items()})
        return [walk(each) for each in value] if isinstance(value, list) else value

    return walk


def of_text(rewrite: Callable[[bytes], bytes]) -> Change:
    """Return a change of the body as it is, where there is one."""
    return lambda _m, _p, _s, headers, body: (headers, rewrite(body) if body else body)


def of_headers(rewrite: Callable[[Headers], Headers]) -> Change:
    """Return a change of the headers."""
    return lambda _m, _p, _s, headers, body: (rewrite(headers), body)


def with_headers(*added: tuple[str, str]) -> Change:
    """Return a change that adds headers."""
    return of_headers(lambda headers: [*headers, *added])


def of_media_type(rewrite: Callable[[str], str]) -> Change:
    """Return a change of how the media type is written."""
    return of_headers(lambda headers: [(n, rewrite(v) if n.lower() == "content-type" else v) for n, v in headers])


def same(document: Any) -> Any:
    """Return it as it is."""
    return document


def backwards(document: Any) -> Any:
    """Return a list the other way round, anything else as it is."""
    return document[::-1] if isinstance(document, list) else document


def key_backwards(key: str) -> Callable[[Json], Json]:
    """Return a rewriting of objects in which one list goes the other way round."""
    return lambda each: {**each, key: backwards(each[key])} if key in each else each


def _other_words(each: Json) -> Json:
    spoken = {"message", "detail", "error_description", "processingMessage"}
    return {key: "It cannot be." if key in spoken and isinstance(value, str) else value for key, value in each.items()}


def _more_links(document: Any) -> Any:
    if not (isinstance(document, dict) and "links" in document and isinstance(document["links"], dict)):
        return document
    return {**document, "links": {"prev": "/before", **document["links"], "related": "/beside"}, "meta": {"total": 1}}


def _errors_backwards(document: Any) -> Any:
    is_bulk = isinstance(document, dict) and "results" in document and "errors" in document
    return {**document, "errors": backwards(document["errors"])} if is_bulk else document


def _prices(each: Json) -> Json:
    if not isinstance(each.get("seller_id"), int) or "fulfilment_provider" not in each:
        return each
    whole = [key for key in ("price", "sale_price") if isinstance(each.get(key), str) and "." not in each[key]]
    return {**each, **{key: f"{each[key]}.0" for key in whole}}


def _ids(each: Json) -> Json:
    return {**each, "id": str(each["id"])} if isinstance(each.get("id"), int) and "type" in each else each


CHANGES = [
    Variant("json/keys-sorted", "keys in the order of the alphabet", of_json(same, sort_keys=True)),
    Variant(
        "json/keys-reversed", "keys the other way round", of_json(everywhere(lambda each: dict(reversed(each.items()))))
    ),
    Variant("json/indented", "white space in the body", of_json(same, indent=2)),
    Variant("json/tabs-and-returns", "white space around the body", of_text(lambda body: b"\r\n\t" + body + b"\r\n")),
    Variant("json/compact", "no white space in the body", of_json(same, separators=(",", ":"), ensure_ascii=False)),
    Variant("json/escaped", "everything outside ASCII escaped", of_json(same, ensure_ascii=True)),
    Variant("json/slashes-escaped", "slashes escaped", of_text(lambda body: body.replace(b"/", b"\\/"))),
    Variant("json/extra-fields", "fields that nobody knows", of_json(everywhere(lambda each: {**each, "zzExtra": 1}))),
    Variant(
        "json/extra-objects",
        "objects and lists that nobody knows",
        of_json(everywhere(lambda each: {"_meta": {"errors": None, "data": []}, **each})),
    ),
    Variant("json/more-links", "links and totals that nobody knows", of_json(_more_links)),
    Variant("errors/other-words", "refusals in other words", of_json(everywhere(_other_words))),
    Variant("order/channels", "sales channels in another order", of_json(backwards, where="/saleschannels")),
    Variant("order/warehouses", "warehouses in another order", of_json(backwards, where="/warehouses")),
    Variant("order/included", "included objects in another order", of_json(everywhere(key_backwards("included")))),
    Variant(
        "follows/price-with-decimal",
        "a price of 500 as 500.0",
        of_json(everywhere(_prices)),
        follows=("mp.price-text",),
    ),
    Variant("follows/ids-as-text", "ids as text", of_json(everywhere(_ids)), follows=("mp.id-type",)),
    Variant("order/bulk-errors", "errors of a bulk write in another order", of_json(_errors_backwards)),
    Variant("headers/extra", "a header that nobody knows", with_headers(("X-Request-Id", "1"))),
    Variant(
        "headers/cached",
        "headers about caching",
        with_headers(("Cache-Control", "no-store"), ("ETag", '"1"'), ("Vary", "Accept")),
    ),
    Variant(
        "headers/quota",
        "headers about quotas",
        with_headers(("X-RateLimit-Limit", "1000"), ("X-RateLimit-Remaining", "999")),
    ),
    Variant("headers/cookie", "a cookie", with_headers(("Set-Cookie", "session=1; Path=/; HttpOnly"))),
    Variant("headers/close", "Connection: close", with_headers(("Connection", "close"))),
    Variant("headers/keep-alive", "Connection: keep-alive", with_headers(("Connection", "keep-alive"))),
    Variant(
        "headers/lower-case",
        "header names in small letters",
        of_headers(lambda headers: [(n.lower(), v) for n, v in headers]),
    ),
    Variant(
        "headers/upper-case",
        "header names in capitals",
        of_headers(lambda headers: [(n.upper(), v) for n, v in headers]),
    ),
    Variant(
        "headers/no-behaviours",
        "no header of the mock's own",
        of_headers(lambda headers: [(n, v) for n, v in headers if not n.lower().startswith("x-mock")]),
    ),
    Variant("headers/charset", "a charset behind the media type", of_media_type(lambda text: f"{text}; charset=utf-8")),
    Variant(
        "headers/media-type-capitals",
        "the media type in other letters",
        of_media_type(lambda text: text.replace("application/", "Application/")),
    ),
]
