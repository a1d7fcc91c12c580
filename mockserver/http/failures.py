"""What can go wrong with a request, and how each vendor says it: one table from code to status and words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mockserver.http.exchange import JSON, JSON_API, Answer, json_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.core.errors import Refused


class Kind(NamedTuple):
    """How a failure is told: HTTP status, Order Manager's error code, Marketplacer's title and status symbol."""

    status: int
    error_code: str
    title: str
    symbol: str


KINDS: Final[Mapping[str, Kind]] = {
    "bad_request": Kind(400, "BAD_REQUEST", "Bad request", "bad_request"),
    "unauthorized": Kind(401, "invalid_token", "Unauthorized", "unauthorized"),
    "invalid_client": Kind(401, "invalid_client", "Unauthorized", "unauthorized"),
    "invalid_grant": Kind(400, "invalid_grant", "Bad request", "bad_request"),
    "invalid_request": Kind(400, "invalid_request", "Bad request", "bad_request"),
    "unsupported_grant_type": Kind(400, "unsupported_grant_type", "Bad request", "bad_request"),
    "insufficient_scope": Kind(403, "insufficient_scope", "Forbidden", "forbidden"),
    "forbidden": Kind(403, "FORBIDDEN", "Forbidden", "forbidden"),
    "not_found": Kind(404, "NOT_FOUND", "Not found", "not_found"),
    "method_not_allowed": Kind(405, "METHOD_NOT_ALLOWED", "Method not allowed", "method_not_allowed"),
    "too_many_requests": Kind(429, "TOO_MANY_REQUESTS", "Too many requests", "too_many_requests"),
    "too_large": Kind(413, "PAYLOAD_TOO_LARGE", "Payload too large", "payload_too_large"),
    "unsupported_media_type": Kind(415, "UNSUPPORTED_MEDIA_TYPE", "Unsupported media type", "unsupported_media_type"),
    "unprocessable": Kind(422, "VALIDATION_ERROR", "Validation error", "resource_invalid"),
    "server_error": Kind(500, "INTERNAL_ERROR", "Internal server error", "server_error"),
}

# These speak OAuth's language whatever the reading om.error-body says.
_OAUTH: Final = frozenset(
    {
        "unauthorized",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "unsupported_grant_type",
        "insufficient_scope",
    }
)


class Failure(Exception):
    """A request that cannot be served; ``source`` is the attribute that is to blame, if any."""

    def __init__(self, kind: str, detail: str, *, source: str | None = None) -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail
        self.source = source


def from_refusal(refusal: Refused) -> Failure:
    """Return the failure that a refusal of the core means on the wire."""
    kind = refusal.code if refusal.code in KINDS else "unprocessable"
    return Failure(kind, str(refusal), source=refusal.field)


def order_manager_failure(failure: Failure, style: str = "message-and-code") -> Answer:
    """Return a failure as Order Manager says it; the body's form is a reading (U20)."""
    kind = KINDS[failure.kind]
    if failure.kind in _OAUTH or style == "oauth-style":
        body = {"error": kind.error_code, "error_description": failure.detail}
    else:
        body = {"message": failure.detail, "errorCode": kind.error_code}
    scheme = "Basic" if failure.kind == "invalid_client" else "Bearer"
    headers = (("WWW-Authenticate", f'{scheme} error="{kind.error_code}"'),) if kind.status == 401 else ()
    return json_answer(body, kind.status)._replace(headers=headers)


def marketplacer_failure(failure: Failure, media_type: str = JSON_API) -> Answer:
    """Return a failure as Marketplacer says it (MP-API-03)."""
    kind = KINDS[failure.kind]
    error: dict[str, Any] = {
        "title": kind.title,
        "detail": failure.detail,
        "id": None,
        "href": None,
        "code": kind.status,
        "source": _source(failure),
        "links": None,
        "status": kind.symbol,
    }
    return json_answer({"errors": [error]}, kind.status, media_type)


def _source(failure: Failure) -> str | None:
    if failure.kind != "unprocessable" or failure.source is None:
        return None
    return failure.source if failure.source == "data" else f"data/attributes/{failure.source}"


def control_failure(failure: Failure, problems: list[dict[str, Any]] | None = None) -> Answer:
    """Return a failure of the control API."""
    body: dict[str, Any] = {"error": failure.kind, "message": failure.detail}
    if problems:
        body["problems"] = problems
    status = KINDS[failure.kind].status if failure.kind in KINDS else 422
    return json_answer(body, status, JSON)
