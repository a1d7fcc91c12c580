"""
The simulation for a sync without an interval: every order sets off a push, which arrives a fixed time later.

Here single orders are followed, in the order of their arrival, in all runs at once.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from conformance.advise.draws import generator
from conformance.advise.simulation import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from conformance.advise.question import Question
    from conformance.advise.rules import Table


def simulate_on_change(question: Question, tables: Sequence[Table], runs: int, *, seed: int | None = None) -> Sample:
    """Return what becomes of ``runs`` stock-outs under each table when every order sets off a push."""
    seed = question.seed if seed is None else seed
    orders = _orders_that_suffice(question, tables)
    when, where = _customers(question, runs, orders, seed)
    known = _before(when, when - question.delay)
    pushed = _before(when, np.take_along_axis(when, np.maximum(known - 1, 0), axis=1) + question.delay)
    followed = [_Followed(question, table, when, where, known, pushed).run() for table in tables]
    return Sample(*(np.stack(part) for part in zip(*followed, strict=True)))


def _orders_that_suffice(question: Question, tables: Sequence[Table]) -> int:
    """Return how many orders must come so that every run is closed at the end, even if one channel alone is open."""
    stock = tables[0].shape[1] - 1
    least = min(question.shares)
    exposed = question.rate * question.delay
    alone = max(_alone(table) for table in tables)
    needed = stock + exposed + 10 * sqrt(exposed + 1) + 10
    return int(needed + (alone / least + 10 * sqrt(alone / least**2) + 10 / least if alone else 0))


def _alone(table: Table) -> int:
    """Return how many units of the stock are offered by some channels and kept from others."""
    some = (table > 0).any(axis=0) & (table == 0).any(axis=0)
    return int(some.sum())


def _customers(question: Question, runs: int, orders: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Return the instants (hours) and the channels of all orders, one row a run."""
    gaps = generator(seed, 0).exponential(1 / question.rate, size=(runs, orders))
    chosen = generator(seed, 1).random(size=(runs, orders), dtype=np.float32)
    edges = np.cumsum(question.shares)[:-1].astype(np.float32)
    return np.cumsum(gaps, axis=1), np.searchsorted(edges, chosen, side="right").astype(np.int8)


def _before(when: NDArray[np.float64], limits: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return for each limit how many orders of its run have come by then."""
    rows, orders = when.shape
    # One search over all runs: each run's instants are shifted past the run before it.
    shift = (np.arange(rows) * (when[:, -1].max() + limits.max() + 1))[:, None]
    found = np.searchsorted((when + shift).ravel(), (np.maximum(limits, -0.5) + shift).ravel(), side="right")
    counts: NDArray[np.int64] = found.reshape(limits.shape) - np.arange(rows)[:, None] * orders
    return np.clip(counts, 0, orders)


class _Followed:
    """All runs under one table, order by order."""

    def __init__(
        self,
        question: Question,
        table: Table,
        when: NDArray[np.float64],
        where: NDArray[np.int8],
        known: NDArray[np.int64],
        pushed: NDArray[np.int64],
    ) -> None:
        self.write = question.write
        self.table, self.when, self.where, self.known, self.pushed = table, when, where, known, pushed
        self.runs, self.orders = when.shape
        self.stock = table.shape[1] - 1
        channels = table.shape[0]
        # Units sold after so many orders, channel by channel.
        self.sold = np.zeros((channels, self.orders + 1, self.runs), np.int32)
        self.every = np.arange(self.runs)

    def run(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
        """Return oversold and stranded units and the hour of the last sale, run by run."""
        last = np.zeros(self.runs)
        for number in range(self.orders):
            channel = self.where[:, number]
            accepted = self._shown(number, channel) > 0
            self.sold[:, number + 1] = self.sold[:, number]
            self.sold[channel, number + 1, self.every] += accepted
            last = np.where(accepted, self.when[:, number], last)
        total = self.sold[:, -1].sum(axis=0, dtype=np.int32)
        return np.maximum(0, total - self.stock), np.maximum(0, self.stock - total), last

    def _shown(self, number: int, channel: NDArray[np.int8]) -> NDArray[np.int32]:
        """Return what the channel of an order shows in each run when the order comes."""
        known = self.known[:, number]
        stock = self.stock - self.sold[:, known, self.every].sum(axis=0)
        figure = self.table[channel, np.maximum(stock, 0)]
        reached = known if self.write != "absolute" else np.minimum(self.pushed[:, number], number)
        since = np.where(known > 0, reached, 0)
        own = self.sold[channel, number, self.every] - self.sold[channel, since, self.every]
        shown: NDArray[np.int32] = np.maximum(0, figure - own)
        return shown
