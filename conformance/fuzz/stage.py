"""The worlds that the requests play in: one that is acted upon, one beside it that nothing may reach."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance import acknowledge, dialect
from conformance.resources import fixtures_dir
from conformance.verdict import UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.fuzz.wire import WireRequest
    from conformance.target import Answer, TargetWorld

Document = dict[str, Any]
AUDITOR = 1  # the token whose markers only this harness moves


def world_document() -> Document:
    """Return the world that is fuzzed: small, with one of everything that the operations can touch."""
    document: Document = json.loads((fixtures_dir() / "fuzz" / "world.json").read_text(encoding="utf-8"))
    return document


@dataclass(frozen=True, slots=True)
class Step:
    """One request, its answer, and the world before and after it; ``neighbour`` is the other world after it."""

    request: WireRequest
    answer: Answer
    before: Document
    after: Document
    neighbour: Document


class Stage:
    """Plays requests in a world and keeps what the audits look at."""

    def __init__(self, world: TargetWorld, neighbour: TargetWorld) -> None:
        self.world = world
        self._neighbour = neighbour
        self.start = _document(world)
        self.neighbour_start = _document(neighbour)
        self._now = self.start
        self._touched = False
        self._told: dict[int, object] = {}
        self._answered: dict[int, object] = {}
        self.read_feed = False
        self._drain()

    def fresh(self) -> None:
        """Put the world back to its start, if anything was done to it."""
        if self._touched:
            _control(self.world, "POST", "/reset")
            self._now, self._touched, self.read_feed = self.start, False, False
            self._told, self._answered = {}, {}
            self._drain()

    def play(self, request: WireRequest) -> Step:
        """Send one request and return what it did."""
        before = self._now
        answer = request.send(self.world)
        self._now = _document(self.world)
        reading = request.operation.id.startswith("acknowledge")
        self._touched = self._touched or self._now != before or reading
        if reading and request.operation.id.endswith("V12"):
            self._keep_rows(answer)
        return Step(request, answer, before, self._now, _document(self._neighbour))

    def missing_from_feed(self) -> Mapping[int, tuple[object, object]]:
        """Return, by listing id, the figure that must be told and the one that was told last, where they differ."""
        self._drain()
        return self._differing(self._told)

    def missing_from_own_feed(self) -> Mapping[int, tuple[object, object]]:
        """Return the same for the rows that the fuzzed calls were answered, the rest read to the end."""
        if not self.read_feed:
            return {}
        rest = acknowledge_all(self.world, self._channels(), 0)
        return self._differing({**self._answered, **rest})

    def _differing(self, told: Mapping[int, object]) -> Mapping[int, tuple[object, object]]:
        shown = {listing: self._shown(listing) for listing in self._listings()}
        return {
            listing: (figure, told.get(listing))
            for listing, figure in shown.items()
            if figure is not None and figure != told.get(listing)
        }

    def _shown(self, listing: int) -> object:
        body = _control(self.world, "GET", f"/explain?listing_id={listing}")
        return body.get("shown")

    def _keep_rows(self, answer: Answer) -> None:
        names, body = acknowledge_names(), answer.json
        if answer.status == 200 and isinstance(body, list):
            self.read_feed = True
            for row in body:
                if isinstance(row, dict) and isinstance(row.get(names["listing_id"]), int):
                    self._answered[row[names["listing_id"]]] = row.get(names["figure"])

    def _drain(self) -> None:
        self._told |= acknowledge_all(self.world, self._channels(), AUDITOR)

    def _channels(self) -> list[int]:
        return [channel["id"] for channel in self._now["order_manager"]["sales_channels"]]

    def _listings(self) -> list[int]:
        return [listing["id"] for listing in self._now["order_manager"]["listings"]]


def acknowledge_names() -> Mapping[str, str]:
    """Return the field names of a row on the wire."""
    names: Mapping[str, str] = dialect.default()["row"]
    return names


def acknowledge_all(world: TargetWorld, channels: list[int], token: int) -> dict[int, object]:
    """
    Read the channels with one token until nothing more comes; return the figure last told by listing id.

    Raises:
        UnexpectedAnswer: when the rows never end.
    """
    told: dict[int, object] = {}
    for _ in range(acknowledge.MOST_CALLS):
        rows = acknowledge.read(world, channels, token=token)
        if not rows:
            return told
        told |= {row["listing_id"]: row["figure"] for row in rows}
    raise UnexpectedAnswer("acknowledge", f"empty within {acknowledge.MOST_CALLS} calls", "rows without end")


def _document(world: TargetWorld) -> Document:
    return _control(world, "GET", "")


def _control(world: TargetWorld, method: str, path: str) -> Document:
    answer = world.target.control(method, f"/worlds/{world.id}{path}")
    body = answer.json
    if answer.status != 200 or not isinstance(body, dict):
        raise UnexpectedAnswer(f"{method} /_mock/worlds/{{id}}{path}", 200, answer.status)
    return body
