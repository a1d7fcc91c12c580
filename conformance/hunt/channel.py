"""
One channel of a search, with the connector's work for it: what can come next for it alone.

A seller is (listings, queue, under way); a listing is (shown, orders not imported, figure last read, must be read
again, version shown); a message is (listing, value, own orders it does not know of, figure, full sync, version).
Nothing here depends on what the other channels do, so each answer is worked out once for each seller that is met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from conformance.scenario.policy import adjusted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.hunt.question import Question

Row = tuple[int, int, int, int, int]
Message = tuple[int, int, int, int, int, int]
Seller = tuple[tuple[Row, ...], tuple[Message, ...], tuple[Message, ...]]
Figures = tuple[int, ...]
Products = frozenset[str]
Move = tuple[str, int, int]
Thing = TypeVar("Thing")

CRASHES, LOSSES, DUPLICATES, RESTOCKS, COUNTS, ORDERS = range(6)


class Channel:
    """One channel of a question, by its place among those that sell; ``first`` is the number of its first listing."""

    def __init__(self, question: Question, index: int) -> None:
        seller = question.sellers[index]
        self._connector: Final = seller.connector
        self._index = index
        self.first = sum(len(each.listings) for each in question.sellers[:index])
        self.end = self.first + len(seller.listings)
        self._room = question.waiting * len(seller.listings)
        self._products = [frozenset(product for product, _ in listing.needs) for listing in seller.listings]
        limits = question.limits
        self._reorder = limits.reorder
        self._versions = limits.reorder or limits.duplicates > 0
        self._watches = frozenset(question.invariants)

    def start(self, shown: Figures, figures: Figures) -> Seller:
        """Return the channel at rest, showing these numbers."""
        rows = [(units, 0, figure, 0, 0) for units, figure in zip(shown, figures, strict=True)]
        return tuple(rows), (), ()

    # -- shoppers and imports ----------------------------------------------------------------------

    def orders(self, seller: Seller) -> Iterator[tuple[Move, int, Seller]]:
        """Yield the sale of a unit of each listing that shows one, the listing's number and the seller after it."""
        listings, queue, flight = seller
        for at, (shown, lag, known, again, version) in enumerate(listings):
            if shown > 0:
                row = (shown - 1, lag + 1, known, again, version)
                # Whoever is on the way does not know of this order.
                after = (put(listings, at, row), _unknown(queue, at), _unknown(flight, at))
                yield ("order", self._index, at), self.first + at, after

    def imports(self, seller: Seller) -> Iterator[tuple[Move, int, Seller]]:
        """Yield the import of an order of each listing that has one, the listing's number and the seller after it."""
        listings, queue, flight = seller
        for at, (shown, lag, known, again, version) in enumerate(listings):
            if lag:
                after = (put(listings, at, (shown, lag - 1, known, again, version)), queue, flight)
                yield ("import", self._index, at), self.first + at, after

    def touched(self, seller: Seller, products: Products) -> Seller:
        """Return the seller with the listings of these products due."""
        listings, queue, flight = seller
        pairs = zip(listings, self._products, strict=True)
        return tuple((*row[:3], 1, row[4]) if needs & products else row for row, needs in pairs), queue, flight

    # -- what changes nothing but the seller -------------------------------------------------------

    def quiet(self, seller: Seller, figures: Figures, slack: int) -> Iterator[tuple[Move, Seller, str | None]]:
        """
        Yield what the connector can do, and what can land, with the invariant that it breaks.

        ``slack`` is what is free, less all that any listing may still sell; only a fence asks for it.
        """
        yield from self._polls(seller, figures, slack)
        yield from self._pushes(seller)
        yield from self._applies(seller, figures)
        yield from self._full_syncs(seller, figures)

    def _polls(self, seller: Seller, figures: Figures, slack: int) -> Iterator[tuple[Move, Seller, None]]:
        listings, queue, flight = seller
        due = [at for at, row in enumerate(listings) if row[3] or row[2] != figures[at]]
        if not due or len(queue) + len(due) > self._room:
            return
        rows, messages = list(listings), list(queue)
        for at in due:
            shown, lag, _, _, version = rows[at]
            value, cut = adjusted(figures[at], self._connector), 0
            if self._connector.fence:
                bound = max(0, slack + at_most(seller, at))
                cut, value = int(value > bound), min(value, bound)
            rows[at] = (shown, lag, figures[at], cut, version)
            messages.append((at, value, lag, figures[at], 0, self._newest(seller, messages, at)))
        yield ("poll", self._index, 0), (tuple(rows), tuple(messages), flight), None

    def _newest(self, seller: Seller, queue: list[Message], at: int) -> int:
        """Return the version of a message that is read now: one more than every other one of its listing."""
        if not self._versions:
            return 0
        return 1 + max([seller[0][at][4], *(m[5] for m in (*queue, *seller[2]) if m[0] == at)])

    def _full_syncs(self, seller: Seller, figures: Figures) -> Iterator[tuple[Move, Seller, None]]:
        listings, queue, flight = seller
        if self._connector.full_sync_ms is None or len(queue) + len(listings) > self._room:
            return
        messages = list(queue)
        for at, row in enumerate(listings):
            value, version = adjusted(figures[at], self._connector), self._newest(seller, messages, at)
            messages.append((at, value, row[1], figures[at], 1, version))
        yield ("full sync", self._index, 0), (listings, tuple(messages), flight), None

    def _pushes(self, seller: Seller) -> Iterator[tuple[Move, Seller, None]]:
        listings, queue, flight = seller
        if queue and len(flight) < self._room:
            yield ("push", self._index, 0), (listings, queue[1:], (*flight, queue[0])), None

    def _applies(self, seller: Seller, figures: Figures) -> Iterator[tuple[Move, Seller, str | None]]:
        listings, queue, flight = seller
        for place in range(len(flight) if self._reorder else min(1, len(flight))):
            at = flight[place][0]
            row, broken = self._applied(figures[at], listings[at], flight[place])
            after = (put(listings, at, row), queue, without(flight, place))
            yield ("apply", self._index, place), _ranked(after, at) if self._versions else after, broken

    def _applied(self, figure: int, row: Row, message: Message) -> tuple[Row, str | None]:
        """Return the listing after a message has landed, and the invariant that this breaks."""
        shown, lag, known, again, newest = row
        _, value, unknown, _, full, version = message
        connector = self._connector
        broken = None
        if connector.guard == "version" and version < newest:
            pass
        elif connector.push == "cas" and unknown:
            return (shown, lag, known, 1, newest), None
        else:
            shown = max(0, value - unknown) if connector.push == "watermark" else value
            broken = self._wrong(shown, max(0, value - unknown), is_stale=version < newest)
            newest = max(newest, version)
        if connector.ack == "by-listing" and not full:
            swallowed = figure != known or bool(again)
            known, again = figure, 0
            broken = broken or ("no_lost_update" if swallowed and "no_lost_update" in self._watches else None)
        return (shown, lag, known, again, newest), broken

    def _wrong(self, shown: int, right: int, *, is_stale: bool) -> str | None:
        if shown > right and "no_erased_sale" in self._watches:
            return "no_erased_sale"
        if is_stale and "no_stale_overwrite" in self._watches:
            return "no_stale_overwrite"
        return "shown_not_negative" if shown < 0 and "shown_not_negative" in self._watches else None

    # -- faults ------------------------------------------------------------------------------------

    def faults(self, seller: Seller) -> Iterator[tuple[Move, int, Seller, str | None]]:
        """Yield each fault, which budget it costs, the seller after it, and the invariant that it breaks."""
        listings, queue, flight = seller
        if queue:
            rows, broken = self._given_up(listings, queue)
            yield ("crash", self._index, 0), CRASHES, (rows, (), flight), broken
        for place, message in enumerate(flight):
            rows, broken = self._given_up(listings, (message,))
            yield ("lose", self._index, place), LOSSES, (rows, queue, without(flight, place)), broken
            if len(flight) < self._room:
                # The second delivery is nobody's row of the feed any more.
                again = (*message[:4], 1, message[5])
                yield ("duplicate", self._index, place), DUPLICATES, (listings, queue, (*flight, again)), None

    def _given_up(self, listings: tuple[Row, ...], lost: tuple[Message, ...]) -> tuple[tuple[Row, ...], str | None]:
        """Return the listings after messages were lost: due again, unless they were acknowledged on reading."""
        broken = None
        for at, _, _, _, full, _ in lost:
            if full:
                continue
            if self._connector.ack == "when-read":
                broken = "no_lost_update" if "no_lost_update" in self._watches else None
            else:
                listings = put(listings, at, (*listings[at][:3], 1, listings[at][4]))
        return listings, broken

    # -- rest --------------------------------------------------------------------------------------

    def rests(self, seller: Seller, figures: Figures) -> bool | None:
        """Return whether a channel at rest shows what it should; None when something is pending."""
        listings, queue, flight = seller
        if queue or flight:
            return None
        pairs = list(zip(listings, figures, strict=True))
        if any(lag or again or known != figure for (_, lag, known, again, _), figure in pairs):
            return None
        return all(row[0] == adjusted(figure, self._connector) for row, figure in pairs)


def at_most(seller: Seller, at: int) -> int:
    """Return what a listing may still sell at most, with what it has sold that nobody has been told of."""
    listings, queue, flight = seller
    shown, lag, *_ = listings[at]
    return max([shown + lag, *(m[1] - (m[2] - lag) for m in (*queue, *flight) if m[0] == at)])


def put(row: tuple[Thing, ...], at: int, value: Thing) -> tuple[Thing, ...]:
    """Return a row with one thing replaced."""
    return (*row[:at], value, *row[at + 1 :])


def without(row: tuple[Thing, ...], at: int) -> tuple[Thing, ...]:
    """Return a row with one thing taken out."""
    return (*row[:at], *row[at + 1 :])


def _unknown(messages: tuple[Message, ...], at: int) -> tuple[Message, ...]:
    """Return the messages with one order more that those of this listing do not know of."""
    return tuple((m[0], m[1], m[2] + 1, m[3], m[4], m[5]) if m[0] == at else m for m in messages)


def _ranked(seller: Seller, at: int) -> Seller:
    """Return the seller with the versions of one listing counted anew from 0, so that equal states are equal."""
    listings, queue, flight = seller
    live = sorted({listings[at][4], *(m[5] for m in (*queue, *flight) if m[0] == at)})
    rank = {version: number for number, version in enumerate(live)}
    row = (*listings[at][:4], rank[listings[at][4]])

    def renumbered(messages: tuple[Message, ...]) -> tuple[Any, ...]:
        return tuple((*m[:5], rank[m[5]]) if m[0] == at else m for m in messages)

    return put(listings, at, row), renumbered(queue), renumbered(flight)
