"""Counts are whole numbers and never below zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.offline.history import ABSENT
from conformance.offline.rules.base import Breach, Rule, decided
from conformance.verdict import Difference

if TYPE_CHECKING:
    from conformance.offline.history import History
    from conformance.offline.rules.base import Outcome


def judge(history: History) -> Outcome:
    """Judge every count that was pushed, whatever came of it."""
    counted = [push for push in history.pushes if push.count is not ABSENT]
    breaches = [
        Breach(
            Difference(f"{push.exchange.where}/request/body/{push.path}", "a whole number, 0 or more", push.count),
            (push.exchange,),
        )
        for push in counted
        if not _is_count(push.count)
    ]
    return decided(breaches, (), judged=bool(counted) or history.idle, nothing="no count is pushed in the recording")


def _is_count(value: object) -> bool:
    # True is an int in Python, and 7.0 is no integer as JSON writes one.
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


RULE: Final = Rule(
    id="history.whole-counts",
    title="Every count that is pushed is a whole number, 0 or more",
    requirements=("IM-SYNC-10", "MP-INV-01"),
    source="requirements IM-SYNC-10, whole numbers only; MP-INV-06, to empty a record send 0",
    grade="D",
    why="half a unit or less than none cannot be shown to a shopper",
    judge=judge,
)
