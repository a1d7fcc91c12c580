"""Going through given events again: what they lead to when those that cannot happen are passed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.hunt.books import Books
from conformance.hunt.moves import Moves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.hunt.channel import Move, Seller
    from conformance.hunt.question import Question


@dataclass(frozen=True, slots=True)
class Played:
    """Where events led: the sellers at the end, the invariants broken on the way, those events that could happen."""

    sellers: list[Seller]
    broken: frozenset[str]
    moves: tuple[Move, ...]
    oversold_units: int


class Player:
    """Plays events of one question; its books are kept, so that many plays cost little."""

    def __init__(self, question: Question) -> None:
        self._books = Books(question)
        self._moves = Moves(question, self._books)

    def play(self, moves: Sequence[Move]) -> Played:
        """Return what comes of events in their order."""
        state, broken, done = self._moves.start(), set(), []
        for move in moves:
            step = next((each for each in self._moves.after(state) if each[0] == move), None)
            if step is None:
                continue
            _, state, breaks = step
            done.append(move)
            broken |= {each for each in (breaks, self._moves.breaks_at_rest(state)) if each is not None}
        tally = self._moves.tally(state)
        units = self._books.oversold_units(tally.sold, tally.added) if tally.sold else 0
        return Played(self._moves.sellers(state), frozenset(broken), tuple(done), units)
