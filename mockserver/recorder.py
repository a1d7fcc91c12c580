"""The request journal of one world: what was asked and answered, bounded, with credentials taken out."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from mockserver.core.instants import instant_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REDACTED: Final = "[redacted]"
_MOST_KEPT: Final = 10_000
_LONGEST_BODY: Final = 64 * 1024
_SECRET_HEADERS: Final = frozenset({"authorization", "marketplacer-api-key", "cookie", "set-cookie", "x-control-token"})
_SECRET_FIELDS: Final = frozenset(
    {"access_token", "token", "api_key", "client_secret", "app_secret", "code", "password", "secret"}
)
_SECRET_IN_TEXT: Final = re.compile(
    rf"(?i)\b({'|'.join(sorted(_SECRET_FIELDS))})=([^&\s]+)",
)


class Exchange(NamedTuple):
    """One request and its answer, as they went over the wire."""

    number: int
    at_ms: int
    api: str
    operation_id: str | None
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    answer_headers: tuple[tuple[str, str], ...]
    answer: bytes


class Recorder:
    """Keeps the last ten thousand exchanges. What it keeps is raw; what it tells is redacted."""

    def __init__(self) -> None:
        self._kept: deque[Exchange] = deque(maxlen=_MOST_KEPT)
        self._count = 0

    def record(
        self,
        at_ms: int,
        api: str,
        operation_id: str | None,
        method: str,
        path: str,
        query: str,
        headers: Mapping[str, str],
        body: bytes,
        status: int,
        answer_headers: tuple[tuple[str, str], ...],
        answer: bytes,
    ) -> None:
        """Keep one exchange; bodies are cut at 64 KiB."""
        self._count += 1
        self._kept.append(
            Exchange(
                self._count,
                at_ms,
                api,
                operation_id,
                method,
                path,
                query,
                headers,
                body[:_LONGEST_BODY],
                status,
                answer_headers,
                answer[:_LONGEST_BODY],
            )
        )

    def exchanges(self) -> Iterator[dict[str, Any]]:
        """Yield every kept exchange as plain JSON types, oldest first, with credentials taken out."""
        return (told(exchange) for exchange in list(self._kept))

    def clear(self) -> None:
        """Forget everything; numbers go on."""
        self._kept.clear()


def told(exchange: Exchange) -> dict[str, Any]:
    """Return an exchange as plain JSON types with credentials taken out."""
    answer_headers = dict(exchange.answer_headers)
    behaviours = answer_headers.get("X-Mock-Behaviours", "")
    return {
        "id": exchange.number,
        "at": instant_text(exchange.at_ms),
        "api": exchange.api,
        "operation_id": exchange.operation_id,
        "method": exchange.method,
        "path": exchange.path,
        "query": redacted_text(exchange.query),
        "request_headers": redacted_headers(exchange.headers),
        "request_body": redacted_body(exchange.body),
        "status": exchange.status,
        "response_headers": redacted_headers(answer_headers),
        "response_body": redacted_body(exchange.answer),
        "behaviours": [item.partition(";")[0] for item in behaviours.split(", ") if item],
    }


def redacted_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers in which credentials are blotted out, also those inside a redirect's address."""
    return {
        name: REDACTED if name.lower() in _SECRET_HEADERS else redacted_text(value) for name, value in headers.items()
    }


def redacted_text(text: str) -> str:
    """Return a query string or form in which the values of secret fields are blotted out."""
    return _SECRET_IN_TEXT.sub(rf"\1={REDACTED}", text)


def redacted_body(body: bytes) -> Any:
    """Return a JSON body as plain types, anything else as text, with secret fields blotted out; None when empty."""
    if not body:
        return None
    try:
        return _without_secrets(orjson.loads(body))
    except (orjson.JSONDecodeError, RecursionError):
        return redacted_text(body.decode("utf-8", "replace"))


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: REDACTED if key in _SECRET_FIELDS and isinstance(each, str) else _without_secrets(each)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_without_secrets(each) for each in value]
    return value
