"""What the readers of the formats share: one row of a recording, and getting at its parts safely."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from conformance.exchange import SECRET_HEADERS
from conformance.offline.contracts import NotJson, operation_of
from conformance.offline.history import Exchange

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORTEST_SECRET: Final = 6
FORM: Final = "application/x-www-form-urlencoded"
_SECRET_QUERY: Final = frozenset({"access_token", "token", "api_key", "client_secret", "app_secret", "code"})


class BadPart(ValueError):
    """A part of the recording is not what its format says; the text begins with the place."""


@dataclass(frozen=True, slots=True)
class Row:
    """One recorded request and answer in the common form; bodies as text, None where there was none."""

    where: str
    url: str
    method: str
    request_headers: Mapping[str, str]
    request_body: str | None
    status: int | None
    response_headers: Mapping[str, str]
    response_body: str | None
    at: float | None = None
    seconds: float | None = None
    cut: bool = False
    request_cut: bool = False
    parsed_bodies: tuple[object, object] | None = field(default=None, repr=False)

    @property
    def secrets(self) -> set[str]:
        """The credentials that the row holds."""
        values = [value for name, value in self.request_headers.items() if name.lower() in SECRET_HEADERS]
        values += [value for name, value in parse_qsl(urlsplit(self.url).query) if name.lower() in _SECRET_QUERY]
        words = {word for value in values for word in (value, value.partition(" ")[2].strip())}
        return {word for word in words if len(word) >= SHORTEST_SECRET and not word.startswith("[")}

    def exchange(self, index: int, name: str) -> Exchange:
        """Return the row as an exchange of a history."""
        parts = urlsplit(self.url)
        found = operation_of(self.method, parts.path)
        sent, answered = self.parsed_bodies or (_parsed(self.request_body), _parsed(self.response_body))
        return Exchange(
            index=index,
            where=f"{name}/{self.where}" if name else self.where,
            method=self.method,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            request_type=_header(self.request_headers, "content-type"),
            request_body=sent,
            status=self.status,
            response_type=_header(self.response_headers, "content-type"),
            response_body=answered,
            at=self.at,
            until=None if self.at is None or self.seconds is None else self.at + self.seconds,
            cut=self.cut,
            request_cut=self.request_cut,
            operation=None if found is None else found[0],
            values={} if found is None else found[1],
        )


def _parsed(text: str | None) -> object:
    if text is None or not text.strip():
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return NotJson(text)


def _header(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name), None)


def member(node: Any, name: str, kind: type, where: str, *, optional: bool = False) -> Any:
    """
    Return a member of an object.

    Raises:
        BadPart: when it is missing or of another kind, with its place.
    """
    if not isinstance(node, dict):
        raise BadPart(f"{where}: must be an object")
    value = node.get(name)
    if value is None and optional:
        return None
    is_bool = isinstance(value, bool) and kind is not bool
    if is_bool or not isinstance(value, (int, float) if kind is float else kind):
        words = {str: "text", int: "a whole number", float: "a number", list: "an array", dict: "an object"}
        raise BadPart(f"{where}/{name}: must be {words[kind]}" + ("" if name in node else ", and is missing"))
    return value


def method_of(text: str, where: str) -> str:
    """
    Return a method in capital letters.

    Raises:
        BadPart: when it is none.
    """
    if re.fullmatch(r"[A-Za-z]{1,20}", text) is None:
        raise BadPart(f"{where}: {text[:30]!r} is no method")
    return text.upper()
