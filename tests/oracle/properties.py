"""What the property tests share: their settings, and short words for worlds and world files."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, settings

from mockserver.behaviours import resolve
from mockserver.core.world import World

Document = dict[str, Any]

PROPERTY = settings(
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ENOUGH_ROWS = 1000


def loaded(document: Document, readings: dict[str, str] | None = None) -> World:
    return World.from_document(deepcopy(document), resolve(readings or {}))


def figures(world: World) -> dict[int, int]:
    return {listing.id: world.figure(listing) for listing in world.listings.values()}


def own(document: Document, kind: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = document["order_manager"][kind]
    return rows


def done(world: World, *commands: dict[str, Any]) -> None:
    for command in commands:
        outcome = world.execute(command)
        assert outcome.status == "done", (command, outcome.reason)
