"""
How a refused request differs from the nearest valid one: field, what came, what was expected, which behaviour asks.

Worked out when the request journal is read, from what it tells, so that no credential is in it and no request waits.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from mockserver import contracts
from mockserver.core.errors import nearest
from mockserver.http.bodies import broken_rules
from mockserver.http.exchange import JSON_API
from mockserver.http.failures import Failure
from mockserver.http.query import parsed_query, raw_query
from mockserver.http.routes import NoMatch, Routes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.contracts import Operation, Parameter
    from mockserver.violations import Violation

Json = dict[str, Any]

_LOWEST_REFUSED: Final = 400
_LOWEST_FAILED: Final = 500
_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_NOT_FOUND: Final = 404
_TOO_LARGE: Final = 413
_UNSUPPORTED: Final = 415
_TOO_MANY: Final = 429
_MOST_TOLD: Final = 20
_WAITS: Final = {"x-skubana-quota-retryAfter": "ms", "Retry-After": "s"}


def differences(exchange: Mapping[str, Any]) -> list[Json] | None:
    """
    Return the differences of one entry of the request journal; None where nothing was refused.

    A refusal that a fault made has none: the request was not to blame.
    """
    if not _LOWEST_REFUSED <= exchange["status"] < _LOWEST_FAILED:
        return None
    if exchange.get("fault", {}).get("action") in ("status", "stale"):
        return []
    if exchange["operation_id"] is None:
        return list(_of_route(exchange))
    operation = contracts.operation(exchange["api"], exchange["operation_id"])
    found = list(_of_call(exchange, operation))[:_MOST_TOLD]
    return found or [_in_words(exchange, operation)]


def _difference(field: str, got: object, expected: str, behaviour: str | None) -> Json:
    return {"field": field, "got": got, "expected": expected, "behaviour": behaviour}


# -- the route -----------------------------------------------------------------------------------------


@cache
def _routes() -> Routes:
    return Routes()


def _of_route(exchange: Mapping[str, Any]) -> Iterator[Json]:
    route = _routes().match(exchange["method"], exchange["path"])
    if not isinstance(route, NoMatch):
        return
    behaviour = "MP-API-02" if exchange["api"] == "marketplacer" else "OM-API-16"
    if route.path_exists:
        yield _difference("method", exchange["method"], " or ".join(route.allowed), behaviour)
        return
    method, _, path = route.nearest.partition(" ")
    if method != exchange["method"]:
        yield _difference("method", exchange["method"], method, behaviour)
    yield _difference("path", exchange["path"], path, behaviour)


# -- one operation -------------------------------------------------------------------------------------


def _of_call(exchange: Mapping[str, Any], operation: Operation) -> Iterator[Json]:
    status = exchange["status"]
    if status in (_UNAUTHORIZED, _FORBIDDEN):
        yield _of_credential(exchange, operation)
    elif status == _TOO_MANY:
        yield _of_rate(exchange)
    elif status == _TOO_LARGE:
        yield _difference("body", "more than 8 MiB", "at most 8 MiB", "OUR-15")
    elif status == _UNSUPPORTED:
        given = exchange["request_headers"].get("content-type")
        yield _difference("header Content-Type", given, JSON_API, "MP-API-02")
    else:
        yield from _of_query(exchange, operation)
        yield from _of_body(exchange, operation)
        if status == _NOT_FOUND:
            yield from _of_path(exchange, operation)


def _of_credential(exchange: Mapping[str, Any], operation: Operation) -> Json:
    headers, said = exchange["request_headers"], _said(exchange)
    if operation.api == "marketplacer":
        got = headers.get("authorization") or headers.get("marketplacer-api-key")
        return _difference("header Authorization", got, f"Bearer and an API key: {said}", "MP-API-01")
    behaviour = "OM-API-04" if operation.security else "OM-API-02"
    return _difference("header Authorization", headers.get("authorization"), said, behaviour)


def _of_rate(exchange: Mapping[str, Any]) -> Json:
    told = exchange["response_headers"]
    header = next((name for name in _WAITS if name in told), None)
    wait = "" if header is None else f" {told[header]} {_WAITS[header]} later"
    behaviour = "OUR-27" if exchange["api"] == "marketplacer" else "OM-API-15"
    return _difference("rate", "too many calls", f"the same call{wait}", behaviour)


def _of_query(exchange: Mapping[str, Any], operation: Operation) -> Iterator[Json]:
    try:
        given = raw_query(exchange["query"])
    except Failure as failure:
        yield _difference("query", None, failure.detail, None)
        return
    known = {each.name: each for each in operation.parameters if each.place == "query"}
    for name, value in given.items():
        near = nearest(name, known) if name not in known else None
        if near is not None and near not in given:
            yield _difference(f"query {name}", value, f"the name {near}", _behaviour(known[near]))
    for parameter in known.values():
        if (expected := _wanted(operation, parameter, exchange["query"], given)) is not None:
            yield _difference(f"query {parameter.name}", given.get(parameter.name), expected, _behaviour(parameter))


def _wanted(operation: Operation, parameter: Parameter, query: str, given: Mapping[str, str]) -> str | None:
    """Return what a parameter should have been; None when it is right."""
    try:
        values = parsed_query(operation, query, only=parameter.name)
    except Failure as failure:
        return failure.detail
    low_high = parameter.range
    if low_high is not None and parameter.name in given and not low_high[0] <= values[parameter.name] <= low_high[1]:
        return f"{low_high[0]} to {low_high[1]}"
    return None


def _behaviour(parameter: Parameter) -> str | None:
    return next(iter(parameter.readings), None)


def _of_body(exchange: Mapping[str, Any], operation: Operation) -> Iterator[Json]:
    body = exchange["request_body"]
    if operation.body is None or (body is None and not operation.body_required):
        return
    if isinstance(body, str) or body is None:
        yield _difference("body", body and body[:200], _said(exchange), None)
        return
    for violation in broken_rules(operation.body, body):
        yield _difference(f"body {violation.pointer or '/'}", _at(body, violation), violation.message, None)


def _at(body: Any, violation: Violation) -> Any:
    for step in violation.pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        body = body[int(name)] if isinstance(body, list) else body.get(name)
    return body


def _of_path(exchange: Mapping[str, Any], operation: Operation) -> Iterator[Json]:
    parts = exchange["path"].rstrip("/").split("/")
    template = operation.path.split("/")
    for place, name in enumerate(reversed(template), start=1):
        if name.startswith("{") and place <= len(parts):
            yield _difference(f"path {name.strip('{}')}", parts[-place], _said(exchange), None)
            return


def _in_words(exchange: Mapping[str, Any], operation: Operation) -> Json:
    """Return what the refusal itself says, at the query parameter that it names, if it names one."""
    words = _said(exchange)
    named = [each for each in operation.parameters if each.place == "query" and each.name in words.split()]
    if not named:
        return _difference("request", None, words, None)
    got = raw_query(exchange["query"]).get(named[0].name)
    return _difference(f"query {named[0].name}", got, words, _behaviour(named[0]))


def _said(exchange: Mapping[str, Any]) -> str:
    """Return the words of the refusal."""
    body = exchange["response_body"]
    if not isinstance(body, dict):
        return "another request"
    errors = body.get("errors")
    entry = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else body
    words = entry.get("detail") or entry.get("message") or entry.get("error_description")
    return str(words or "another request")
