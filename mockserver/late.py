"""Requests of one world that are under way a second time, and will arrive at a later virtual instant."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_LATE: Final = 1_000
MOST_LATE_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, order=True)
class Late:
    """One of them: when it arrives (milliseconds since 1970), in which order, whose doing it is, its body's size."""

    due_ms: int
    number: int
    fault_id: str
    size: int
    deliver: Callable[[], object]


class LateDeliveries:
    """A queue by due time, then by the order of being sent; bounded in number and bytes."""

    def __init__(self) -> None:
        self._queue: list[Late] = []
        self._count = 0
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._queue)

    def has_room(self, size: int) -> bool:
        """Whether one more request with a body of ``size`` bytes can be kept."""
        return len(self._queue) < MOST_LATE and self._bytes + size <= MOST_LATE_BYTES

    def put(self, due_ms: int, fault_id: str, size: int, deliver: Callable[[], object]) -> None:
        """Have ``deliver`` called when virtual time reaches ``due_ms``."""
        self._count += 1
        self._bytes += size
        heappush(self._queue, Late(due_ms, self._count, fault_id, size, deliver))

    @property
    def next_ms(self) -> int:
        """When the next one arrives; there must be one."""
        return self._queue[0].due_ms

    def pop_due(self, now_ms: int) -> Late | None:
        """Return the next that has arrived by ``now_ms``, or None."""
        if not self._queue or self._queue[0].due_ms > now_ms:
            return None
        arrived = heappop(self._queue)
        self._bytes -= arrived.size
        return arrived

    def due_of(self, fault_id: str) -> list[int]:
        """Return when those of one fault arrive, in order."""
        return [each.due_ms for each in sorted(self._queue) if each.fault_id == fault_id]

    def drop(self, fault_id: str) -> None:
        """Forget those of one fault."""
        self._queue = [each for each in self._queue if each.fault_id != fault_id]
        self._bytes = sum(each.size for each in self._queue)
        heapify(self._queue)

    def clear(self) -> None:
        """Forget all."""
        self._queue.clear()
        self._bytes = 0
