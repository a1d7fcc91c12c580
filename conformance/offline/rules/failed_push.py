"""A push that failed must be tried again until one succeeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.offline.rules.base import Breach, Rule, decided
from conformance.verdict import Difference

if TYPE_CHECKING:
    from conformance.offline.history import History, Push
    from conformance.offline.rules.base import Outcome


def judge(history: History) -> Outcome:
    """Judge each record whose last write failed for a reason that may pass."""
    last = {push.key: push for push in history.pushes}
    pending = [push for push in last.values() if push.exchange.may_be_tried_again]
    ended = [push for push in pending if push.exchange.index == history.exchanges[-1].index]
    breaches = [_breach(push) for push in pending if push not in ended]
    doubts = [f"{push.exchange.where}: the recording ends with the push that failed" for push in ended]
    nothing = "nothing is pushed in the recording"
    return decided(breaches, doubts, judged=bool(history.pushes) or history.idle, nothing=nothing)


def _breach(push: Push) -> Breach:
    answered = "no answer" if push.exchange.status is None else f"answered {push.exchange.status}"
    expected = f"another try for variant {push.variant} until one succeeds"
    path = f"{push.exchange.where}/request/body/{push.path}"
    return Breach(Difference(path, expected, f"{answered}, and never tried again"), (push.exchange,))


RULE: Final = Rule(
    id="history.failed-push",
    title="A push that failed is tried again until one succeeds",
    requirements=("OM-ACK-05", "MP-INV-06"),
    source="requirements OM-ACK-05: an update that is dropped is lost; invariant no_lost_update",
    grade="I",
    why="no answer, a failing or a busy server (408, 425, 429, 5xx) says nothing of the update, which is still due",
    judge=judge,
)
