"""
A handful of orders followed by hand's rules: what a scenario's connector shows, accepts and refuses.

It follows the reading of scenario files: a listing is pushed when its figure differs from the one last read, the first
poll comes one interval after the start. It is here to work out what a demonstration must expect.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.advise.rules import Table

# What happens at one instant happens in this order.
_ORDER, _READ, _ARRIVE = range(3)


@dataclass(frozen=True, slots=True)
class Timing:
    """Whole seconds, and how a figure is written; ``first`` is each channel's first poll."""

    every: int
    first: tuple[int, ...]
    push_takes: int
    orders_reach_om: int
    write: str


@dataclass(frozen=True, slots=True)
class Order:
    """One unit, wanted at a second, on a channel."""

    at: int
    channel: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of the orders, and when the last figure had arrived."""

    accepted: int
    refused: int
    oversold: int


def follow(orders: Sequence[Order], table: Table, timing: Timing, until: int) -> Tally:
    """Return what becomes of the orders under a table of figures."""
    return _Followed(orders, table, timing, until).run()


class _Followed:
    """The channels' figures, and what Order Manager knows."""

    def __init__(self, orders: Sequence[Order], table: Table, timing: Timing, until: int) -> None:
        self.orders, self.table, self.timing, self.until = orders, table, timing, until
        channels, self.stock = table.shape[0], table.shape[1] - 1
        self.shown = [int(table[each, -1]) for each in range(channels)]
        self.last_read: list[int | None] = list(self.shown)
        self.accepted: list[list[int]] = [[] for _ in range(channels)]
        self.refused = 0
        self.events: list[tuple[int, int, int, int, int]] = []

    def run(self) -> Tally:
        for order in self.orders:
            heapq.heappush(self.events, (order.at, _ORDER, order.channel, 0, 0))
        for channel, first in enumerate(self.timing.first):
            for at in range(first, self.until + 1, self.timing.every):
                heapq.heappush(self.events, (at, _READ, channel, 0, 0))
        while self.events:
            at, what, channel, value, included = heapq.heappop(self.events)
            if what == _ORDER:
                self._order(at, channel)
            elif what == _READ:
                self._read(at, channel)
            else:
                self._arrive(channel, value, included)
        sold = sum(len(each) for each in self.accepted)
        return Tally(sold, self.refused, max(0, sold - self.stock))

    def _order(self, at: int, channel: int) -> None:
        if self.shown[channel] > 0:
            self.shown[channel] -= 1
            self.accepted[channel].append(at)
        else:
            self.refused += 1

    def _imported(self, at: int, channel: int) -> int:
        return sum(when + self.timing.orders_reach_om <= at for when in self.accepted[channel])

    def _read(self, at: int, channel: int) -> None:
        known = self.stock - sum(self._imported(at, each) for each in range(len(self.shown)))
        figure = int(self.table[channel, max(0, known)])
        if figure != self.last_read[channel]:
            self.last_read[channel] = figure
            included = self._imported(at, channel)
            heapq.heappush(self.events, (at + self.timing.push_takes, _ARRIVE, channel, figure, included))

    def _arrive(self, channel: int, value: int, included: int) -> None:
        lacking = len(self.accepted[channel]) - included
        if self.timing.write == "cas" and lacking:
            self.last_read[channel] = None
        elif self.timing.write == "watermark":
            self.shown[channel] = max(0, value - lacking)
        else:
            self.shown[channel] = value
