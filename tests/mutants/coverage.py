"""
Which checks no wrong server fails: a check that cannot fail judges nothing.

Checks of readings are left out: that each of them fails a server which follows another option is shown where every
option is served and told apart.

Each wrong server gets the checks that none before it has failed, so the longer this runs the less each of them costs.
What became of them is kept beside pytest's own cache, for as long as no file that matters has changed.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from functools import cache
from typing import TYPE_CHECKING, Final

from conformance.checks import load_checks
from tests.mutants.judge import MOCK, failed_checks, load_what_all_need, pool
from tests.mutants.mutation import ROOT, install

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.pool import AsyncResult

    from tests.mutants.mutation import Mutant

CACHE: Final = ROOT / ".pytest_cache" / "mutants.json"
_MATTERS: Final = ("mockserver", "conformance", "fixtures", "schemas", "tests/mutants/servers")
_A_MOMENT: Final = 0.05
_known: dict[str, Mutant] = {}


def unfailed(mutants: Sequence[Mutant], *, workers: int = 2) -> list[str]:
    """Return the ids of the checks that none of the wrong servers fails, in the order of the suite."""
    load_what_all_need()
    known = _cached()
    left = {check.id: None for check in load_checks() if check.reading is None}
    for found in known.values():
        _strike(left, found)
    _known.update({each.name: each for each in mutants})
    # Those meant for a wrong server first: that is quick, and leaves the fewest for the others.
    for name, failed in _asked([each for each in mutants if f"{each.name}*" not in known], left, workers, meant=True):
        _strike(left, failed)
        _keep(known, f"{name}*", failed)
    for name, failed in _asked([each for each in mutants if each.name not in known], left, workers, meant=False):
        _strike(left, failed)
        _keep(known, name, failed)
    return list(left)


def _strike(left: dict[str, None], failed: Sequence[str]) -> None:
    for each in failed:
        left.pop(each, None)


def _asked(
    mutants: Sequence[Mutant], left: dict[str, None], workers: int, *, meant: bool
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield which checks each wrong server fails, of those that are left when its turn comes."""
    waiting = deque(mutants)
    running: list[tuple[str, AsyncResult[tuple[str, ...]]]] = []
    with pool(workers) as processes:
        while (waiting and left) or running:
            while waiting and left and len(running) < workers:
                mutant = waiting.popleft()
                names = mutant.killed_by if meant else tuple(left)
                running.append((mutant.name, processes.apply_async(_failed_by, (mutant.name, names))))
            running[0][1].wait(_A_MOMENT)
            for each in [one for one in running if one[1].ready()]:
                running.remove(each)
                yield each[0], each[1].get()


def _failed_by(name: str, names: tuple[str, ...]) -> tuple[str, ...]:
    install(_known[name])
    return failed_checks(MOCK, names)[0]


def _cached() -> dict[str, list[str]]:
    try:
        kept = json.loads(CACHE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(kept["failed"]) if kept["of"] == _state() else {}


def _keep(known: dict[str, list[str]], name: str, failed: Sequence[str]) -> None:
    known[name] = list(failed)
    CACHE.parent.mkdir(exist_ok=True)
    CACHE.write_text(json.dumps({"of": _state(), "failed": known}), encoding="utf-8")


@cache
def _state() -> str:
    """Return a digest of every file that decides what becomes of a wrong server."""
    digest = hashlib.sha256()
    for folder in _MATTERS:
        for path in sorted(ROOT.joinpath(folder).rglob("*")):
            if path.suffix in {".py", ".json", ".yaml"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()
