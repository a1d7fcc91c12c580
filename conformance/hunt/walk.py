"""The random part, past the bound of the exhaustive one: seeded walks that lean towards states with much to lose."""

from __future__ import annotations

import random
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Final

from conformance.hunt.books import Books
from conformance.hunt.moves import Moves
from conformance.hunt.search import Found
from conformance.hunt.shrink import shrunk

if TYPE_CHECKING:
    from conformance.hunt.channel import Move, Seller
    from conformance.hunt.moves import Next
    from conformance.hunt.question import Question

LONGEST: Final = 60
LEAN: Final = 0.3


def walk(question: Question, *, seed: int, seconds: float, walks: int = 1_000_000) -> tuple[Found | None, int]:
    """
    Return a way to break an invariant, shortened, and how many events were tried; None when no walk met one.

    The walks are the same for the same seed; ``seconds`` only says after how many of them to stop.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret hangs on it
    moves = Moves(question, Books(question))
    until, tried = time.monotonic() + seconds, 0
    for _ in range(walks):
        path, invariant = _one(moves, chance)
        tried += len(path)
        if invariant is not None:
            return Found(invariant, shrunk(question, path, invariant), minimal=False), tried
        if time.monotonic() > until:
            break
    return None, tried


def walk_together(
    question: Question, *, seed: int, seconds: float, workers: int, walks: int = 1_000_000
) -> tuple[Found | None, int]:
    """
    Return the shortest of what several walkers find, each with a seed of its own, and how many events they tried.

    The first walker has the seed itself, the next one the number after it; of two as short, the first one's counts.
    """
    one = partial(walk, question, seconds=seconds, walks=walks)
    if workers == 1:
        return one(seed=seed)
    with ProcessPoolExecutor(workers) as pool:
        answers = [each.result() for each in [pool.submit(one, seed=seed + number) for number in range(workers)]]
    ways = [found for found, _ in answers if found is not None]
    return min(ways, key=lambda found: len(found.moves), default=None), sum(tried for _, tried in answers)


def _one(moves: Moves, chance: random.Random) -> tuple[tuple[Move, ...], str | None]:
    state, path = moves.start(), []
    for _ in range(LONGEST):
        possible = moves.after(state)
        if not possible:
            break
        move, state, breaks = _chosen(moves, possible, chance)
        path.append(move)
        broken = breaks or moves.breaks_at_rest(state)
        if broken is not None:
            return tuple(path), broken
    return tuple(path), None


def _chosen(moves: Moves, possible: list[Next], chance: random.Random) -> Next:
    if chance.random() < LEAN:
        exposures = [exposed(moves.sellers(after)) for _, after, _ in possible]
        most = max(exposures)
        possible = [each for each, units in zip(possible, exposures, strict=True) if units == most]
    return possible[chance.randrange(len(possible))]


def exposed(sellers: list[Seller]) -> int:
    """Return the units that the channels show now or are about to show, and orders that nobody has been told of."""
    return sum(
        sum(row[0] + row[1] for row in listings) + sum(message[1] for message in (*queue, *flight))
        for listings, queue, flight in sellers
    )
