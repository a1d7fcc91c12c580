"""
What can happen next, and what comes of it.

A state is a tuple, so that it can be hashed: the node of the books, the sellers, the units sold of each listing, units
added to the shelf, counts on their way, and what may still happen. A seller is (listings, queue, under way); a listing
is (shown, orders not imported, figure last read, must be read again, version shown); a message is (listing, value,
own orders it does not know of, figure, full sync, version).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from conformance.scenario.policy import adjusted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.hunt.books import Books
    from conformance.hunt.question import Question

State = tuple[Any, ...]
Seller = tuple[Any, ...]
Move = tuple[str, int, int]

CRASHES, LOSSES, DUPLICATES, RESTOCKS, COUNTS, ORDERS = range(6)


class Next(NamedTuple):
    """One thing that can happen, the state after it, and the invariant that it breaks by itself, if any."""

    move: Move
    state: State
    broken: str | None


class Moves:
    """The events of one question."""

    def __init__(self, question: Question, books: Books) -> None:
        self._question, self._books = question, books
        self._sellers = question.sellers
        self._first = [0]
        for seller in question.sellers:
            self._first.append(self._first[-1] + len(seller.listings))
        self._owner = [index for index, seller in enumerate(question.sellers) for _ in seller.listings]
        self._needs: Final = [listing.needs for listing in question.listings]
        limits = question.limits
        self._reorder = limits.reorder
        self._versions = limits.reorder or limits.duplicates > 0
        self._watches = frozenset(question.invariants)
        self._counts_sold = bool(self._watches & {"no_oversell"})
        self._wanted: dict[tuple[int, int], int] = {}

    def start(self) -> State:
        """Return the state in which nothing is pending."""
        question, figures = self._question, self._books.figures[0]
        sellers = tuple(
            (
                tuple((question.shown[at], 0, figures[at], 0, 0) for at in range(self._first[i], self._first[i + 1])),
                (),
                (),
            )
            for i in range(len(self._sellers))
        )
        limits = question.limits
        budget = (limits.crashes, limits.losses, limits.duplicates, limits.restocks, limits.counts, limits.orders)
        sold = (0,) * len(self._owner) if self._counts_sold else ()
        added = (0,) * len(self._books.places) if limits.restocks else ()
        return (0, sellers, sold, added, (), budget)

    def after(self, state: State) -> Iterator[Next]:
        """Yield everything that can happen, in a fixed order."""
        for index in range(len(self._sellers)):
            yield from self._orders(state, index)
            yield from self._imports(state, index)
            yield from self._polls(state, index)
            yield from self._pushes(state, index)
            yield from self._applies(state, index)
            yield from self._full_syncs(state, index)
        if state[5][RESTOCKS]:
            yield from self._restocks(state)
        if state[5][COUNTS] or state[4]:
            yield from self._counts(state)
        if any(state[5][:RESTOCKS]):
            yield from self._faults(state)

    # -- shoppers and imports ----------------------------------------------------------------------

    def _orders(self, state: State, index: int) -> Iterator[Next]:
        node, sellers, sold, added, counts, budget = state
        if not budget[ORDERS]:
            return
        left = budget if budget[ORDERS] < 0 else _spent(budget, ORDERS)
        listings, queue, flight = sellers[index]
        for at, (shown, lag, known, again, version) in enumerate(listings):
            if shown <= 0:
                continue
            listing = (shown - 1, lag + 1, known, again, version)
            # Whoever is on the way does not know of this order.
            seller = (_put(listings, at, listing), _unknown(queue, at), _unknown(flight, at))
            number = self._first[index] + at
            more = _put(sold, number, sold[number] + 1) if sold else sold
            state_after = (node, _put(sellers, index, seller), more, added, counts, left)
            broken = "no_oversell" if more and self._books.oversells(more, added) else None
            yield Next(("order", index, at), state_after, broken)

    def _imports(self, state: State, index: int) -> Iterator[Next]:
        node, sellers, sold, added, counts, budget = state
        listings, queue, flight = sellers[index]
        for at, (shown, lag, known, again, version) in enumerate(listings):
            if not lag:
                continue
            number = self._first[index] + at
            seller = (_put(listings, at, (shown, lag - 1, known, again, version)), queue, flight)
            after = self._touched(_put(sellers, index, seller), {product for product, _ in self._needs[number]})
            yield Next(
                ("import", index, at), (self._books.imported(node, number), after, sold, added, counts, budget), None
            )

    def _touched(self, sellers: tuple[Seller, ...], products: set[str]) -> tuple[Seller, ...]:
        """Mark the listings of these products as due, where the feed tells of every change whatever the figure."""
        if not self._question.on_change:
            return sellers
        return tuple(
            (
                tuple(
                    (*row[:3], 1, row[4])
                    if products & {product for product, _ in self._needs[self._first[index] + at]}
                    else row
                    for at, row in enumerate(listings)
                ),
                queue,
                flight,
            )
            for index, (listings, queue, flight) in enumerate(sellers)
        )

    # -- the connector -----------------------------------------------------------------------------

    def _polls(self, state: State, index: int) -> Iterator[Next]:
        node, sellers, sold, added, counts, budget = state
        listings, queue, flight = sellers[index]
        figures = self._books.figures[node]
        first = self._first[index]
        due = [at for at, row in enumerate(listings) if row[3] or row[2] != figures[first + at]]
        if not due or len(queue) + len(due) > self._question.waiting * len(listings):
            return
        rows, messages = list(listings), list(queue)
        for at in due:
            shown, lag, _, _, version = rows[at]
            figure = figures[first + at]
            value = self._value(index, figure)
            cut = 0
            if self._sellers[index].connector.fence:
                bound = max(0, self._fence(state, index, at))
                cut, value = int(value > bound), min(value, bound)
            rows[at] = (shown, lag, figure, cut, version)
            messages.append((at, value, lag, figure, 0, self._newest(listings, messages, flight, at)))
        seller = (tuple(rows), tuple(messages), flight)
        yield Next(("poll", index, 0), (node, _put(sellers, index, seller), sold, added, counts, budget), None)

    def _value(self, index: int, figure: int) -> int:
        key = (index, figure)
        if key not in self._wanted:
            self._wanted[key] = adjusted(figure, self._sellers[index].connector)
        return self._wanted[key]

    def _newest(self, listings: Any, queue: Any, flight: Any, at: int) -> int:
        """Return the version of a message that is read now: one more than every other one of its listing."""
        if not self._versions:
            return 0
        return 1 + max([listings[at][4], *(m[5] for m in (*queue, *flight) if m[0] == at)])

    def _fence(self, state: State, index: int, at: int) -> int:
        """Return what a listing may be raised to: what is free, less all that the others may still sell of it."""
        node, sellers = state[0], state[1]
        mine = self._first[index] + at
        product = self._needs[mine][0][0]
        others: int = 0
        for i, (listings, queue, flight) in enumerate(sellers):
            for j, (shown, lag, _, _, _) in enumerate(listings):
                number = self._first[i] + j
                if number != mine and self._needs[number][0][0] == product:
                    coming = [m[1] - (m[2] - lag) for m in (*queue, *flight) if m[0] == j]
                    others += max([shown + lag, *coming])
        free = self._books.free[node].get(product, 0)
        return free - others

    def _full_syncs(self, state: State, index: int) -> Iterator[Next]:
        node, sellers, sold, added, counts, budget = state
        listings, queue, flight = sellers[index]
        if self._sellers[index].connector.full_sync_ms is None:
            return
        if len(queue) + len(listings) > self._question.waiting * len(listings):
            return
        figures, first = self._books.figures[node], self._first[index]
        messages = list(queue)
        for at, row in enumerate(listings):
            figure = figures[first + at]
            version = self._newest(listings, messages, flight, at)
            messages.append((at, self._value(index, figure), row[1], figure, 1, version))
        seller = (listings, tuple(messages), flight)
        yield Next(("full sync", index, 0), (node, _put(sellers, index, seller), sold, added, counts, budget), None)

    def _pushes(self, state: State, index: int) -> Iterator[Next]:
        node, sellers, sold, added, counts, budget = state
        listings, queue, flight = sellers[index]
        if queue and len(flight) < self._question.waiting * len(listings):
            seller = (listings, queue[1:], (*flight, queue[0]))
            yield Next(("push", index, 0), (node, _put(sellers, index, seller), sold, added, counts, budget), None)

    # -- the channel -------------------------------------------------------------------------------

    def _applies(self, state: State, index: int) -> Iterator[Next]:
        node, sellers, sold, added, counts, budget = state
        listings, queue, flight = sellers[index]
        for place in range(len(flight) if self._reorder else min(1, len(flight))):
            message = flight[place]
            row, broken = self._applied(node, index, listings[message[0]], message)
            rows = _put(listings, message[0], row)
            seller = (rows, queue, _without(flight, place))
            if self._versions:
                seller = _ranked(seller, message[0])
            after = (node, _put(sellers, index, seller), sold, added, counts, budget)
            yield Next(("apply", index, place), after, broken)

    def _applied(self, node: int, index: int, row: Any, message: Any) -> tuple[Any, str | None]:
        """Return the listing after a message has landed, and the invariant that this breaks."""
        shown, lag, known, again, newest = row
        at, value, unknown, _, full, version = message
        connector = self._sellers[index].connector
        broken = None
        if connector.guard == "version" and version < newest:
            pass
        elif connector.push == "cas" and unknown:
            return (shown, lag, known, 1, newest), None
        else:
            broken = self._wrong(value, unknown, version, newest, watermark=connector.push == "watermark")
            shown = max(0, value - unknown) if connector.push == "watermark" else value
            newest = max(newest, version)
        if connector.ack == "by-listing" and not full:
            now = self._books.figures[node][self._first[index] + at]
            swallowed = now != known or bool(again)
            known, again = now, 0
            broken = broken or ("no_lost_update" if swallowed and "no_lost_update" in self._watches else None)
        return (shown, lag, known, again, newest), broken

    def _wrong(self, value: int, unknown: int, version: int, newest: int, *, watermark: bool) -> str | None:
        shown = max(0, value - unknown) if watermark else value
        if shown > max(0, value - unknown) and "no_erased_sale" in self._watches:
            return "no_erased_sale"
        if version < newest and "no_stale_overwrite" in self._watches:
            return "no_stale_overwrite"
        return "shown_not_negative" if shown < 0 and "shown_not_negative" in self._watches else None

    # -- goods and counts --------------------------------------------------------------------------

    def _restocks(self, state: State) -> Iterator[Next]:
        node, sellers, sold, added, counts, budget = state
        for place, (_, product) in enumerate(self._books.places):
            more = _put(added, place, added[place] + 1)
            after = self._touched(sellers, {product})
            left = _spent(budget, RESTOCKS)
            yield Next(
                ("restock", place, 0), (self._books.received(node, place), after, sold, more, counts, left), None
            )

    def _counts(self, state: State) -> Iterator[Next]:
        node, sellers, sold, added, counts, budget = state
        for place in range(len(self._books.places)) if budget[COUNTS] else ():
            taken = (*counts, (place, self._books.shelf(place, added), node))
            yield Next(("count", place, 0), (node, sellers, sold, added, taken, _spent(budget, COUNTS)), None)
        for which, (place, units, then) in enumerate(counts):
            after = self._books.counted(node, place, units)
            touched = self._touched(sellers, {self._books.places[place][1]})
            forgets = "books_match" if then != node and "books_match" in self._watches else None
            yield Next(("land", place, which), (after, touched, sold, added, _without(counts, which), budget), forgets)

    # -- faults ------------------------------------------------------------------------------------

    def _faults(self, state: State) -> Iterator[Next]:
        for index in range(len(self._sellers)):
            if state[5][CRASHES] and state[1][index][1]:
                yield self._crash(state, index)
            for place in range(len(state[1][index][2])):
                if state[5][LOSSES]:
                    yield self._loss(state, index, place)
                if state[5][DUPLICATES] and self._has_room(state, index):
                    yield self._duplicate(state, index, place)

    def _has_room(self, state: State, index: int) -> bool:
        listings, _, flight = state[1][index]
        return len(flight) < self._question.waiting * len(listings)

    def _crash(self, state: State, index: int) -> Next:
        node, sellers, sold, added, counts, budget = state
        listings, queue, flight = sellers[index]
        rows, broken = self._given_up(index, listings, queue)
        after = _put(sellers, index, (rows, (), flight))
        return Next(("crash", index, 0), (node, after, sold, added, counts, _spent(budget, CRASHES)), broken)

    def _loss(self, state: State, index: int, place: int) -> Next:
        node, sellers, sold, added, counts, budget = state
        listings, queue, flight = sellers[index]
        rows, broken = self._given_up(index, listings, flight[place : place + 1])
        after = _put(sellers, index, (rows, queue, _without(flight, place)))
        return Next(("lose", index, place), (node, after, sold, added, counts, _spent(budget, LOSSES)), broken)

    def _given_up(self, index: int, listings: Any, lost: Any) -> tuple[Any, str | None]:
        """Return the listings after messages were lost: due again, unless they were acknowledged on reading."""
        broken = None
        for at, *_, full, _ in lost:
            if full:
                continue
            if self._sellers[index].connector.ack == "when-read":
                broken = "no_lost_update" if "no_lost_update" in self._watches else None
            else:
                listings = _put(listings, at, (*listings[at][:3], 1, listings[at][4]))
        return listings, broken

    def _duplicate(self, state: State, index: int, place: int) -> Next:
        node, sellers, sold, added, counts, budget = state
        listings, queue, flight = sellers[index]
        # The second delivery is nobody's row of the feed any more.
        again = (*flight[place][:4], 1, flight[place][5])
        after = _put(sellers, index, (listings, queue, (*flight, again)))
        return Next(("duplicate", index, place), (node, after, sold, added, counts, _spent(budget, DUPLICATES)), None)

    # -- rest --------------------------------------------------------------------------------------

    def breaks_at_rest(self, state: State) -> str | None:
        """Return what does not hold in a state as it is: at rest, every channel shows what it should."""
        if "converges" not in self._watches or state[4]:
            return None
        figures = self._books.figures[state[0]]
        wrong = False
        for index, (listings, queue, flight) in enumerate(state[1]):
            if queue or flight:
                return None
            for at, (shown, lag, known, again, _) in enumerate(listings):
                figure = figures[self._first[index] + at]
                if lag or again or known != figure:
                    return None
                wrong = wrong or shown != self._value(index, figure)
        return "converges" if wrong else None


def _put(row: Any, at: int, value: Any) -> tuple[Any, ...]:
    return (*row[:at], value, *row[at + 1 :])


def _without(row: Any, at: int) -> tuple[Any, ...]:
    return (*row[:at], *row[at + 1 :])


def _spent(budget: tuple[int, ...], which: int) -> tuple[int, ...]:
    return (*budget[:which], budget[which] - 1, *budget[which + 1 :])


def _unknown(messages: Any, at: int) -> tuple[Any, ...]:
    """Return the messages with one order more that those of this listing do not know of."""
    if not messages:
        return ()
    return tuple((m[0], m[1], m[2] + 1, *m[3:]) if m[0] == at else m for m in messages)


def _ranked(seller: Seller, at: int) -> Seller:
    """Return the seller with the versions of one listing counted anew from 0, so that equal states are equal."""
    listings, queue, flight = seller
    live = sorted({listings[at][4], *(m[5] for m in (*queue, *flight) if m[0] == at)})
    rank = {version: number for number, version in enumerate(live)}
    row = (*listings[at][:4], rank[listings[at][4]])

    def renumbered(messages: Any) -> tuple[Any, ...]:
        return tuple((*m[:5], rank[m[5]]) if m[0] == at else m for m in messages)

    return _put(listings, at, row), renumbered(queue), renumbered(flight)
