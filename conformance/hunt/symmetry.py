"""Channels that are alike: states that differ only in which is which have the same future, and one stands for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.hunt.channel import Move
    from conformance.hunt.moves import Moves, State
    from conformance.hunt.question import Question


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


class Alike:
    """The states of a question whose channels are all alike."""

    def __init__(self, moves: Moves) -> None:
        self._moves = moves

    def canonical(self, state: State) -> State:
        """Return the one state that stands for all that differ only in which channel is which."""
        if self._moves.is_in_order(state):
            return state
        return self._moves.in_order(state, self._order_of(state))

    def _order_of(self, state: State) -> tuple[int, ...]:
        sellers, sold = self._moves.sellers(state), self._moves.tally(state).sold
        width = len(sold) // len(sellers)
        return tuple(sorted(range(len(sellers)), key=lambda i: (sellers[i], sold[i * width : (i + 1) * width])))

    def unfolded(self, steps: tuple[Move, ...]) -> tuple[Move, ...]:
        """Return events of canonical states as those of one and the same run, in which each channel keeps its place."""
        state = self._moves.start()
        names = list(range(len(self._moves.sellers(state))))
        real: list[Move] = []
        for kind, index, detail in steps:
            by_channel = kind not in ("restock", "count", "land")
            real.append((kind, names[index] if by_channel else index, detail))
            after = next(after for move, after, _ in self._moves.after(state) if move == (kind, index, detail))
            names = [names[i] for i in self._order_of(after)]
            state = self.canonical(after)
        return tuple(real)
