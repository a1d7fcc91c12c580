"""The exhaustive part: breadth first, so that the first break that is found lies at the end of a shortest way."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.hunt.books import Books
from conformance.hunt.moves import Moves

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.hunt.moves import Move, State
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
        self._symmetry = symmetric_sellers(question)
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
        came_from, symmetry, rest = self._came_from, self._symmetry, self._moves.breaks_at_rest
        for move, after, broken in self._moves.after(state):
            self._generated += 1
            known = canonical(after, symmetry) if symmetry else after
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
        return unfolded(self._moves, tuple(reversed(steps)), self._symmetry)

    def _result(self, found: Found | None, depth: int, *, exhausted: bool) -> Searched:
        taken = time.monotonic() - self._began
        return Searched(found, len(self._came_from), self._generated, depth, exhausted, taken)


# -- channels that are alike -------------------------------------------------------------------------


def symmetric_sellers(question: Question) -> bool:
    """
    Return whether all channels are alike: the same connector, products, rules, warehouses and numbers shown.

    Then two states that differ only in which channel is which have the same future, and one of them is enough.
    """
    if len(question.sellers) < 2:
        return False
    account = question.plan.document["order_manager"]
    traits = {
        (
            seller.connector,
            tuple((listing.product, listing.needs) for listing in seller.listings),
            _shown_of(question, index),
            tuple(sorted(_rules_of(account, seller.listings[0].channel))),
            tuple(sorted(_excluded(account, seller.listings[0].channel))),
        )
        for index, seller in enumerate(question.sellers)
    }
    return len(traits) == 1


def _shown_of(question: Question, index: int) -> tuple[int, ...]:
    first = sum(len(seller.listings) for seller in question.sellers[:index])
    return question.shown[first : first + len(question.sellers[index].listings)]


def _rules_of(account: dict, channel: int) -> list[str]:  # type: ignore[type-arg]
    return [
        repr(sorted((key, value) for key, value in rule.items() if key != "sales_channel"))
        for rule in account.get("rules", ())
        if rule["sales_channel"] == channel
    ]


def _excluded(account: dict, channel: int) -> list[int]:  # type: ignore[type-arg]
    return next((row.get("excluded_warehouses", []) for row in account["sales_channels"] if row["id"] == channel), [])


def _order_of(state: State) -> list[int]:
    sold = state[2]
    sellers = state[1]
    width = len(sold) // len(sellers) if sold else 0
    return sorted(range(len(sellers)), key=lambda i: (sellers[i], sold[i * width : (i + 1) * width]))


def canonical(state: State, symmetry: bool) -> State:  # noqa: FBT001 - a fact about the question
    """Return the one state that stands for all that differ only in which channel is which."""
    if not symmetry:
        return state
    order = _order_of(state)
    if order == list(range(len(order))):
        return state
    node, sellers, sold, *rest = state
    width = len(sold) // len(sellers) if sold else 0
    moved = tuple(units for i in order for units in sold[i * width : (i + 1) * width])
    return (node, tuple(sellers[i] for i in order), moved, *rest)


def unfolded(moves: Moves, steps: tuple[Move, ...], symmetry: bool) -> tuple[Move, ...]:  # noqa: FBT001 - as above
    """Return events of canonical states as events of one and the same run, in which each channel keeps its place."""
    if not symmetry:
        return steps
    state = moves.start()
    names = list(range(len(state[1])))
    real: list[Move] = []
    for kind, index, detail in steps:
        by_channel = kind not in ("restock", "count", "land")
        real.append((kind, names[index] if by_channel else index, detail))
        after = next(each.state for each in moves.after(state) if each.move == (kind, index, detail))
        names = [names[i] for i in _order_of(after)]
        state = canonical(after, symmetry)
    return tuple(real)
