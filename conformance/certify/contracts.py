"""Holding a recorded request against the published contracts: route, parameters, media type, body."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from conformance.models import violations
from conformance.resources import schemas_dir
from conformance.verdict import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.certify.history import Exchange

DOCUMENTS: Final = {"order_manager": "order-manager.json", "marketplacer": "marketplacer.json"}
PREFIXES: Final = {"order_manager": re.compile(r"^/service(?=/)"), "marketplacer": re.compile(r"^/api/v2(?=/)")}
# What the server says of a request that keeps to no contract.
REFUSALS: Final = frozenset({400, 404, 405, 413, 415, 422})


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a contract, as far as requests go."""

    route: str
    pattern: re.Pattern[str]
    method: str
    required: frozenset[str]
    known: frozenset[str]
    media_types: frozenset[str]
    model: str | None
    body_required: bool


def broken(exchange: Exchange) -> Iterator[Difference]:
    """Yield where a request breaks its contract, or the server refused it as broken; nothing for a sound one."""
    name = f"request {exchange.number}, {exchange.method} {exchange.path}"
    operation = operation_of(exchange)
    if operation is None:
        yield Difference(name, "a route of the published contracts", f"{exchange.method} {exchange.path}")
        return
    yield from _broken_query(exchange, operation, name)
    yield from _broken_body(exchange, operation, name)
    if exchange.status in REFUSALS and exchange.spoiled is None:
        yield Difference(f"{name}, status", "an answer that takes the request", exchange.status)


def operation_of(exchange: Exchange) -> Operation | None:
    """Return the operation that a request calls, or None."""
    prefix = PREFIXES[exchange.api]
    if exchange.api == "marketplacer" and not prefix.match(exchange.path):
        return None
    path = prefix.sub("", exchange.path)
    for operation in _operations(exchange.api):
        if operation.method == exchange.method and operation.pattern.fullmatch(path):
            return operation
    return None


def _broken_query(exchange: Exchange, operation: Operation, name: str) -> Iterator[Difference]:
    given = dict(exchange.query)
    for missing in sorted(operation.required - {key for key, value in given.items() if value}):
        yield Difference(f"{name}, query {missing}", "given", "missing")
    for unknown in sorted(given.keys() - operation.known):
        yield Difference(f"{name}, query", f"one of {', '.join(sorted(operation.known)) or 'none'}", unknown)


def _broken_body(exchange: Exchange, operation: Operation, name: str) -> Iterator[Difference]:
    if operation.model is None:
        return
    if not exchange.body:
        if operation.body_required:
            yield Difference(f"{name}, body", f"as {operation.model}", "none")
        return
    sent_as = next((value for key, value in exchange.headers.items() if key.lower() == "content-type"), "")
    media_type = sent_as.split(";")[0].strip().lower()
    if media_type not in operation.media_types:
        yield Difference(f"{name}, Content-Type", " or ".join(sorted(operation.media_types)), sent_as or "none")
    try:
        body = json.loads(exchange.body)
    except ValueError:
        yield Difference(f"{name}, body", "JSON", exchange.body[:100].decode("utf-8", "replace"))
        return
    yield from violations(operation.model, body, f"{name}, body")


@cache
def _operations(api: str) -> tuple[Operation, ...]:
    text = (schemas_dir() / "openapi" / DOCUMENTS[api]).read_text(encoding="utf-8")
    document = json.loads(text)
    found = [
        _operation(route, method, described, document)
        for route, methods in document["paths"].items()
        for method, described in methods.items()
        if method in ("get", "put", "post", "delete", "patch")
    ]
    # A route without a variable part comes first: stock_on_hand is no variant's id.
    return tuple(sorted(found, key=lambda each: "{" in each.route))


def _operation(route: str, method: str, described: Mapping[str, Any], document: Mapping[str, Any]) -> Operation:
    parameters = [_resolved(each, document) for each in described.get("parameters", [])]
    query = [each for each in parameters if each["in"] == "query"]
    body = _resolved(described.get("requestBody", {}), document)
    content = body.get("content", {})
    references = [each["schema"]["$ref"] for each in content.values() if "$ref" in each.get("schema", {})]
    return Operation(
        route=route,
        pattern=re.compile(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(route)) + "/?"),
        method=method.upper(),
        required=frozenset(each["name"] for each in query if each.get("required")),
        known=frozenset(each["name"] for each in query),
        media_types=frozenset(content),
        model=references[0].rpartition("/")[2] if references else None,
        body_required=bool(body.get("required")),
    )


def _resolved(described: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in described:
        return described
    found: Any = document
    for name in described["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    resolved: Mapping[str, Any] = found
    return resolved
