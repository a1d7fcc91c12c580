"""A request that was made up, in the form that can be sent, told and sent again."""

from __future__ import annotations

import base64
import json
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from conformance.exchange import cut, without_secrets
from conformance.offline.contracts import NotJson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.offline.contracts import Operation
    from conformance.target import Answer, TargetWorld

API_NAMES: Final = {"order-manager": "order_manager", "marketplacer": "marketplacer"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the first access token, or a seller by its id; nobody when both are None."""

    token: int | None = None
    seller: int | None = None
    app: str | None = field(default=None, repr=False)

    def headers(self, world: TargetWorld) -> dict[str, str]:
        """Return the headers that carry the credential."""
        if self.app is not None:
            return {"Authorization": f"Basic {base64.b64encode(self.app.encode()).decode()}"}
        if self.token is not None:
            return {"Authorization": f"Bearer {world.tokens[self.token]}"}
        if self.seller is not None:
            return {"Authorization": f"Bearer {world.api_keys[str(self.seller)]}"}
        return {}

    def __str__(self) -> str:
        """Return the caller for a person."""
        if self.token is not None:
            return f"access token {self.token + 1}"
        return "an app" if self.app is not None else "nobody" if self.seller is None else f"seller {self.seller}"


@dataclass(frozen=True, slots=True)
class WireRequest:
    """One request below an API's address; ``target`` is the path with the query, both percent-encoded."""

    operation: Operation
    target: str
    media_type: str | None
    body: bytes
    caller: Caller

    @property
    def query(self) -> Mapping[str, str]:
        """The values of the query, the last one of a name."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def json(self) -> object:
        """The body as JSON, None when there is none."""
        return parsed(self.body)

    def send(self, world: TargetWorld) -> Answer:
        """Send it and return the answer, whatever its status."""
        headers = {"Accept": "*/*", **self._own_headers(), **self.caller.headers(world)}
        url = self._url(world)
        return world.target.send(self.operation.method, url, headers=headers, content=self.body or None)

    def told(self, world: TargetWorld, answer: Answer, note: str | None) -> dict[str, Any]:
        """Return the exchange for a report, credentials blanked out."""
        secrets = without_secrets(self.caller.headers(world))
        exchange = {
            "at": None,
            "request": {
                "method": self.operation.method,
                "url": self._url(world),
                "headers": {**self._own_headers(), **secrets},
                "body": cut(self.body),
            },
            "response": {"status": answer.status, "headers": dict(answer.headers), "body": cut(answer.body)},
            "note": note,
        }
        told: dict[str, Any] = world.redacted(exchange)
        return told

    def curl(self, world: TargetWorld) -> str:
        """Return a command line that sends it; the credential is to be given in ``CREDENTIAL``."""
        words = ["curl", "-sS", "-X", self.operation.method, self._url(world)]
        for name, value in self._own_headers().items():
            words += ["-H", f"{name}: {value}"]
        line = shlex.join(words)
        if self.caller.headers(world):
            line += (
                ' -H "Authorization: Basic $CREDENTIAL"'
                if self.caller.app
                else ' -H "Authorization: Bearer $CREDENTIAL"'
            )
        if self.body:
            line += f" --data-binary {shlex.quote(self.body.decode('utf-8', 'replace'))}"
        return str(world.redacted(line))

    def _own_headers(self) -> dict[str, str]:
        return {"Content-Type": self.media_type} if self.media_type is not None else {}

    def _url(self, world: TargetWorld) -> str:
        return f"{world.urls[API_NAMES[self.operation.api]].rstrip('/')}{self.target}"


def parsed(body: bytes) -> object:
    """Return a body as JSON, as text where it is none, None where there is no body."""
    if not body:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return NotJson(body.decode("utf-8", "replace"))
