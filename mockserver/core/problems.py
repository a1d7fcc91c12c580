"""Collecting what is wrong in a world file, and giving ids to what has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.core.errors import InvalidWorld, Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# A broken file of a million rows should not answer with a million lines.
_MOST_PROBLEMS: Final = 100


def own_text(text: str) -> str:
    """
    Return a copy of a text of the parsed file.

    The file's own text would keep the memory around it, once full of dictionaries that are gone, from being given
    back: measured at a million listings, 1,350 bytes a listing against 850.
    """
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass")


class Problems:
    """What was found so far."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, path: str, message: str, value: object, *, nearest: str | None = None) -> None:
        """
        Note one problem.

        Raises:
            InvalidWorld: when there are so many that looking further is no use.
        """
        self.found.append(Problem(path, message, value, nearest))
        if len(self.found) >= _MOST_PROBLEMS:
            raise InvalidWorld(self.found)

    def unknown(self, path: str, kind: str, value: object, known: Iterable[object]) -> None:
        """Note a reference to something that does not exist."""
        self.add(path, f"no such {kind}", value, nearest=nearest(value, known))


class Ids:
    """The ids of a list's entries, in order: their own, else 1, 2, 3 ... past those that are taken."""

    def __init__(self, path: str, entries: Sequence[Mapping[str, Any]], problems: Problems) -> None:
        self._entries = entries
        self.last = 0
        self._taken: set[int] = set()
        for index, entry in enumerate(entries):
            own = entry.get("id")
            if own is None:
                continue
            if own in self._taken:
                problems.add(f"{path}[{index}].id", "stands here twice", own)
            self._taken.add(own)
        self.last = max(self._taken, default=0)

    def __iter__(self) -> Iterator[int]:
        """Yield one id an entry."""
        taken, free = self._taken, 0
        for entry in self._entries:
            own = entry.get("id")
            if own is None:
                free += 1
                while free in taken:
                    free += 1
                own = free
                self.last = max(self.last, own)
            # A new number: one of the parsed file would keep a page of the file's memory from being given back.
            yield own + 0
