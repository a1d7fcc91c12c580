"""
What each caller of the acknowledge endpoint has not been told yet (OM-ACK-03 to 06).

A marker belongs to one caller and one sales channel.
It walks once through the channel's listings (the first read) and then lives on what changes:
a change costs one entry a marker, a read costs the rows it answers, and neither grows with the catalogue.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mockserver.core.model import Listing, SalesChannel

_NEVER: Final = -(2**62)

MarkerKey = tuple[int | None, int, str | None]


class Row(NamedTuple):
    """
    One listing and the units its channel may show.

    Made once, when the listing falls due, so that answering it costs next to nothing. Until it is answered it also
    says since which command it waits, and whether it is due come what may.
    """

    listing: Listing
    figure: int
    seq: int = 0
    forced: bool = False


class Marker:
    """What one caller knows of one sales channel."""

    __slots__ = ("answered", "channel", "cursor", "due", "offered")

    def __init__(self, channel: SalesChannel) -> None:
        self.channel = channel
        self.cursor = 0
        self.answered = array("q")
        self.due: OrderedDict[int, Row] = OrderedDict()
        self.offered: dict[int, int] = {}

    @property
    def has_walked(self) -> bool:
        """Whether the first read is over."""
        return self.cursor >= len(self.channel.listings)


class Feed:
    """
    All markers of a world.

    ``shown`` answers what the feed tells of a listing now, or None when it is silent about it.
    """

    def __init__(self, readings: Mapping[str, str], shown: Callable[[Listing], int | None]) -> None:
        self._shown = shown
        self._markers: dict[MarkerKey, Marker] = {}
        self._by_channel: dict[int, list[Marker]] = {}
        self._scope = readings["ack.marker-scope"]
        self._due_rule = readings["ack.due"]
        self._order = readings["ack.row-order"]
        self._explicit = readings["ack.consumption"] == "explicit"
        self._zero_left_out = readings["alloc.zero-figure"] == "left-out"
        self._forgets_backlog = readings["ack.partial-batch"] == "whole-backlog"
        self._starts_now = readings["ack.first-call"] == "nothing"
        self._last_word = {
            "inactive": readings["listing.inactive"] == "final-zero",
            "push-off": readings["listing.push-off"] == "final-zero",
        }

    # -- changes ---------------------------------------------------------------------------------

    def listens_to(self, channel: SalesChannel) -> bool:
        """Whether anybody has ever read this channel."""
        return channel.id in self._by_channel

    def changed(self, listing: Listing, shown: int | None, *, seq: int, forced: bool = False) -> None:
        """
        Take note of a listing that may show something else since command ``seq``.

        ``forced`` rows are due whatever their figure: edited, or switched on (OM-PUSH-01).
        """
        forced = forced or self._due_rule == "stock-changed"
        for marker in self._by_channel.get(listing.channel.id, ()):
            if listing.position < marker.cursor:
                self._note(marker, listing, shown, seq, forced)

    def _note(self, marker: Marker, listing: Listing, shown: int | None, seq: int, forced: bool) -> None:  # noqa: FBT001
        position = listing.position
        before = marker.due.get(position)
        known = marker.answered[position]
        figure = self._spoken(listing, shown, known)
        if forced:
            marker.offered.pop(position, None)  # what was answered before says nothing of this change
        if figure is None:
            marker.due.pop(position, None)
            return
        forced = forced or (before is not None and (before.forced or self._due_rule == "figure-changed"))
        # Whoever confirms an answered row later must then hear that it no longer holds.
        if figure == known == marker.offered.get(position, known) and not forced:
            marker.due.pop(position, None)
            return
        if before is None or self._order == "latest-change":
            marker.due.pop(position, None)
            marker.due[position] = Row(listing, figure, seq, forced)
        else:
            marker.due[position] = Row(listing, figure, before.seq, forced)

    def _spoken(self, listing: Listing, shown: int | None, known: int) -> int | None:
        if shown is None:
            switched_off = "inactive" if not listing.active else "push-off"
            says_zero = known not in (_NEVER, 0) and self._last_word[switched_off]
            return 0 if says_zero and not (listing.active and listing.push_inventory) else None
        return None if shown == 0 and self._zero_left_out else shown

    # -- reading ---------------------------------------------------------------------------------

    def read(
        self,
        *,
        token: int,
        version: str,
        channels: Sequence[SalesChannel],
        limit: int,
        acknowledged: Iterable[int] = (),
    ) -> list[Row]:
        """
        Answer at most ``limit`` due rows and move the markers past them; reading is acknowledging (OM-ACK-05).

        ``acknowledged`` are listing ids that the caller confirms, for the reading in which it has to.
        """
        markers = [self._marker(token, version, channel) for channel in channels]
        if self._explicit or self._order != "oldest-change":
            return self._read_with_care(markers, limit, frozenset(acknowledged))
        rows = self._take_all(markers[0], limit) if len(markers) == 1 else self._take_merged(markers, limit)
        if self._forgets_backlog:
            self._forget(markers)
        return rows

    @property
    def marker_count(self) -> int:
        """How many markers there are; a first read makes one."""
        return len(self._markers)

    def _key(self, token: int, version: str, channel: SalesChannel) -> MarkerKey:
        if self._scope == "token-channel":
            return (token, channel.id, None)
        if self._scope == "channel-version":
            return (None, channel.id, version)
        return (token, channel.id, version)

    def _marker(self, token: int, version: str, channel: SalesChannel) -> Marker:
        key = self._key(token, version, channel)
        marker = self._markers.get(key)
        if marker is None:
            marker = self._markers[key] = Marker(channel)
            self._by_channel.setdefault(channel.id, []).append(marker)
            if self._starts_now:
                self._forget([marker])
        return marker

    def _take_all(self, marker: Marker, limit: int) -> list[Row]:
        if not marker.has_walked:
            return self._take_merged([marker], limit) if marker.due else self._walk(marker, limit)
        answered, due = marker.answered, marker.due
        taken = list(islice(due.items(), limit))
        if len(taken) == len(due):
            due.clear()
        else:
            for position, _ in taken:
                del due[position]
        for position, row in taken:
            answered[position] = row[1]
        return [row for _, row in taken]

    def _walk(self, marker: Marker, limit: int) -> list[Row]:
        rows: list[Row] = []
        listings, answered, shown = marker.channel.listings, marker.answered, self._shown
        while len(rows) < limit and marker.cursor < len(listings):
            listing = listings[marker.cursor]
            figure = self._spoken(listing, shown(listing), _NEVER)
            answered.append(_NEVER if figure is None else figure)
            marker.cursor += 1
            if figure is not None:
                rows.append(Row(listing, figure))
        return rows

    def _take_merged(self, markers: list[Marker], limit: int) -> list[Row]:
        rows: list[Row] = []
        while len(rows) < limit:
            heads = [(head, index) for index, marker in enumerate(markers) if (head := self._head(marker)) is not None]
            if not heads:
                break
            rows.append(self._take(markers[min(heads)[1]]))
        return rows

    def _head(self, marker: Marker) -> tuple[int, int] | None:
        """Return (since which command, listing id) of the next row."""
        walking = self._next_walked(marker)
        first = next(iter(marker.due.values()), None)
        waiting = None if first is None else (first.seq, first.listing.id)
        if walking is None or waiting is None:
            return walking or waiting
        return min(walking, waiting)

    def _next_walked(self, marker: Marker) -> tuple[int, int] | None:
        listings = marker.channel.listings
        while marker.cursor < len(listings):
            listing = listings[marker.cursor]
            if self._spoken(listing, self._shown(listing), _NEVER) is not None:
                return (listing.created_seq, listing.id)
            marker.answered.append(_NEVER)
            marker.cursor += 1
        return None

    def _take(self, marker: Marker) -> Row:
        walking = self._next_walked(marker)
        first = next(iter(marker.due.values()), None)
        if walking is not None and (first is None or walking < (first.seq, first.listing.id)):
            return self._walk_one(marker)
        position, row = marker.due.popitem(last=False)
        marker.answered[position] = row.figure
        return row

    def _walk_one(self, marker: Marker) -> Row:
        listing = marker.channel.listings[marker.cursor]
        figure = self._shown(listing)
        assert figure is not None  # noqa: S101 - _next_walked stopped here because there is one
        marker.answered.append(figure)
        marker.cursor += 1
        return Row(listing, figure)

    def _forget(self, markers: Iterable[Marker]) -> None:
        for marker in markers:
            for position, due in marker.due.items():
                marker.answered[position] = due.figure
            marker.due.clear()
            for listing in marker.channel.listings[marker.cursor :]:
                shown = self._shown(listing)
                marker.answered.append(_NEVER if shown is None else shown)
            marker.cursor = len(marker.channel.listings)

    # -- readings that need the whole backlog at once -----------------------------------------------

    def _read_with_care(self, markers: list[Marker], limit: int, acknowledged: frozenset[int]) -> list[Row]:
        for marker in markers:
            self._walk_into_due(marker)
            if self._explicit:
                self._confirm(marker, acknowledged)
        chosen = sorted(self._candidates(markers))[:limit]
        rows = []
        for _, listing_id, index, position in chosen:
            del listing_id
            rows.append(self._answer(markers[index], position))
        if self._forgets_backlog and not self._explicit:
            self._forget(markers)
        return rows

    def _walk_into_due(self, marker: Marker) -> None:
        while self._next_walked(marker) is not None:
            listing = marker.channel.listings[marker.cursor]
            figure = self._shown(listing)
            assert figure is not None  # noqa: S101 - as in _walk_one
            marker.due[marker.cursor] = Row(listing, figure, listing.created_seq)
            marker.answered.append(_NEVER)
            marker.cursor += 1

    def _candidates(self, markers: list[Marker]) -> Iterator[tuple[int, int, int, int]]:
        for index, marker in enumerate(markers):
            for position, row in marker.due.items():
                since = 0 if self._order == "listing-id" else row.seq
                yield since, row.listing.id, index, position

    def _answer(self, marker: Marker, position: int) -> Row:
        due = marker.due[position]
        if self._explicit:
            marker.offered[position] = due.figure
        else:
            marker.answered[position] = due.figure
            del marker.due[position]
        return due

    def _confirm(self, marker: Marker, acknowledged: frozenset[int]) -> None:
        for position, figure in list(marker.offered.items()):
            if marker.channel.listings[position].id in acknowledged:
                del marker.offered[position]
                marker.answered[position] = figure
                if position in marker.due and marker.due[position].figure == figure:
                    del marker.due[position]
