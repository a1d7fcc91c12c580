"""What would have prevented it: the same events under one protocol, or without the faults, at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.hunt.question import can_be_fenced
from conformance.hunt.replay import Player

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.hunt.channel import Move
    from conformance.hunt.question import Question

FAULTS: Final = ("crash", "lose", "duplicate")
REPAIRS: Final = (
    ("acknowledge after push", {"ack": "after-push"}),
    ("a watermark", {"push": "watermark"}),
    ("compare and set", {"push": "cas"}),
    ("a version guard", {"guard": "version"}),
    ("no full sync", {"full_sync_ms": None}),
    ("a fence", {"fence": True}),
)


@dataclass(frozen=True, slots=True)
class Repair:
    """One change and what it does to the same events: whether the invariant still breaks, and units then oversold."""

    name: str
    prevents: bool
    oversold_units: int


def repairs(question: Question, moves: Sequence[Move], invariant: str) -> tuple[int, list[Repair]]:
    """Return the units that the events oversell, and what each repair that makes a difference to the file would do."""
    was = Player(question).play(moves).oversold_units
    found = []
    for name, keys in REPAIRS:
        changed = question.with_connector(**keys)
        if changed != question and (name != "a fence" or can_be_fenced(question.sellers)):
            found.append(_repair(name, changed, moves, invariant))
    if any(move[0] in FAULTS for move in moves):
        found.append(_repair("no fault", question, [move for move in moves if move[0] not in FAULTS], invariant))
    return was, found


def _repair(name: str, question: Question, moves: Sequence[Move], invariant: str) -> Repair:
    played = Player(question).play(moves)
    return Repair(name, invariant not in played.broken, played.oversold_units)


def sentences(was: int, found: Sequence[Repair]) -> list[str]:
    """Return what each repair would have done, in words."""
    if not was:
        return [f"{each.name}: {'prevents it' if each.prevents else 'does not prevent it'}" for each in found]
    units = "unit" if was == 1 else "units"
    saved = [(each, max(0, was - each.oversold_units)) for each in found]
    return [f"{count} of {was} {units} would have been saved by {each.name}" for each, count in saved]
