"""Effects that are due at a later virtual instant, in one total order: due time, then the order of being set."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Agenda:
    """A queue of commands by due time (milliseconds since 1970, UTC)."""

    def __init__(self) -> None:
        self._queue: list[tuple[int, int, Mapping[str, Any]]] = []
        self._count = 0

    def put(self, due_ms: int, command: Mapping[str, Any]) -> None:
        """Have a command executed when virtual time reaches ``due_ms``."""
        self._count += 1
        heappush(self._queue, (due_ms, self._count, command))

    def pop_due(self, now_ms: int) -> tuple[int, Mapping[str, Any]] | None:
        """Return the next command that is due by ``now_ms`` with its instant, or None."""
        if not self._queue or self._queue[0][0] > now_ms:
            return None
        due_ms, _, command = heappop(self._queue)
        return due_ms, command

    def __len__(self) -> int:
        return len(self._queue)
