"""Whether what was sent and answered keeps to the OpenAPI documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.offline.contracts import request_differences, response_differences
from conformance.offline.rules.base import Breach, Rule, decided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.offline.history import Exchange, History
    from conformance.offline.rules.base import Outcome

NOTHING: Final = "no request of the recording goes to a route that we know"
NONE_ANSWERED: Final = "no answer of a route that we know is in the recording whole"


def judge_requests(history: History) -> Outcome:
    """Judge every request by the parameters, the media type and the body that its operation has."""
    known = [each for each in history.exchanges if each.operation is not None]
    return decided((breach for each in known for breach in _of_request(each)), (), judged=bool(known), nothing=NOTHING)


def judge_responses(history: History) -> Outcome:
    """Judge every answer by the statuses, media types and bodies that its operation has."""
    known = [
        each for each in history.exchanges if each.operation is not None and each.status is not None and not each.cut
    ]
    breaches = (breach for each in known for breach in _of_response(each))
    return decided(breaches, (), judged=bool(known), nothing=NONE_ANSWERED)


def _of_request(exchange: Exchange) -> Iterator[Breach]:
    if exchange.operation is None or exchange.request_cut:
        return
    path = f"{exchange.where}/request"
    found = request_differences(exchange.operation, exchange.query, exchange.request_type, exchange.request_body, path)
    yield from (Breach(each, (exchange,)) for each in found)


def _of_response(exchange: Exchange) -> Iterator[Breach]:
    if exchange.operation is None or exchange.status is None:
        return
    found = response_differences(
        exchange.operation,
        exchange.status,
        exchange.response_type,
        exchange.response_body,
        f"{exchange.where}/response",
    )
    yield from (Breach(each, (exchange,)) for each in found)


REQUESTS: Final = Rule(
    id="schema.requests",
    title="Every request keeps to its operation's parameters, media type and body",
    requirements=("OM-ACK-01", "MP-INV-03", "MP-INV-08", "MP-API-02"),
    source="the OpenAPI documents in schemas/openapi",
    grade="D",
    why="a request that the documents rule out is refused, or means something else than was meant",
    judge=judge_requests,
)
RESPONSES: Final = Rule(
    id="schema.responses",
    title="Every answer has a status, media type and body that its operation has",
    requirements=("OM-ACK-02", "MP-INV-01", "MP-INV-05", "MP-API-03"),
    source="the OpenAPI documents in schemas/openapi",
    grade="D",
    why="whoever reads the answer relies on its shape",
    judge=judge_responses,
)
