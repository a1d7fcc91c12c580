"""The journal of one world, in memory: every command that was done, with its virtual instant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Entry(NamedTuple):
    """A command and the virtual instant (milliseconds since 1970, UTC) at which it was done."""

    at_ms: int
    command: Mapping[str, Any]


class MemoryJournal:
    """An append-only list of commands that can be cut back to an earlier position."""

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self._entries = list(entries)

    def append(self, at_ms: int, command: Mapping[str, Any]) -> None:
        """Add a command that was done."""
        self._entries.append(Entry(at_ms, command))

    def entries(self) -> Sequence[Entry]:
        """Return every command so far, oldest first. Do not change it."""
        return self._entries

    def truncate(self, position: int) -> None:
        """Forget what came after the first ``position`` commands."""
        del self._entries[position:]

    def __len__(self) -> int:
        return len(self._entries)
