"""Poisson counts from named streams of a counter-based generator, by table: as many a second as memory allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from conformance.advise.poisson import pmf

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BITS: Final = 32
_CELLS: Final = 16
_UNCLEAR: Final = -1


def generator(seed: int, *stream: int) -> np.random.Generator:
    """Return the generator of one stream; another stream's numbers do not depend on it."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, *stream])))


class PoissonStream:
    """The customers of one channel in all runs, stretch of time by stretch of time."""

    def __init__(self, rate: float, runs: int, seed: int, number: int) -> None:
        self._rate = rate
        self._runs = runs
        self._generator = generator(seed, number)
        self._samplers: dict[int, _Sampler] = {}

    def draw(self, stretch: int) -> NDArray[np.int32]:
        """Return how many customers come in a stretch of time, one count a run."""
        if stretch not in self._samplers:
            self._samplers[stretch] = _Sampler(self._rate * stretch)
        return self._samplers[stretch].draw(self._generator, self._runs)


class _Sampler:
    """
    Draws by inverting the distribution function, 32 bits a draw.

    The upper half of the bits looks up a cell of a table; the few cells in which the outcome changes are settled with
    all bits. No probability is off by more than 2^-32.
    """

    def __init__(self, mean: float) -> None:
        edges = np.round(np.cumsum(pmf(mean)) * 2.0**_BITS).astype(np.int64)
        edges[-1] = 2**_BITS
        self._edges = edges
        starts = np.arange(2**_CELLS, dtype=np.int64) << (_BITS - _CELLS)
        first = np.searchsorted(edges, starts, side="right")
        last = np.searchsorted(edges, starts + 2 ** (_BITS - _CELLS) - 1, side="right")
        self._cells = np.where(first == last, first, _UNCLEAR).astype(np.int32)

    def draw(self, source: np.random.Generator, count: int) -> NDArray[np.int32]:
        bits = source.integers(0, 2**_BITS, size=count, dtype=np.uint32)
        drawn = self._cells.take(bits >> np.uint32(_BITS - _CELLS))
        (unclear,) = np.nonzero(drawn == _UNCLEAR)
        drawn[unclear] = np.searchsorted(self._edges, bits[unclear], side="right")
        return drawn
