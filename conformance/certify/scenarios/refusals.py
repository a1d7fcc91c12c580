"""Answers that the harness gives in place of the server, and how long nobody may ask again after one of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from conformance.certify import plan
from conformance.verdict import Difference

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.certify.history import Exchange
    from conformance.certify.plan import Act, Fault
    from conformance.certify.stage import Stage

ASKED_WAIT_MS: Final = 1500
# A thread may be late in noting a request; so much is not held against anybody.
TOLERANCE_SECONDS: Final = 0.005


def unavailable() -> Act:
    """Answer 503."""
    return plan.answering(503, _errors(503, "service_unavailable", "Service unavailable", None))


def unprocessable() -> Act:
    """Answer 422 for a count."""
    return plan.answering(422, _errors(422, "unprocessable_entity", "Unprocessable", "data/attributes/count_on_hand"))


def _errors(code: int, status: str, title: str, source: str | None) -> dict[str, Any]:
    error = {"title": title, "detail": f"{title}, for the moment", "id": "resource_invalid", "href": "", "links": {}}
    return {"errors": [{**error, "code": code, "source": source, "status": status}]}


def quota(stage: Stage, matches: Callable[[Exchange], bool]) -> Fault:
    """Answer one request with 429, and a wait in milliseconds."""
    headers = {"x-skubana-quota-retryAfter": str(ASKED_WAIT_MS)}
    act = plan.answering(429, {"errors": [{"errorCode": "QUOTA", "message": "too many calls"}]}, headers)
    return stage.plan.add(f"429, wait {ASKED_WAIT_MS} ms", matches, act, times=1)


def too_early(stage: Stage, refused: Exchange) -> tuple[list[Exchange], tuple[Difference, ...]]:
    """
    Wait until the time that was asked for is over; return the requests to Order Manager that came before.

    Requests that were under way when the refusal was answered do not count.
    """
    ended = refused.answered_at or refused.at
    over = ended + ASKED_WAIT_MS / 1000
    time.sleep(max(0.0, over - stage.history.now))
    early = [
        each
        for each in stage.history.all()
        if each.api == "order_manager" and ended < each.at < over - TOLERANCE_SECONDS
    ][:5]
    return early, tuple(
        Difference(
            f"request {each.number}, {each.method} {each.path}, ms after 429",
            f"at least {ASKED_WAIT_MS}",
            round((each.at - ended) * 1000),
        )
        for each in early
    )
