"""What a rule is and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.offline.history import Exchange, History
    from conformance.verdict import Difference

Status = Literal["violated", "consistent", "undecided"]
MOST_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule says of one history: where it was broken, or why that cannot be said."""

    status: Status
    differences: tuple[Difference, ...] = ()
    because: str | None = None
    shown_by: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, with who says so."""

    id: str
    title: str
    requirements: tuple[str, ...]
    source: str
    grade: str
    why: str
    judge: Callable[[History], Outcome]


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where a rule is broken, and the exchanges that show it."""

    difference: Difference
    shown_by: tuple[Exchange, ...]


def violated(breaches: Iterable[Breach]) -> Outcome:
    """Return the outcome for these breaches; there is at least one."""
    found = list(breaches)
    exchanges: dict[int, Exchange] = {}
    for breach in found:
        exchanges |= {each.index: each for each in breach.shown_by}
    shown = tuple(exchanges[index] for index in sorted(exchanges)[:MOST_SHOWN])
    return Outcome("violated", tuple(breach.difference for breach in found[:MOST_SHOWN]), shown_by=shown)


def decided(breaches: Iterable[Breach], doubts: Iterable[str], *, judged: bool, nothing: str) -> Outcome:
    """
    Return violated for any breach; undecided for any doubt, or when nothing could be judged; consistent otherwise.

    ``nothing`` says what the recording lacks when nothing could be judged.
    """
    found, doubtful = list(breaches), list(doubts)
    if found:
        return violated(found)
    if doubtful:
        more = f" (and {len(doubtful) - 1} more)" if len(doubtful) > 1 else ""
        return Outcome("undecided", because=doubtful[0] + more)
    return Outcome("consistent") if judged else Outcome("undecided", because=nothing)
