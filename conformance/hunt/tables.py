"""Things worked out once: answers by question, and numbers for things, so that what is compared often is small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Key = TypeVar("Key", bound="Hashable")
Value = TypeVar("Value")


class Table(dict[Key, Value]):
    """The answers given so far; one that is missing is worked out when it is asked for."""

    def __init__(self, work: Callable[[Key], Value]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, key: Key) -> Value:
        """Work an answer out and keep it."""
        found = self[key] = self._work(key)
        return found


class Numbers(dict[Key, int], Generic[Key]):
    """Equal things have the same number, counted from 0 in the order in which they were met."""

    def __init__(self) -> None:
        super().__init__()
        self.things: list[Key] = []

    def __missing__(self, thing: Key) -> int:
        """Give the next number."""
        number = self[thing] = len(self.things)
        self.things.append(thing)
        return number
