"""Probabilities of the Poisson distribution, without scipy."""

from __future__ import annotations

from functools import lru_cache
from math import lgamma, log, sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@lru_cache(maxsize=256)
def pmf(mean: float) -> NDArray[np.float64]:
    """Return the probabilities of 0, 1, 2 … up to where less than 1e-17 is left."""
    if mean <= 0:
        return np.ones(1)
    last = int(mean + 10 * sqrt(mean) + 30)
    logs = [count * log(mean) - mean - lgamma(count + 1) for count in range(last + 1)]
    probabilities: NDArray[np.float64] = np.exp(np.array(logs))
    probabilities.flags.writeable = False
    return probabilities


def truncated(mean: float, most: int) -> NDArray[np.float64]:
    """Return the probabilities of selling 0 … ``most`` units: whoever comes later is refused."""
    whole = pmf(mean)
    if most >= len(whole) - 1:
        return whole
    kept = whole[: most + 1].copy()
    kept[most] = whole[most:].sum()
    return kept


def quantile(mean: float, probability: float) -> int:
    """Return the smallest count that is not exceeded with at least this probability."""
    return int(np.searchsorted(np.cumsum(pmf(mean)), probability))
