"""How a world's virtual time moves between commands: not at all, or with real time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock(Protocol):
    """Says how far a world's virtual time should have come."""

    def now_ms(self, world_ms: int) -> int:
        """Return the instant (milliseconds since 1970) for a world that stands at ``world_ms``, never before it."""


class ManualClock:
    """Time stands still unless a command moves it."""

    def now_ms(self, world_ms: int) -> int:
        """Return ``world_ms``."""
        return world_ms


class RealClock:
    """Virtual time runs with real time, ``speed`` times as fast; advancing by hand jumps ahead of it."""

    def __init__(self, *, speed: float = 1.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._speed = speed
        self._monotonic = monotonic
        self._last = monotonic()
        self._rest_ms = 0.0

    def now_ms(self, world_ms: int) -> int:
        """Return ``world_ms`` and the time since the last call."""
        present = self._monotonic()
        elapsed = (present - self._last) * 1000 * self._speed + self._rest_ms
        self._last, whole = present, int(elapsed)
        self._rest_ms = elapsed - whole
        return world_ms + whole
