"""What a handler gets and what it gives back; nothing of any framework."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.contracts import Operation
    from mockserver.worlds import HostedWorld, Token, Worlds

JSON = "application/json"
JSON_API = "application/vnd.api+json"


class Request(NamedTuple):
    """One request; header names are lower case, ``path`` is percent-decoded, ``query`` as it stood in the address."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    base_url: str = "http://localhost"


class Fate(NamedTuple):
    """
    What a fault lets arrive of an answer.

    ``whole``: all of it. ``cut``: its body breaks off, ``length`` bytes were promised. ``none``: the connection breaks
    without a byte. ``lost``: the same, after a silence. ``hold_seconds`` of real time pass before any of it.
    """

    kind: Literal["whole", "cut", "none", "lost"] = "whole"
    hold_seconds: float = 0.0
    length: int = 0


class Answer(NamedTuple):
    """One answer."""

    status: int
    body: bytes = b""
    media_type: str | None = JSON
    headers: tuple[tuple[str, str], ...] = ()
    fate: Fate | None = None


@dataclass(slots=True)
class Call:
    """A request that has found its operation, its world and its caller."""

    request: Request
    operation: Operation
    worlds: Worlds
    path: Mapping[str, str] = field(default_factory=dict)
    hosted: HostedWorld | None = None
    token: Token | None = None
    seller: int | None = None

    @property
    def world(self) -> HostedWorld:
        """The world that the caller's credential leads to."""
        assert self.hosted is not None  # noqa: S101 - the gateway lets nobody in without
        return self.hosted

    def option(self, reading: str) -> str:
        """Return the option that the world follows on a reading."""
        return self.world.world.readings[reading]


if TYPE_CHECKING:
    Handler = Callable[[Call], Answer]


def json_answer(value: Any, status: int = 200, media_type: str = JSON) -> Answer:
    """Return an answer with a JSON body."""
    return Answer(status, orjson.dumps(value), media_type)
