"""
The world that a scenario acts on: in this process, or on a server.

In this process it comes from whoever registers the entry point ``sim`` in the group ``conformance.targets``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from conformance.verdict import Inconclusive

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

GROUP: Final = "conformance.targets"
MOST_CHECKED: Final = 1_000

Place = tuple[int, str]


class Done(NamedTuple):
    """What became of a command."""

    done: bool
    reason: str | None
    result: Any


class World(Protocol):
    """One account with virtual time. ``Place`` is (warehouse id, master SKU); instants are milliseconds since 1970."""

    def execute(self, command: Mapping[str, Any]) -> tuple[bool, str | None, Any]:
        """Run one command now; return whether it was done, the reason if not, and its result."""

    def advance_to(self, instant_ms: int) -> int:
        """Move virtual time on; return how many effects of the world's own fired."""

    def read_feed(self, channels: Sequence[int], token: int = 0) -> list[tuple[int, int]]:
        """Return the due rows of some channels as (listing id, figure)."""

    def confirm(self, channels: Sequence[int], listings: Sequence[int], token: int = 0) -> None:
        """Confirm rows that were read."""

    def figures(self, listings: Sequence[int]) -> list[int]:
        """Return what each listing may show."""

    def stock(self) -> Mapping[Place, tuple[int, int, int]]:
        """Return (on hand, locked, allocated) by place."""

    def allocations(self) -> Mapping[tuple[int, str], Mapping[Place, int]]:
        """Return the units that each order holds, by (channel id, order number) and place."""

    def counts(self) -> Mapping[tuple[int, int], int]:
        """Return what the marketplace shows, by (variant, seller)."""

    def document(self) -> dict[str, Any]:
        """Return the present state as a world file."""

    def forget(self) -> None:
        """Look anew: somebody else has changed it."""

    def close(self) -> None:
        """Give back what the world occupies."""


class BadWorld(ValueError):
    """A world file that the target does not take; the text says why."""


# Documents that a world was made of before: they need not be checked again. Kept, so that no other gets their identity.
_checked: dict[int, Mapping[str, Any]] = {}


@cache
def sim() -> Callable[..., Any]:
    """
    Return the function that makes a world in this process.

    Raises:
        Inconclusive: when nothing provides one.
    """
    installed = [each for each in entry_points(group=GROUP) if each.name == "sim"]
    found = installed or _of_this_checkout()
    if not found:
        raise Inconclusive(f"nothing provides the target sim (entry point group {GROUP}); give --target URL")
    opener: Callable[..., Any] = found[0].load()
    return opener


def _of_this_checkout() -> list[EntryPoint]:
    """Return what the checkout would register if it were installed."""
    project = Path(__file__).resolve().parents[2] / "pyproject.toml"
    if not project.is_file():
        return []
    table = tomllib.loads(project.read_text(encoding="utf-8")).get("project", {}).get("entry-points", {}).get(GROUP, {})
    return [EntryPoint(name, value, GROUP) for name, value in table.items() if name == "sim" and _exists(value)]


def _exists(value: str) -> bool:
    try:
        import_module(value.partition(":")[0])
    except ImportError:
        return False
    return True


def open_sim(document: Mapping[str, Any]) -> World:
    """
    Return a world in this process.

    Raises:
        BadWorld: when no world can be made of the document.
        Inconclusive: when nothing provides one.
    """
    try:
        world: World = sim()(document, checked=_checked.get(id(document)) is document)
    except ValueError as error:
        raise BadWorld(str(error)) from None
    if len(_checked) >= MOST_CHECKED:
        _checked.clear()
    _checked[id(document)] = document
    return world
