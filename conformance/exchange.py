"""The traffic that a check caused, kept for its verdict: bounded, credentials blanked out."""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST_BODY: Final = 4096
MOST_EXCHANGES: Final = 40
SHORTEST_SECRET: Final = 6
SECRET_HEADERS: Final = frozenset({"authorization", "marketplacer-api-key", "cookie", "set-cookie"})
BLANK: Final = "[credential]"


@dataclass(slots=True)
class Traffic:
    """The exchanges of one check, the last ones when there were more than are kept, and the secrets to blank out."""

    began: float
    kept: list[dict[str, Any]] = field(default_factory=list)
    left_out: int = 0
    secrets: set[str] = field(default_factory=set)

    def exchanges(self) -> tuple[dict[str, Any], ...]:
        """Return what was kept with every known secret blanked out, and a note where some was left out."""
        kept = [self.blanked(each) for each in self.kept]
        if kept and self.left_out:
            kept[0] = {**kept[0], "note": f"{self.left_out} exchanges before this one were left out"}
        return tuple(kept)

    def blanked(self, value: Any) -> Any:
        """Return a JSON value with every known secret blanked out."""
        return _blanked(value, self.secrets)


_traffic: ContextVar[Traffic | None] = ContextVar("traffic", default=None)


@contextmanager
def recording() -> Iterator[Traffic]:
    """Keep every exchange of this thread until the block ends."""
    traffic = Traffic(began=time.monotonic())
    token = _traffic.set(traffic)
    try:
        yield traffic
    finally:
        _traffic.reset(token)


def current() -> Traffic | None:
    """Return what this thread records into, to be handed to threads of its own."""
    return _traffic.get()


def hide(secret: str) -> None:
    """Blank out a secret wherever it shows in what is being recorded; what is shorter than any could be a word."""
    traffic = _traffic.get()
    if traffic is not None and len(secret) >= SHORTEST_SECRET:
        traffic.secrets.add(secret)


def note(request: Mapping[str, Any], response: Mapping[str, Any], *, into: Traffic | None = None) -> None:
    """Keep one exchange, if something is recording."""
    traffic = into if into is not None else _traffic.get()
    if traffic is None:
        return
    if len(traffic.kept) == MOST_EXCHANGES:
        del traffic.kept[0]
        traffic.left_out += 1
    at = round(time.monotonic() - traffic.began, 4)
    traffic.kept.append({"at": at, "request": dict(request), "response": dict(response), "note": None})


def without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers with the values of those that carry credentials blanked out."""
    return {name: BLANK if name.lower() in SECRET_HEADERS else value for name, value in headers.items()}


def cut(body: bytes) -> str | None:
    """Return a body as text, cut to what a report keeps; None when there is none."""
    if not body:
        return None
    text = body[:LONGEST_BODY].decode("utf-8", "replace")
    return text if len(body) <= LONGEST_BODY else f"{text}… ({len(body)} bytes)"


def _blanked(value: Any, secrets: set[str]) -> Any:
    if isinstance(value, str):
        for secret in sorted(secrets, key=len, reverse=True):
            value = value.replace(secret, BLANK)
        return value
    if isinstance(value, dict):
        return {key: _blanked(each, secrets) for key, each in value.items()}
    return [_blanked(each, secrets) for each in value] if isinstance(value, list) else value
