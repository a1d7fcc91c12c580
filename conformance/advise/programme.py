"""
The exact programme: what becomes of a stock under a rule when every channel is told at the same instant and at once.

The state is the stock at a sync. It only falls, so one pass from the full shelf downwards meets every state after all
its predecessors; a sync without a sale leads back to the same state and is divided out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from conformance.advise.poisson import pmf, truncated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from conformance.advise.rules import Table


@dataclass(frozen=True, slots=True)
class Exact:
    """What happens per stock-out: a probability, units, and sync intervals until nothing is sold any more."""

    chance: float
    oversold: float
    oversold_squared: float
    stranded: float
    windows: float
    sold: float

    @property
    def oversold_variance(self) -> float:
        """The variance of the oversold units of one stock-out."""
        return max(0.0, self.oversold_squared - self.oversold**2)


def solve(table: Table, demand: Sequence[float]) -> Exact:
    """Return what happens under a table of figures, for the mean demand of each channel in one sync interval."""
    return _Pass(table, demand).run()


class _Pass:
    """One pass over the stock levels, with the sums that it makes."""

    def __init__(self, table: Table, demand: Sequence[float]) -> None:
        self.table = table
        self.demand = demand
        self.supports = np.array([len(pmf(mean)) - 1 for mean in demand])
        self.units = table.shape[1] - 1
        self.reached = np.zeros(self.units + 1)
        self.reached[self.units] = 1.0
        self.sums = np.zeros(6)  # chance, oversold, its square, stranded, windows, sold
        self.laws: dict[bytes, NDArray[np.float64]] = {}

    def run(self) -> Exact:
        # More than anybody may want in one interval is as good as everything: that keeps the laws few.
        figures = np.minimum(self.table, self.supports[:, None])
        for stock in range(self.units, -1, -1):
            if self.reached[stock] > 0:
                self._leave(stock, figures[:, stock])
        return Exact(*(float(value) for value in self.sums))

    def _leave(self, stock: int, shown: NDArray[np.int32]) -> None:
        weight = self.reached[stock]
        if not shown.any():
            self.sums[3] += weight * stock
            return
        law = self._sales(shown)
        happens = law * (weight / (1.0 - law[0]))
        happens[0] = 0.0
        counts = np.arange(len(law))
        self.sums[4] += weight / (1.0 - law[0])
        self.sums[5] += happens @ counts
        served = happens[: stock + 1]
        self.reached[stock - len(served) + 1 : stock + 1] += served[::-1]
        over = happens[stock + 1 :]
        if len(over):
            excess = counts[1 : len(over) + 1]
            self.sums[:3] += over.sum(), over @ excess, over @ excess**2

    def _sales(self, shown: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the law of the units sold in one interval, all channels together."""
        key = shown.tobytes()
        if key not in self.laws:
            law = np.ones(1)
            for mean, most in zip(self.demand, shown, strict=True):
                law = np.convolve(law, truncated(mean, int(most)))
            self.laws[key] = law
        return self.laws[key]
