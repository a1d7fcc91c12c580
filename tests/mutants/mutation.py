"""
Wrong servers as data: one place of the mock's source, put wrong.

A mutant is applied when the module is imported, in a process of its own: nothing of it stays behind, and whoever
imported the right function by name gets the wrong one all the same.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Mutant:
    """
    One wrong server.

    ``module`` is below mockserver; ``find`` occurs in it exactly once and becomes ``replace``. ``killed_by`` are the
    checks meant for it: ids, or names that select several; one of them failing is a kill by name.
    """

    name: str
    what: str
    module: str
    find: str
    replace: str
    killed_by: tuple[str, ...]

    @property
    def path(self) -> Path:
        """The file that it puts wrong."""
        return ROOT.joinpath("mockserver", *self.module.split(".")).with_suffix(".py")

    @property
    def family(self) -> str:
        """The class of behaviour that it breaks, as its name begins."""
        return self.name.partition("/")[0]


class StaleMutant(Exception):
    """The text that a mutant changes is not there, or there more than once."""


def mutated(mutant: Mutant) -> str:
    """
    Return the source with the one place put wrong.

    Raises:
        StaleMutant: when the place is not there exactly once.
    """
    source = mutant.path.read_text(encoding="utf-8")
    times = source.count(mutant.find)
    if times != 1:
        raise StaleMutant(f"{mutant.name}: {mutant.path.name} has it {times} times: {mutant.find!r}")
    return source.replace(mutant.find, mutant.replace)


class _Loader(SourceFileLoader):
    """Loads the wrong source; no compiled file is read or written."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> Any:
        return compile(self._source, self.get_filename(fullname), "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self._module = f"mockserver.{mutant.module}"
        self._source = mutated(mutant)

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:
        if name != self._module:
            return None
        spec = PathFinder.find_spec(name, path)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Loader(name, spec.origin, self._source)
        return spec


def install(mutant: Mutant) -> None:
    """
    Make this process import the wrong server.

    Raises:
        StaleMutant: when the place is not there exactly once.
        RuntimeError: when the mock was imported already.
    """
    if any(name.split(".")[0] == "mockserver" for name in sys.modules):
        raise RuntimeError("the mock was imported already")
    sys.meta_path.insert(0, _Finder(mutant))
