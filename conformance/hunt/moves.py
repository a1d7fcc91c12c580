"""
What can happen next, and what comes of it.

A state is a row of numbers, so that it is quickly compared: the node of the books, the tally, and one seller for each
channel. What a number stands for is looked up in ``Moves``; what can happen to a channel by itself, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from conformance.hunt.channel import COUNTS, ORDERS, RESTOCKS, Channel, Move, Products, Seller, at_most, put, without
from conformance.hunt.tables import Numbers, Table

if TYPE_CHECKING:
    from conformance.hunt.books import Books
    from conformance.hunt.channel import Figures
    from conformance.hunt.question import Question

State = tuple[int, ...]
# One thing that can happen, the state after it, and the invariant that it breaks by itself, if any.
Next = tuple[Move, State, str | None]


class Tally(NamedTuple):
    """Units sold of each listing, units added to the shelf, counts on their way, and what may still happen."""

    sold: tuple[int, ...]
    added: tuple[int, ...]
    counts: tuple[tuple[int, int, int], ...]
    budget: tuple[int, ...]

    def spent(self, which: int) -> Tally:
        """Return the tally after one thing of a kind that is counted."""
        return self._replace(budget=put(self.budget, which, self.budget[which] - 1))


class _Steps:
    """What can come next for one channel, by the numbers of its sellers; each is worked out once."""

    def __init__(self, channel: Channel, numbers: Numbers[Seller]) -> None:
        self._channel, self._numbers = channel, numbers
        self.orders = Table(self._orders)
        self.imports = Table(self._imports)
        self.touched = Table(self._touched)
        self.quiet = Table(self._quiet)
        self.faults = Table(self._faults)
        self.rests = Table(self._rests)
        self.at_most = Table(self._at_most)

    def _orders(self, seller: int) -> list[tuple[Move, int, int]]:
        found = self._channel.orders(self._numbers.things[seller])
        return [(move, listing, self._numbers[after]) for move, listing, after in found]

    def _imports(self, seller: int) -> list[tuple[Move, int, int]]:
        found = self._channel.imports(self._numbers.things[seller])
        return [(move, listing, self._numbers[after]) for move, listing, after in found]

    def _touched(self, key: tuple[int, Products]) -> int:
        return self._numbers[self._channel.touched(self._numbers.things[key[0]], key[1])]

    def _quiet(self, key: tuple[int, Figures, int]) -> list[tuple[Move, int, str | None]]:
        found = self._channel.quiet(self._numbers.things[key[0]], key[1], key[2])
        return [(move, self._numbers[after], broken) for move, after, broken in found]

    def _faults(self, seller: int) -> list[tuple[Move, int, int, str | None]]:
        found = self._channel.faults(self._numbers.things[seller])
        return [(move, which, self._numbers[after], broken) for move, which, after, broken in found]

    def _rests(self, key: tuple[int, Figures]) -> bool | None:
        return self._channel.rests(self._numbers.things[key[0]], key[1])

    def _at_most(self, number: int) -> int:
        seller = self._numbers.things[number]
        return sum(at_most(seller, at) for at in range(len(seller[0])))


class Moves:
    """The events of one question."""

    def __init__(self, question: Question, books: Books) -> None:
        self._question, self._books = question, books
        self._sellers: Numbers[Seller] = Numbers()
        self._tallies: Numbers[Tally] = Numbers()
        self._channels = [Channel(question, index) for index in range(len(question.sellers))]
        self._steps = [_Steps(channel, self._sellers) for channel in self._channels]
        self._places = list(enumerate(self._steps, 2))
        self._products = [frozenset(product for product, _ in listing.needs) for listing in question.listings]
        self._watches = frozenset(question.invariants)
        self._fenced = any(seller.connector.fence for seller in question.sellers)
        self._free = Table(self._free_units)
        self._views = Table(self._view)
        self._after_order = Table(self._order)
        self._after_fault = Table(self._spent)
        self._tally_in_order = Table(self._reordered)

    def start(self) -> State:
        """Return the state in which nothing is pending."""
        question, figures, limits = self._question, self._books.figures[0], self._question.limits
        sellers = [
            channel.start(question.shown[channel.first : channel.end], figures[channel.first : channel.end])
            for channel in self._channels
        ]
        sold = (0,) * len(self._products) if "no_oversell" in self._watches else ()
        added = (0,) * len(self._books.places) if limits.restocks else ()
        budget = (limits.crashes, limits.losses, limits.duplicates, limits.restocks, limits.counts, limits.orders)
        return (0, self._tallies[Tally(sold, added, (), budget)], *(self._sellers[seller] for seller in sellers))

    def after(self, state: State) -> list[Next]:
        """Return everything that can happen, in a fixed order."""
        found: list[Next] = []
        slack = self._slack(state) if self._fenced else 0
        for place, steps in self._places:
            self._add_orders(state, place, steps, found)
            self._add_imports(state, place, steps, found)
            self._add_quiet(state, place, steps, slack, found)
        tally = self._tallies.things[state[1]]
        if any(tally.budget[:ORDERS]) or tally.counts:
            self._add_rare(state, tally, found)
        return found

    # -- what happens often ------------------------------------------------------------------------

    def _add_orders(self, state: State, place: int, steps: _Steps, found: list[Next]) -> None:
        node, tally = state[:2]
        for move, listing, seller in steps.orders[state[place]]:
            more, broken = self._after_order[tally, listing]
            if more is not None:
                found.append((move, (node, more, *state[2:place], seller, *state[place + 1 :]), broken))

    def _order(self, key: tuple[int, int]) -> tuple[int | None, str | None]:
        """Return the tally after a unit of a listing was sold; None when no more may be."""
        tally, listing = self._tallies.things[key[0]], key[1]
        if not tally.budget[ORDERS]:
            return None, None
        if tally.budget[ORDERS] > 0:
            tally = tally.spent(ORDERS)
        if not tally.sold:
            return self._tallies[tally], None
        tally = tally._replace(sold=put(tally.sold, listing, tally.sold[listing] + 1))
        return self._tallies[tally], "no_oversell" if self._books.oversells(tally.sold, tally.added) else None

    def _add_imports(self, state: State, place: int, steps: _Steps, found: list[Next]) -> None:
        for move, listing, seller in steps.imports[state[place]]:
            node = self._books.imported(state[0], listing)
            after = (node, *state[1:place], seller, *state[place + 1 :])
            found.append((move, self._touched(after, self._products[listing]), None))

    def _touched(self, state: State, products: Products) -> State:
        """Mark the listings of these products as due, where the feed tells of every change whatever the figure."""
        if not self._question.on_change:
            return state
        return (*state[:2], *[steps.touched[state[place], products] for place, steps in self._places])

    def _add_quiet(self, state: State, place: int, steps: _Steps, slack: int, found: list[Next]) -> None:
        before, behind = state[:place], state[place + 1 :]
        for move, seller, broken in steps.quiet[state[place], self._views[state[0]][place - 2], slack]:
            found.append((move, (*before, seller, *behind), broken))

    def _view(self, node: int) -> list[Figures]:
        """Return the figures of each channel's own listings."""
        figures = self._books.figures[node]
        return [figures[channel.first : channel.end] for channel in self._channels]

    def _slack(self, state: State) -> int:
        """Return what is free, less all that any listing may still sell."""
        return self._free[state[0]] - sum([steps.at_most[state[place]] for place, steps in self._places])

    def _free_units(self, node: int) -> int:
        """Return what is free of the only product that there is where there is a fence."""
        return self._books.free[node].get(self._question.listings[0].needs[0][0], 0)

    # -- what happens seldom -----------------------------------------------------------------------

    def _add_rare(self, state: State, tally: Tally, found: list[Next]) -> None:
        if tally.budget[RESTOCKS]:
            self._add_restocks(state, tally, found)
        if tally.budget[COUNTS] or tally.counts:
            self._add_counts(state, tally, found)
        if any(tally.budget[:RESTOCKS]):
            for place, steps in self._places:
                self._add_faults(state, place, steps, found)

    def _add_restocks(self, state: State, tally: Tally, found: list[Next]) -> None:
        for place, (_, product) in enumerate(self._books.places):
            added = put(tally.added, place, tally.added[place] + 1)
            more = self._tallies[tally.spent(RESTOCKS)._replace(added=added)]
            after = (self._books.received(state[0], place), more, *state[2:])
            found.append((("restock", place, 0), self._touched(after, frozenset({product})), None))

    def _add_counts(self, state: State, tally: Tally, found: list[Next]) -> None:
        node = state[0]
        for place in range(len(self._books.places)) if tally.budget[COUNTS] else ():
            taken = (*tally.counts, (place, self._books.shelf(place, tally.added), node))
            after = self._tallies[tally.spent(COUNTS)._replace(counts=taken)]
            found.append((("count", place, 0), (node, after, *state[2:]), None))
        for which, (place, units, then) in enumerate(tally.counts):
            landed = self._tallies[tally._replace(counts=without(tally.counts, which))]
            state_after = (self._books.counted(node, place, units), landed, *state[2:])
            forgets = "books_match" if then != node and "books_match" in self._watches else None
            product = self._books.places[place][1]
            found.append((("land", place, which), self._touched(state_after, frozenset({product})), forgets))

    def _add_faults(self, state: State, place: int, steps: _Steps, found: list[Next]) -> None:
        node, tally = state[:2]
        for move, which, seller, broken in steps.faults[state[place]]:
            left = self._after_fault[tally, which]
            if left is not None:
                found.append((move, (node, left, *state[2:place], seller, *state[place + 1 :]), broken))

    def _spent(self, key: tuple[int, int]) -> int | None:
        """Return the tally after a fault of a kind; None when there may be no more."""
        tally, which = self._tallies.things[key[0]], key[1]
        return self._tallies[tally.spent(which)] if tally.budget[which] else None

    # -- what a state stands for -------------------------------------------------------------------

    def sellers(self, state: State) -> list[Seller]:
        """Return each channel's listings and messages."""
        return [self._sellers.things[number] for number in state[2:]]

    def tally(self, state: State) -> Tally:
        """Return what was sold and added, which counts are on their way, and what may still happen."""
        return self._tallies.things[state[1]]

    def in_order(self, state: State, order: tuple[int, ...]) -> State:
        """Return the state with the channels, which are alike, in another order."""
        return (state[0], self._tally_in_order[state[1], order], *[state[2 + i] for i in order])

    def _reordered(self, key: tuple[int, tuple[int, ...]]) -> int:
        tally, order = self._tallies.things[key[0]], key[1]
        width = len(tally.sold) // len(order)
        sold = tuple(units for i in order for units in tally.sold[i * width : (i + 1) * width])
        return self._tallies[tally._replace(sold=sold)]

    def is_in_order(self, state: State) -> bool:
        """Return whether each channel's seller comes before that of the next one, and none is like another."""
        things = self._sellers.things
        before = things[state[2]]
        for number in state[3:]:
            seller = things[number]
            if before >= seller:
                return False
            before = seller
        return True

    def breaks_at_rest(self, state: State) -> str | None:
        """Return what does not hold in a state as it is: at rest, every channel shows what it should."""
        if "converges" not in self._watches or self._tallies.things[state[1]].counts:
            return None
        views = self._views[state[0]]
        shows = [steps.rests[state[place], views[place - 2]] for place, steps in self._places]
        return "converges" if None not in shows and False in shows else None
