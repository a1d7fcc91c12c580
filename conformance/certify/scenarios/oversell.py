"""
Oversells: sales on the marketplace and elsewhere, a sync, and a shopper who buys all that is shown.

What is sold before the sync is the exposure of its interval and not judged; what is sold after it must be there.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

from conformance.certify import plan
from conformance.certify.scenarios import refusals
from conformance.certify.scenarios.scene import Scene
from conformance.certify.stage import Finding
from conformance.certify.world import POOL, SHOP, SHOP_PREFIX, lite
from conformance.verdict import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.certify.stage import Stage

_numbers = itertools.count(1)


def _elsewhere(units: int) -> dict[str, Any]:
    """Return the command of an order on the other sales channel."""
    lines = [{"listing_sku": SHOP_PREFIX + POOL.sku, "quantity": units}]
    return {"type": "order.create", "sales_channel": SHOP, "order_number": f"S-{next(_numbers)}", "lines": lines}


def _here(stage: Stage, units: int) -> dict[str, Any]:
    """Return the command of a shopper who buys on the marketplace."""
    variant = stage.account.variant_id(POOL)
    return {"type": "marketplace.sell", "variant": variant, "seller": stage.account.seller, "quantity": units}


def _shown(stage: Stage) -> int:
    variant = stage.account.variant_id(POOL)
    assert variant is not None  # noqa: S101 - it is on the marketplace
    return int(stage.records().get((variant, stage.account.seller), {}).get("count_on_hand") or 0)


def _sell_out(stage: Stage, check: str, sold: int, since: int) -> Finding:
    """Let a shopper buy all that is shown; more than is left was oversold."""
    shown = _shown(stage)
    bought = shown if shown > 0 and stage.attempt(_here(stage, shown)) else 0
    left = POOL.on_hand - sold
    oversold = max(0, bought - left)
    evidence = stage.evidence([POOL], since)
    if not oversold:
        return Finding(check, (), evidence)
    expected = f"0 (of {POOL.on_hand} units {sold} are sold, at most {left} may be shown)"
    return Finding(
        check, (Difference(f"{POOL.sku}, units oversold", expected, f"{oversold} ({shown} were shown)"),), evidence
    )


def _begun(stage: Stage) -> int:
    stage.sync()
    stage.require(_shown(stage) == POOL.on_hand, "the first sync did not bring the figure: nothing can be said")
    return stage.history.length


def other_channel(stage: Stage) -> Iterator[Finding]:
    """Sell 4 of 10 elsewhere."""
    since = _begun(stage)
    stage.change(_elsewhere(4))
    stage.sync()
    yield _sell_out(stage, "certify.oversell-other-channel", 4, since)


def own_sale(stage: Stage) -> Iterator[Finding]:
    """Sell 3 of 10 on the marketplace itself, and sync twice: no older number may come back."""
    since = _begun(stage)
    stage.change(_here(stage, 3))
    stage.sync()
    stage.idle()
    yield _sell_out(stage, "certify.oversell-own-sale", 3, since)


def sold_out(stage: Stage) -> Iterator[Finding]:
    """Sell the last unit elsewhere."""
    since = _begun(stage)
    stage.change(_elsewhere(POOL.on_hand))
    stage.sync()
    yield _sell_out(stage, "certify.oversell-sold-out", POOL.on_hand, since)


def late_retry(stage: Stage) -> Iterator[Finding]:
    """Let the write of 8 fail, and sell 6 more before the next run."""
    since = _begun(stage)
    stage.change(_elsewhere(2))
    variant = stage.account.variant_id(POOL)
    act = refusals.unavailable()
    fault = stage.plan.add("the harness refused it", lambda each: each.is_push and each.variant == variant, act)
    stage.sync()
    stage.require(fault.fired, "the figure was not written")
    stage.change(_elsewhere(6))
    stage.plan.clear()
    stage.settle(lambda: _shown(stage) == POOL.on_hand - 8)
    stage.idle()
    yield _sell_out(stage, "certify.oversell-late-retry", 8, since)


def sale_during_push(stage: Stage) -> Iterator[Finding]:
    """Sell 2 elsewhere, and 3 on the marketplace while the write of 8 is on its way."""
    since = _begun(stage)
    stage.change(_elsewhere(2))
    variant = stage.account.variant_id(POOL)
    act = plan.after(lambda: stage.change(_here(stage, 3)))
    fault = stage.plan.add(
        "a shopper bought 3 just before", lambda each: each.is_push and each.variant == variant, act, 1
    )
    stage.sync()
    stage.require(fault.fired, "the figure was not written")
    stage.plan.clear()
    stage.settle(lambda: _shown(stage) == POOL.on_hand - 5)
    yield _sell_out(stage, "certify.oversell-sale-during-push", 5, since)


SCENES: Final = (
    Scene("oversell-other-channel", lite, other_channel),
    Scene("oversell-own-sale", lite, own_sale),
    Scene("oversell-sold-out", lite, sold_out),
    Scene("oversell-late-retry", lite, late_retry),
    Scene("oversell-sale-during-push", lite, sale_during_push),
)
