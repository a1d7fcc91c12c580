"""What is still to happen, in one total order: instant, then priority, then the order of being set."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

# At one instant: what reaches Order Manager, what reaches a channel, what the connector does, what the file says.
ARRIVALS: Final = 0
LANDINGS: Final = 1
POLLS: Final = 2
EVENTS: Final = 3
LOOKS: Final = 4


class Timeline:
    """A queue of actions by instant (milliseconds since the start)."""

    def __init__(self) -> None:
        self.now_ms = 0
        self._queue: list[tuple[int, int, int, Callable[[], None]]] = []
        self._count = 0

    def put(self, at_ms: int, priority: int, action: Callable[[], None]) -> None:
        """Have an action done at an instant, never before the present one."""
        self._count += 1
        heappush(self._queue, (max(at_ms, self.now_ms), priority, self._count, action))

    def pop(self, until_ms: int) -> Callable[[], None] | None:
        """Return the next action up to an instant, moving time there; None when there is none."""
        if not self._queue or self._queue[0][0] > until_ms:
            return None
        self.now_ms, _, _, action = heappop(self._queue)
        return action

    @property
    def next_ms(self) -> int | None:
        """The instant of the next action."""
        return self._queue[0][0] if self._queue else None
