"""The request journal of one world: what was asked and answered, bounded, with credentials taken out."""

from __future__ import annotations

import re
from collections import deque
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote, unquote

import orjson

from mockserver.core.instants import instant_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

REDACTED: Final = "[redacted]"
_MOST_KEPT: Final = 10_000
_MOST_BYTES: Final = 64 * 1024 * 1024
_LONGEST_BODY: Final = 64 * 1024
# Entries of no more than this are not counted: ten thousand of them take some 30 MiB.
_SMALL: Final = 2 * 1024
_SHORTEST_SECRET: Final = 6
_LOWEST_GOOD: Final = 200
_LOWEST_REFUSED: Final = 400
_SECRET_HEADERS: Final = frozenset(
    {"authorization", "proxy-authorization", "marketplacer-api-key", "cookie", "set-cookie", "x-control-token"}
)
_SECRET_FIELDS: Final = frozenset(
    {"access_token", "token", "api_key", "client_secret", "app_secret", "code", "password", "secret"}
)
_NAMES: Final = "|".join(sorted(_SECRET_FIELDS))
_SECRET_IN_FORM: Final = re.compile(rf"(?i)(?<![a-z0-9])({_NAMES})=([^&\s]+)")
# For JSON that was cut off and so cannot be parsed; the cut may go through the secret.
_SECRET_IN_JSON: Final = re.compile(rf'(?i)"({_NAMES})"\s*:\s*"(?:[^"\\]|\\.)*"?')


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
    fault: Mapping[str, Any] | None = None


class Recorder:
    """
    Keeps the last ten thousand exchanges, from any thread; those of more than 2 KiB take 64 MiB together at most.

    What it keeps is raw; what it tells is redacted.
    """

    def __init__(self) -> None:
        self._kept: deque[Exchange] = deque(maxlen=_MOST_KEPT)
        self._large: deque[tuple[int, int]] = deque()
        self._large_bytes = 0
        self._count = 0
        self._lock = Lock()

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
        fault: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep one exchange; bodies are cut at 64 KiB. ``fault`` tells what a fault plan did to it."""
        told, heard = body[:_LONGEST_BODY], answer[:_LONGEST_BODY]
        size = len(told) + len(heard) + len(path) + len(query) + sum(map(len, headers.values()))
        with self._lock:
            self._count += 1
            number = self._count
            self._kept.append(
                Exchange(
                    number,
                    at_ms,
                    api,
                    operation_id,
                    method,
                    path,
                    query,
                    headers,
                    told,
                    status,
                    answer_headers,
                    heard,
                    fault,
                )
            )
            if size > _SMALL:
                self._make_room(number, size)

    def _make_room(self, number: int, size: int) -> None:
        """Count a large exchange, and let the oldest go until the large ones fit; the caller holds the lock."""
        self._large.append((number, size))
        self._large_bytes += size
        while self._large[0][0] < self._kept[0].number:
            self._large_bytes -= self._large.popleft()[1]
        while self._large_bytes > _MOST_BYTES:
            first, gone = self._large.popleft()
            self._large_bytes -= gone
            while self._kept[0].number <= first:
                self._kept.popleft()

    @property
    def last(self) -> int:
        """The number of the exchange recorded last; 0 before the first."""
        return self._count

    def previous(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> Exchange | None:
        """
        Return the last good answer that reached the same caller at the same address, raw; None when there is none.

        An answer of 64 KiB or more was not kept whole, and does not count.
        """
        with self._lock:
            kept = list(self._kept)
        asked = (method, path, query, _caller(headers))
        for each in reversed(kept):
            if (each.method, each.path, each.query, _caller(each.headers)) == asked and _was_good(each):
                return each if len(each.answer) < _LONGEST_BODY else None
        return None

    def exchanges(self, secrets: Iterable[str] = ()) -> Iterator[dict[str, Any]]:
        """
        Yield every kept exchange as plain JSON types, oldest first, with credentials taken out.

        Values of headers and fields that are known to be secret are blotted out by name, ``secrets`` wherever they are.
        """
        redaction = Redaction(secrets)
        with self._lock:
            kept = list(self._kept)
        return (redaction.told(exchange) for exchange in kept)

    def clear(self) -> None:
        """Forget everything; numbers go on."""
        with self._lock:
            self._kept.clear()
            self._large.clear()
            self._large_bytes = 0


class Redaction:
    """Takes credentials out: by the name of their field, and by their value wherever it turns up."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # A secret of a few letters is part of ordinary words, and nobody's real one.
        long_enough = {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
        spelled = long_enough | {quote(secret, safe="") for secret in long_enough}
        patterns = (re.escape(secret) for secret in sorted(spelled, key=lambda each: (-len(each), each)))
        self._values = re.compile("|".join(patterns)) if spelled else None

    def told(self, exchange: Exchange) -> dict[str, Any]:
        """Return an exchange as plain JSON types."""
        answer_headers = dict(exchange.answer_headers)
        behaviours = answer_headers.get("X-Mock-Behaviours", "")
        told = {
            "id": exchange.number,
            "at": instant_text(exchange.at_ms),
            "api": exchange.api,
            "operation_id": exchange.operation_id,
            "method": exchange.method,
            "path": self.text(exchange.path),
            "query": self.query(exchange.query),
            "request_headers": self.headers(exchange.headers),
            "request_body": self.body(exchange.body),
            "status": exchange.status,
            "response_headers": self.headers(answer_headers),
            "response_body": self.body(exchange.answer),
            "behaviours": [item.partition(";")[0] for item in behaviours.split(", ") if item],
        }
        return told if exchange.fault is None else told | {"fault": dict(exchange.fault)}

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return headers with credentials taken out, also those inside a redirect's address."""
        return {
            name: REDACTED if name.lower() in _SECRET_HEADERS else self.text(value) for name, value in headers.items()
        }

    def query(self, text: str) -> str:
        """Return a query string; a field whose name is percent-encoded is told decoded if it is a secret."""
        return "&".join(
            self.text(pair) if "=" not in pair or not _is_secret_field(pair) else f"{_field(pair)}={REDACTED}"
            for pair in text.split("&")
        )

    def text(self, text: str) -> str:
        """Return any text: a form, a broken body, an address."""
        plain = _SECRET_IN_JSON.sub(rf'"\1":"{REDACTED}"', _SECRET_IN_FORM.sub(rf"\1={REDACTED}", text))
        return plain if self._values is None else self._values.sub(REDACTED, plain)

    def body(self, body: bytes) -> Any:
        """Return a JSON body as plain types, anything else as text; None when empty."""
        if not body:
            return None
        try:
            return self._json(orjson.loads(body))
        except orjson.JSONDecodeError:
            return self.text(body.decode("utf-8", "replace"))

    def _json(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self.text(key): self._field(key, each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._json(each) for each in value]
        return self.text(value) if isinstance(value, str) else value

    def _field(self, name: str, value: Any) -> Any:
        return REDACTED if name.lower() in _SECRET_FIELDS and isinstance(value, str) else self._json(value)


def _caller(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    return headers.get("authorization"), headers.get("marketplacer-api-key")


def _was_good(exchange: Exchange) -> bool:
    arrived = exchange.fault is None or exchange.fault.get("delivered", True)
    return arrived and _LOWEST_GOOD <= exchange.status < _LOWEST_REFUSED


def _field(pair: str) -> str:
    return unquote(pair.partition("=")[0])


def _is_secret_field(pair: str) -> bool:
    return _field(pair).lower() in _SECRET_FIELDS
