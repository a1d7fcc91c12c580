"""The exhaustive part: breadth first, so that the first break that is found lies at the end of a shortest way."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.hunt.books import Books
from conformance.hunt.moves import Moves
from conformance.hunt.symmetry import Alike, symmetric_sellers

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.hunt.channel import Move
    from conformance.hunt.moves import State
    from conformance.hunt.question import Question

    Listener = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Found:
    """A way to break an invariant; ``minimal`` when there is none with fewer events."""

    invariant: str
    moves: tuple[Move, ...]
    minimal: bool


@dataclass(frozen=True, slots=True)
class Searched:
    """
    What came of a search.

    ``states`` were met, ``generated`` counts every event tried, ``depth`` is how many events were gone through
    completely; ``exhausted`` when nothing was left to look at.
    """

    found: Found | None
    states: int
    generated: int
    depth: int
    exhausted: bool
    seconds: float


def search(
    question: Question, *, max_states: int, seconds: float | None = None, listener: Listener = lambda *_: None
) -> Searched:
    """Return the shortest way to break an invariant, or that there is none; ``listener`` hears how far it has come."""
    return _Search(question, max_states, seconds, listener).run()


class _Search:
    def __init__(self, question: Question, max_states: int, seconds: float | None, listener: Listener) -> None:
        self._question = question
        self._moves = Moves(question, Books(question))
        self._max_states, self._listener = max_states, listener
        self._began = time.monotonic()
        self._until = None if seconds is None else self._began + seconds
        self._alike = Alike(self._moves) if symmetric_sellers(question) else None
        self._came_from: dict[State, tuple[State, Move] | None] = {}
        self._generated = 0

    def run(self) -> Searched:
        start = self._moves.start()
        self._came_from[start] = None
        frontier, depth = [start], 0
        while frontier:
            self._listener(len(self._came_from), depth)
            following: list[State] = []
            for state in frontier:
                found = self._expand(state, following)
                if found is not None:
                    return self._result(found, depth, exhausted=False)
                if self._is_over():
                    return self._result(None, depth, exhausted=False)
            frontier, depth = following, depth + 1
        return self._result(None, depth, exhausted=True)

    def _expand(self, state: State, following: list[State]) -> Found | None:
        came_from, alike, rest = self._came_from, self._alike, self._moves.breaks_at_rest
        for move, after, broken in self._moves.after(state):
            self._generated += 1
            known = after if alike is None else alike.canonical(after)
            if broken is None:
                if known in came_from:
                    continue
                came_from[known] = (state, move)
                broken = rest(after)
                following.append(known)
            if broken is not None:
                return Found(broken, self._way_to(state, move), minimal=True)
        return None

    def _is_over(self) -> bool:
        if len(self._came_from) >= self._max_states:
            return True
        return self._until is not None and time.monotonic() > self._until

    def _way_to(self, state: State, last: Move) -> tuple[Move, ...]:
        """Return the events that lead to a state and one more, each in terms of the state that it happens in."""
        steps = [last]
        origin = self._came_from[state]
        while origin is not None:
            steps.append(origin[1])
            origin = self._came_from[origin[0]]
        ways = tuple(reversed(steps))
        return ways if self._alike is None else self._alike.unfolded(ways)

    def _result(self, found: Found | None, depth: int, *, exhausted: bool) -> Searched:
        taken = time.monotonic() - self._began
        return Searched(found, len(self._came_from), self._generated, depth, exhausted, taken)
