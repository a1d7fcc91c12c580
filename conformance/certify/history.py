"""What went over the wire: each exchange as the recording proxy saw it, and the questions that checks ask of them."""

from __future__ import annotations

import json
import re
import threading
import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal

from conformance.exchange import BLANK, cut, without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Api = Literal["order_manager", "marketplacer"]

WRITES: Final = frozenset({"PUT", "POST", "DELETE", "PATCH"})
ACKNOWLEDGE: Final = re.compile(r"(?:/service)?/(v1\.[12])/inventory/acknowledge/?$")
INVENTORIES: Final = re.compile(r"/api/v2/client/variants/(\d+)/inventories/?$")


@dataclass(slots=True)
class Exchange:
    """
    One request and what became of it.

    ``at`` and ``answered_at`` are seconds since the recording began, the latter of the first byte sent back; ``run`` is
    the number of the integration's run; ``spoiled`` names what the harness did to it; ``credentials`` where a
    credential was seen and whose.
    """

    number: int
    run: int
    api: Api
    at: float
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    body: bytes
    credentials: tuple[tuple[str, str], ...] = ()
    status: int | None = None
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b""
    answered_at: float | None = None
    spoiled: str | None = None

    @property
    def sent(self) -> Any:
        """The body as JSON, numbers with a point as Decimal; None when it is none."""
        try:
            return json.loads(self.body, parse_float=Decimal)
        except ValueError:
            return None

    @property
    def got(self) -> Any:
        """The answer as JSON; None when it is none."""
        try:
            return json.loads(self.answer)
        except ValueError:
            return None

    @property
    def is_acknowledge(self) -> bool:
        """Whether it asks for changed figures."""
        return self.api == "order_manager" and ACKNOWLEDGE.search(self.path) is not None

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows that an acknowledge was answered with."""
        answer = self.got if self.is_acknowledge and self.status == 200 else None
        return [row for row in answer if isinstance(row, dict)] if isinstance(answer, list) else []

    @property
    def variant(self) -> int | None:
        """The variant whose inventories it is about, or None."""
        found = INVENTORIES.search(self.path)
        return int(found[1]) if found and self.api == "marketplacer" else None

    @property
    def is_push(self) -> bool:
        """Whether it writes inventories."""
        return self.method == "PUT" and self.variant is not None

    @property
    def changes_marketplace(self) -> bool:
        """Whether it is a write to the marketplace."""
        return self.api == "marketplacer" and self.method in WRITES

    @property
    def records(self) -> list[dict[str, Any]]:
        """The attributes of the records that a push writes."""
        body = self.sent
        data = body.get("data") if isinstance(body, dict) else None
        elements = data if isinstance(data, list) else [data]
        return [
            each["attributes"]
            for each in elements
            if isinstance(each, dict) and isinstance(each.get("attributes"), dict)
        ]

    def as_json(self, redact: Callable[[str], str]) -> dict[str, Any]:
        """Return it for a report: bodies cut, credentials blanked out."""
        query = "&".join(f"{name}={value}" for name, value in self.query)
        url = f"{self.api}:{self.path}" + (f"?{query}" if query else "")
        sent, got = cut(self.body), cut(self.answer)
        return {
            "at": round(self.at, 4),
            "request": {
                "method": self.method,
                "url": redact(url),
                "headers": {name: redact(value) for name, value in without_secrets(self.headers).items()},
                "body": None if sent is None else redact(sent),
            },
            "response": {
                "status": self.status,
                "headers": dict(without_secrets(self.answer_headers)),
                "body": None if got is None else redact(got),
            },
            "note": f"run {self.run}" + (f"; {self.spoiled}" if self.spoiled else ""),
        }


class History:
    """Every exchange of one scenario. Safe to use from several threads."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._exchanges: list[Exchange] = []
        self.run = 0

    @property
    def now(self) -> float:
        """Seconds since the recording began."""
        return time.monotonic() - self._began

    def open(self, **known: Any) -> Exchange:
        """Note a request that has just arrived."""
        with self._lock:
            exchange = Exchange(number=len(self._exchanges) + 1, run=self.run, at=self.now, **known)
            self._exchanges.append(exchange)
            return exchange

    def all(self, since: int = 0) -> list[Exchange]:
        """Return the exchanges after a number, in the order of arrival."""
        with self._lock:
            return self._exchanges[since:]

    @property
    def length(self) -> int:
        """How many there are."""
        with self._lock:
            return len(self._exchanges)

    def of_run(self, run: int) -> list[Exchange]:
        """Return the exchanges of one run of the integration."""
        return [each for each in self.all() if each.run == run]

    def pushes(self, variant: int | None = None, since: int = 0) -> list[Exchange]:
        """Return the writes of inventories, of one variant if it is given."""
        return [each for each in self.all(since) if each.is_push and variant in (None, each.variant)]

    def acknowledges(self, since: int = 0) -> list[Exchange]:
        """Return the calls that ask for changed figures."""
        return [each for each in self.all(since) if each.is_acknowledge]


def redactor(secrets: Iterable[str]) -> Callable[[str], str]:
    """Return a function that blanks out each of these secrets."""
    known = sorted({each for each in secrets if each}, key=len, reverse=True)

    def redact(text: str) -> str:
        for secret in known:
            text = text.replace(secret, BLANK)
        return text

    return redact


def last(exchanges: Sequence[Exchange], most: int = 12) -> tuple[Exchange, ...]:
    """Return the last of them, as many as a report shows."""
    return tuple(exchanges[-most:])
