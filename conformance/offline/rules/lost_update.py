"""An acknowledged change that is never pushed is a number that a channel goes on showing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.offline.rules.base import Breach, Rule, decided
from conformance.verdict import Difference

if TYPE_CHECKING:
    from conformance.offline.history import History, Push, Told
    from conformance.offline.rules.base import Outcome


def judge(history: History) -> Outcome:
    """Judge the last figure told of each listing: it must be pushed, or be shown already."""
    breaches, doubts = [], []
    for row in _last_told(history):
        if row.listing_sku in history.missing_skus:
            continue  # the marketplace has no such variant: nothing to push to
        if row.listing_sku not in history.variants:
            doubts.append(f"{row.exchange.where}: no answer says which variant has the SKU {row.listing_sku!r}")
            continue
        later = [push for push in history.pushes_to(row.listing_sku) if push.exchange.index > row.exchange.index]
        if any(push.count == row.figure for push in later) or _is_shown(history, row):
            continue
        if not later and row.exchange.index == history.exchanges[-1].index:
            doubts.append(f"{row.exchange.where}: the recording ends with the answer that told {row.listing_sku!r}")
        else:
            breaches.append(_breach(row, later))
    nothing = "no acknowledge call is answered in the recording"
    return decided(breaches, doubts, judged=bool(history.reads), nothing=nothing)


def _last_told(history: History) -> list[Told]:
    """Return the last row of each listing: an older figure is superseded."""
    return list({(row.channel, row.listing_sku): row for row in history.told}.values())


def _is_shown(history: History, row: Told) -> bool:
    """Return whether a record of the caller shows the figure anyway in the end, or never sells out."""
    for variant in history.variants[row.listing_sku]:
        latest = {shown.key: shown for shown in history.shown.get(variant, ()) if history.own(shown.key)}
        if len(latest) > 1:
            latest.pop((variant, None), None)  # the sum over the sellers
        if any(shown.infinite or shown.count == row.figure for shown in latest.values()):
            return True
    return False


def _breach(row: Told, later: list[Push]) -> Breach:
    expected = f"{row.figure} pushed after it was acknowledged in {row.exchange.where}"
    actual = f"pushed {', '.join(str(push.count) for push in later[:5])}" if later else "never pushed"
    path = f"{row.exchange.where}/{row.listing_sku}"
    return Breach(Difference(path, expected, actual), (row.exchange, *(push.exchange for push in later[:5])))


RULE: Final = Rule(
    id="history.lost-update",
    title="Every figure that was acknowledged is pushed, or superseded by one that is",
    requirements=("OM-ACK-03", "OM-ACK-04", "OM-ACK-05"),
    source="requirements OM-ACK-05: reading is acknowledging, so what is not pushed is lost; invariant no_lost_update",
    grade="I",
    why="the feed does not tell it again, so the marketplace goes on showing the old number",
    judge=judge,
)
