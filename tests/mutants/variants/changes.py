"""The harmless variants themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.mutants.variants import Variant

if TYPE_CHECKING:
    from collections.abc import Callable

Headers = list[tuple[str, str]]


def of_json(rewrite: Callable[[Any], Any], **how: Any) -> Callable[..., tuple[Headers, bytes]]:
    """Return a change of the body as JSON; other bodies stay as they are."""

    def change(_method: str, _path: str, _status: str, headers: Headers, body: bytes) -> tuple[Headers, bytes]:
        if not body:
            return headers, body
        try:
            document = json.loads(body)
        except ValueError:
            return headers, body
        return headers, json.dumps(rewrite(document), **how).encode()

    return change


def everywhere(rewrite: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Any], Any]:
    """Return a rewriting of every object, however deep."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return rewrite({key: walk(each) for key, each in value.items()})
        return [walk(each) for each in value] if isinstance(value, list) else value

    return walk


def with_header(name: str, value: str) -> Callable[..., tuple[Headers, bytes]]:
    """Return a change that adds a header."""
    return lambda _m, _p, _s, headers, body: ([*headers, (name, value)], body)


def same(document: Any) -> Any:
    """Return it as it is."""
    return document


VARIANTS = [
    Variant("json/keys-sorted", "keys in the order of the alphabet", of_json(same, sort_keys=True)),
    Variant(
        "json/keys-reversed", "keys the other way round", of_json(everywhere(lambda each: dict(reversed(each.items()))))
    ),
    Variant("json/indented", "white space in the body", of_json(same, indent=2)),
    Variant("json/escaped", "everything outside ASCII escaped", of_json(same, ensure_ascii=True)),
    Variant("json/extra-fields", "fields that nobody knows", of_json(everywhere(lambda each: {**each, "zzExtra": 1}))),
    Variant("headers/extra", "a header that nobody knows", with_header("X-Request-Id", "1")),
]
