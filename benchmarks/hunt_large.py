"""The largest safe configuration, gone through completely; a part of its own, for it takes a while."""

from __future__ import annotations

from typing import Final

from benchmarks.hunt_bench import LARGE_FULL, QUICK, Size
from benchmarks.hunt_bench import large_section as section
from benchmarks.hunt_bench import measure_large as measure

FULL: Final[Size] = LARGE_FULL

__all__ = ["FULL", "QUICK", "measure", "section"]
