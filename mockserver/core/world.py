"""A world: the state of one account, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core.account import Account, Outcome
from mockserver.core.commands import handler_of
from mockserver.core.document import document_of
from mockserver.core.errors import Refused
from mockserver.core.explanation import explain
from mockserver.core.features import features_of_command
from mockserver.core.loading import load

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Outcome", "World"]


class World(Account):
    """
    One isolated account.

    It changes only through ``execute``, ``acknowledge`` and ``advance_to``; same calls, same state, same answers.
    """

    @classmethod
    def from_document(cls, document: Mapping[str, Any], readings: Mapping[str, str]) -> World:
        """
        Return the world that a schema-valid world file describes. ``readings`` name an option for every reading.

        Raises:
            InvalidWorld: when parts of the file contradict each other.
        """
        return load(document, lambda now_ms, seed: cls(readings, now_ms=now_ms, seed=seed))

    def to_document(self) -> dict[str, Any]:
        """Return the bare world file: the state without markers, journal or pending effects."""
        return document_of(self)

    def explain(self, listing_id: int) -> dict[str, Any]:
        """
        Return the steps that lead to a listing's figure.

        Raises:
            Refused: ``unknown_listing``.
        """
        return explain(self, listing_id)

    def execute(self, command: Mapping[str, Any]) -> Outcome:
        """Run one command at the present virtual instant; a refused one changes nothing."""
        self.touched.clear()
        try:
            handler = handler_of(command)
            result = handler(self, command)
        except Refused as refusal:
            return Outcome("refused", str(refusal), refusal=refusal)
        self.settle()
        self.features.update(features_of_command(command))
        return Outcome("done", result=result)
