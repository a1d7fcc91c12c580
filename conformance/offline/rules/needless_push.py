"""Nothing is pushed when nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.offline.rules.base import Breach, Rule, decided
from conformance.verdict import Difference

if TYPE_CHECKING:
    from conformance.offline.history import History, Push, Shown
    from conformance.offline.rules.base import Outcome


def judge(history: History) -> Outcome:
    """Judge each push of a count that is shown already, with no figure told since the record was last pushed."""
    breaches, doubts = [], []
    before: dict[object, Push] = {}
    for push in history.pushes:
        last, before[push.key] = before.get(push.key), push
        shown = _shown_before(history, push)
        if push.names_more or shown is None or shown.count != push.count:
            continue
        if last is not None and not last.exchange.succeeded:
            continue  # a try that failed may have been carried out all the same
        since = -1 if last is None else last.exchange.index
        told = [row for row in history.told if since < row.exchange.index < push.exchange.index]
        sku = history.skus.get(push.variant)
        if told and sku is None:
            doubts.append(f"{push.exchange.where}: no answer says which SKU variant {push.variant} has")
        elif not any(row.listing_sku == sku for row in told):
            breaches.append(_breach(history, push, shown))
    nothing = "nothing is pushed in the recording"
    return decided(breaches, doubts, judged=bool(history.pushes) or history.idle, nothing=nothing)


def _shown_before(history: History, push: Push) -> Shown | None:
    known = (each for each in reversed(history.shown.get(push.variant, ())) if each.index < push.exchange.index)
    return next((each for each in known if each.key == push.key), None)


def _breach(history: History, push: Push, shown: Shown) -> Breach:
    earlier = next(each for each in history.exchanges if each.index == shown.index)
    path = f"{push.exchange.where}/request/body/{push.path}"
    expected = f"no push: {earlier.where} shows {shown.count} already, and no figure was told since"
    return Breach(Difference(path, expected, f"{push.count} pushed again"), (earlier, push.exchange))


RULE: Final = Rule(
    id="history.needless-push",
    title="Nothing is pushed when nothing changed",
    requirements=("OM-ACK-04", "IM-SYNC-02"),
    source="requirements OM-ACK-04: only what changed is told, so only what is told need be pushed",
    grade="I",
    why="each needless write takes from the quota, and may put back a unit that was sold meanwhile",
    judge=judge,
)
