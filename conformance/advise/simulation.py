"""
The simulation: many stock-outs at once, sync by sync, under any table of figures and any way of writing.

Between two instants at which a channel's stock is read or set, nothing happens to a channel but its own orders. So the
orders of such a stretch are drawn as one Poisson count a run and channel; that is exact, not an approximation in time.
All rules of one call meet the same customers, which takes most of the noise out of their comparison.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from conformance.advise.draws import PoissonStream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from conformance.advise.question import Question
    from conformance.advise.rules import Table

    Counts = NDArray[np.int32]

_MICROSECONDS: Final = 3_600_000_000
_LONGEST: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """What became of every run, one row a rule: units beyond the stock, units left over, hours until closed."""

    oversold: Counts
    stranded: Counts
    hours: NDArray[np.float64]

    @property
    def runs(self) -> int:
        """How many stock-outs each rule went through."""
        return int(self.oversold.shape[1])

    @property
    def chance(self) -> NDArray[np.float64]:
        """The share of the stock-outs that oversold, a rule at a time."""
        share: NDArray[np.float64] = (self.oversold > 0).mean(axis=1)
        return share

    @property
    def units(self) -> NDArray[np.float64]:
        """The mean oversold units."""
        mean: NDArray[np.float64] = self.oversold.mean(axis=1)
        return mean

    @property
    def units_error(self) -> NDArray[np.float64]:
        """The standard error of the mean oversold units."""
        error: NDArray[np.float64] = self.oversold.std(axis=1, ddof=1) / np.sqrt(self.runs)
        return error


@dataclass(frozen=True, slots=True)
class _Reading:
    """A figure on its way to a channel: when it arrives, and what the channel had sold when it was computed."""

    due: int
    figure: Counts
    sold: Counts


def simulate(question: Question, tables: Sequence[Table], runs: int, *, seed: int | None = None) -> Sample:
    """Return what becomes of ``runs`` stock-outs under each table, for a sync with an interval."""
    return _Shelf(question, tables, runs, question.seed if seed is None else seed).run()


class _Shelf:
    """The state of all runs under all rules, and the clock."""

    def __init__(self, question: Question, tables: Sequence[Table], runs: int, seed: int) -> None:
        self.write = question.write
        self.tables = np.stack(tables)
        self.rules, self.channels, columns = self.tables.shape
        self.stock = columns - 1
        self.period = max(1, round(question.sync_interval * _MICROSECONDS))
        self.delay = round(question.delay * _MICROSECONDS)
        self.phases = [
            round(self.period * ((each / self.channels) if question.staggered else 0)) for each in range(self.channels)
        ]
        shape = (self.rules, runs)
        self.sold = [np.zeros(shape, np.int32) for _ in range(self.channels)]
        self.shown = [np.repeat(self.tables[:, each, -1:], runs, axis=1) for each in range(self.channels)]
        self.under_way: list[deque[_Reading]] = [deque() for _ in range(self.channels)]
        self.closed_at = np.zeros(shape)
        self.offsets = (np.arange(self.rules, dtype=np.int32) * columns)[:, None]
        self.flat = [np.ascontiguousarray(self.tables[:, each]).ravel() for each in range(self.channels)]
        self.streams = [
            PoissonStream(rate / _MICROSECONDS, runs, seed, number) for number, rate in enumerate(question.rates)
        ]

    def run(self) -> Sample:
        """Let time pass until every run under every rule is closed for good."""
        marks = self._marks()
        start, open_until = 0, 0
        while start <= open_until + 2 * self.period + self.delay:
            now = start
            for mark in marks:
                if self._sell(now, start + mark):
                    open_until = start + mark
                now = start + mark
                self._sync(now)
            start += self.period
            if start > self.period * _LONGEST:
                raise RuntimeError(f"not sold out after {_LONGEST} syncs")
        total = self._total()
        return Sample(np.maximum(0, total - self.stock), np.maximum(0, self.stock - total), self.closed_at)

    def _marks(self) -> list[int]:
        """Return the instants of a period at which something is read or set, the period's end included."""
        reads = {phase or self.period for phase in self.phases}
        writes = {(phase + self.delay) % self.period or self.period for phase in self.phases}
        return sorted(reads | writes | {self.period})

    def _sell(self, start: int, end: int) -> bool:
        """Let customers come from ``start`` to ``end``; return whether any run had anything to show."""
        is_open = self.shown[0] > 0
        for shown in self.shown[1:]:
            is_open |= shown > 0
        anything = bool(is_open.any())
        if anything:
            np.copyto(self.closed_at, end / _MICROSECONDS, where=is_open)
        for stream, shown, sold in zip(self.streams, self.shown, self.sold, strict=True):
            wanted = stream.draw(end - start)
            if anything:
                bought = np.minimum(wanted, shown)
                shown -= bought
                sold += bought
        return anything

    def _sync(self, now: int) -> None:
        reading = [each for each, phase in enumerate(self.phases) if now % self.period == phase % self.period]
        if reading:
            known = np.maximum(self.stock - self._total(), 0)
            known += self.offsets
            for each in reading:
                figure = self.flat[each].take(known)
                self.under_way[each].append(_Reading(now + self.delay, figure, self.sold[each].copy()))
        for each, queue in enumerate(self.under_way):
            while queue and queue[0].due <= now:
                self._set(each, queue.popleft())

    def _set(self, channel: int, reading: _Reading) -> None:
        """Write a figure to a channel in the question's way."""
        shown = self.shown[channel]
        if self.write == "absolute":
            shown[...] = reading.figure
        elif self.write == "watermark":
            np.maximum(reading.figure - (self.sold[channel] - reading.sold), 0, out=shown)
        elif self.write == "cas":
            np.copyto(shown, reading.figure, where=self.sold[channel] == reading.sold)
        else:
            np.minimum(shown, reading.figure, out=shown)

    def _total(self) -> Counts:
        total = self.sold[0].copy()
        for sold in self.sold[1:]:
            total += sold
        return total
