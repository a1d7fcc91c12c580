"""What every route of Marketplacer's REST v2 needs: the caller, ids, bodies, media types and pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from mockserver.http.bodies import broken_rules, parse_json
from mockserver.http.exchange import JSON, JSON_API, Answer, json_answer
from mockserver.http.failures import Failure, from_refusal
from mockserver.http.query import raw_query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mockserver.core.marketplace import Marketplace
    from mockserver.core.world import Outcome
    from mockserver.http.exchange import Call
    from mockserver.violations import Violation
    from mockserver.worlds import HostedWorld

Json = dict[str, Any]

_PAGE_SIZES: Final = {"50-1100": (50, 1100), "50-500": (50, 500), "100-100": (100, 100)}
_LONGEST_NUMBER: Final = 15
_MISSING: Final = re.compile(r'"(\w+)" is a required property')


def media_type_of(hosted: HostedWorld) -> str:
    """Return the media type that the world's answers carry."""
    return JSON_API if hosted.world.readings["mp.media-type"] == "vnd-api-json" else JSON


def answer(call: Call, value: Json, status: int = 200) -> Answer:
    """Return a JSON answer in the world's media type."""
    return json_answer(value, status, media_type_of(call.world))


def marketplace_of(call: Call) -> Marketplace:
    """Return the marketplace that the key belongs to."""
    return call.world.world.marketplace


def seller_of(call: Call) -> int:
    """Return the id of the key's seller."""
    assert call.seller is not None  # noqa: S101 - the gateway lets nobody in without a seller
    return call.seller


def number_in_path(call: Call, name: str) -> int:
    """
    Return an id from the path.

    Raises:
        Failure: 404 when it is no number.
    """
    text = call.path[name]
    if not (text.isascii() and text.isdigit()) or len(text) > _LONGEST_NUMBER:
        raise Failure("not_found", f"{name.replace('_', ' ')} {text[:40]!r} does not exist")
    return int(text)


def done(outcome: Outcome) -> Outcome:
    """
    Return an outcome that is one.

    Raises:
        Failure: when the command was refused.
    """
    if outcome.refusal is not None:
        raise from_refusal(outcome.refusal)
    return outcome


def malformed(call: Call) -> str:
    """Return the kind of failure that a body which is no JSON means (reading 18)."""
    return "bad_request" if call.option("mp.malformed-json") == "bad-request" else "unprocessable"


def attribute(pointer: str) -> str:
    """Return the attribute that a JSON pointer such as /data/0/attributes/price names or leads through."""
    head, _, name = pointer.partition("/attributes/")
    return name.partition("/")[0] if head and name else "data"


def attributes_of(call: Call, model: str) -> Json:
    """
    Return data.attributes of a body that keeps to its model; nothing of an empty body, where that is allowed.

    Raises:
        Failure: for a body that is no JSON, or 422 naming the attribute that is wrong.
    """
    if not call.request.body and not call.operation.body_required:
        return {}
    body = parse_json(call.request.body, malformed=malformed(call))
    for violation in broken_rules(model, body):
        message = f"{violation.pointer or 'the body'}: {violation.message}"
        raise Failure("unprocessable", message, source=_at_fault(violation))
    return dict(body["data"].get("attributes", {}))


def _at_fault(violation: Violation) -> str:
    """Return the attribute that is wrong; one that is missing has no pointer of its own, but is named."""
    missing = _MISSING.match(violation.message)
    if missing and violation.pointer.endswith("/attributes"):
        return attribute(f"{violation.pointer}/{missing[1]}")
    return attribute(violation.pointer)


def id_of(call: Call, number: int) -> int | str:
    """Return an id as the world writes it: a number or text."""
    return str(number) if call.option("mp.id-type") == "string" else number


def page_of(
    call: Call,
    query: Mapping[str, Any],
    found: Sequence[Any],
    render: Callable[[Call, Any], Json],
    include: Callable[[Sequence[Any]], list[Json]] = lambda _: [],
) -> Answer:
    """Answer one page with its links; an empty list has none (MP-API-04). ``include`` adds to what is on the page."""
    size, number = _page_size(call, query), query["page[number]"]
    if not found:
        return answer(call, {"data": []})
    last = -(-len(found) // size)
    shown = found[(number - 1) * size : number * size]
    body: Json = {"data": [render(call, each) for each in shown], "links": _links(call, query, number, last, size)}
    if included := include(shown):
        body["included"] = included
    return answer(call, body)


def _page_size(call: Call, query: Mapping[str, Any]) -> int:
    default, most = _PAGE_SIZES[call.option("mp.page-size")]
    # The contract's default is that of the newest edition; an older one has its own.
    size = query["page[size]"] if raw_query(call.request.query).get("page[size]") else default
    if size > most and call.option("mp.page-size-above-maximum") == "refused":
        raise Failure("bad_request", f"page[size] must be 1 to {most}, not {size}", source="page[size]")
    return int(min(size, most))


def _links(call: Call, query: Mapping[str, Any], number: int, last: int, size: int) -> Json:
    kept = {key: value for key, value in query.items() if value is not None and not key.startswith("page[")}

    def page(wanted: int) -> str:
        pages = f"page[number]={wanted}&page[size]={size}"
        return f"{quote(call.request.path)}?{urlencode(kept) + '&' if kept else ''}{pages}"

    links = {"first": page(1), "next": page(number + 1), "last": page(last)}
    if number >= last:
        del links["next"]
        if call.option("mp.last-page-next") == "same-as-last":
            links["next"] = page(last)
    return links
