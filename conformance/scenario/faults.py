"""Faults wait for their named occurrence; each strikes once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.scenario.model import Event


class Faults:
    """The faults of one row by occurrence, and how often each step was taken so far."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._waiting: dict[str, list[Event]] = {}
        self._counts: dict[str, int] = {}
        for event in events:
            if event.during is not None:
                self._waiting.setdefault(str(event.during), []).append(event)

    def step(self, *steps: str) -> list[Mapping[str, Any]]:
        """Count one occurrence of each step, such as ``connector.poll``, and return the faults that strike it."""
        found: list[Mapping[str, Any]] = []
        for step in steps:
            self._counts[step] = self._counts.get(step, 0) + 1
            found += [event.data for event in self._waiting.pop(f"{step}#{self._counts[step]}", ())]
        return found

    @property
    def unmet(self) -> list[Event]:
        """The faults whose occurrence never came."""
        return [event for events in self._waiting.values() for event in events]


def of_kind(faults: Iterable[Mapping[str, Any]], *kinds: str) -> Mapping[str, Any] | None:
    """Return the first fault of one of these kinds, or None."""
    return next((fault for fault in faults if fault["kind"] in kinds), None)
