"""
On which behaviours an answer rests.

A route says which behaviours it can show; of those that make figures, an answer names only what the world uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

# What a world must make use of before a behaviour can have mattered; any one of the features is enough.
# Behaviours that are not named here always matter.
NEEDED: Final[Mapping[str, frozenset[str]]] = {
    behaviour: frozenset(features.split())
    for features, behaviours in {
        "rules channel-rules": "OM-ALLOC-01 OM-ALLOC-02 OM-ALLOC-03 OM-ALLOC-11",
        "percentages": "OM-ALLOC-05 OM-ALLOC-06 alloc.percent-range",
        "caps": "OM-ALLOC-07",
        "minimum-pairs": (
            "OM-ALLOC-08 OM-ALLOC-09 OM-ALLOC-10"
            " alloc.regime-quantity alloc.minimum-scope alloc.minimum-locations OUR-10"
        ),
        "lone-rules": "alloc.absent-minimum-pair OUR-09",
        "channel-rules": "alloc.channel-wide-rule",
        "shared-channels": "OM-ALLOC-12 alloc.listings-share",
        "product-exclusions": "OM-EXCL-01",
        "channel-exclusions": "OM-EXCL-02",
        "product-exclusions channel-exclusions": "OM-EXCL-03",
        "locked": "OM-AVAIL-02",
        "closed-locations": "OM-AVAIL-03",
        "bundles": "OM-AVAIL-05 OUR-08 avail.bundle-exclusions orders.bundle-draw",
        "orders": (
            "OM-AVAIL-06 OM-AVAIL-07 OM-AVAIL-08 orders.routing orders.hold orders.awaiting-payment"
            " OUR-04 OUR-05 OUR-06 OUR-07"
        ),
        "debts": "alloc.negative-available",
        "backorders": "alloc.backorders",
        "fba-warehouses": "alloc.fba-stock",
        "wfs-warehouses": "alloc.wfs-stock",
        "fba-listings": "alloc.fba-listings",
        "push-off": "listing.push-off OM-PUSH-04",
        "inactive-listings": "listing.inactive",
        "inactive-channels": "channel.inactive",
        "inactive-products": "product.inactive",
        "variation-parents": "listing.variation-parent",
        "inactive-listings variation-parents fba-listings inactive-channels inactive-products": "OUR-18",
        "fba-warehouses wfs-warehouses backorders": "OUR-19",
    }.items()
    for behaviour in behaviours.split()
}

_FIGURES: Final = ("OM-ALLOC-", "OM-EXCL-", "OM-AVAIL-", "alloc.", "avail.", "orders.")


def grounds(ids: Iterable[str], features: Collection[str], *, has_rows: bool) -> list[str]:
    """Return the ids, in their order, that an answer rests on; without rows it says nothing of how figures are made."""
    return [
        each
        for each in ids
        if (has_rows or not each.startswith(_FIGURES)) and (each not in NEEDED or not NEEDED[each].isdisjoint(features))
    ]
