"""Going through given events again: what they lead to when those that cannot happen are passed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.hunt.books import Books
from conformance.hunt.moves import Moves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.hunt.moves import Move, State
    from conformance.hunt.question import Question


@dataclass(frozen=True, slots=True)
class Played:
    """Where events led: the last state, the invariants broken on the way, and those events that could happen."""

    state: State
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
            after = next((each for each in self._moves.after(state) if each.move == move), None)
            if after is None:
                continue
            state = after.state
            done.append(move)
            broken |= {each for each in (after.broken, self._moves.breaks_at_rest(state)) if each is not None}
        sold = state[2]
        units = self._books.oversold_units(sold, state[3]) if sold else 0
        return Played(state, frozenset(broken), tuple(done), units)
