"""A warehouse's levels on their way to Order Manager."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from conformance.certify.history import last
from conformance.certify.scenarios import refusals
from conformance.certify.scenarios.scene import Scene
from conformance.certify.stage import Finding
from conformance.certify.warehouse_world import EAST, OWN, OWN_NAME, household
from conformance.verdict import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.certify.history import Exchange
    from conformance.certify.stage import Stage

VARIABLES: Final = {
    "WAREHOUSE_NAME": OWN_NAME,
    "WAREHOUSE_ID": str(OWN),
    "WAREHOUSE_LEVELS": "{folder}/levels.json",
    "WAREHOUSE_ORDERS": "{folder}/orders.json",
    "WAREHOUSE_SHIPMENTS": "{folder}/shipments.json",
}
ROUTE: Final = "/inventory"

# What the warehouse has available: a row for each lot.
LEVELS: Final = [
    {"sku": "CUP", "available": 12},
    {"sku": "PLATE", "available": 4},
    {"sku": "JUG", "available": 0},
    {"sku": "BOWL", "available": 10},
    {"sku": "PLATE", "available": 3},
    {"sku": "TRAY", "available": 8},
]
# On hand in Order Manager afterwards, by hand: 10 locked bowls and 10 in the warehouse are 20, two lots of plates 7.
ON_HAND: Final = {"CUP": 12, "JUG": 0}
UNLOCKED: Final = {"BOWL": 20}
SUMMED: Final = {"PLATE": 7}
EVERY: Final = {**ON_HAND, **UNLOCKED, **SUMMED, "TRAY": 8}


def tell(stage: Stage, *, levels: object = (), shipments: object = ()) -> None:
    """Write the warehouse's files, everything up to now in each."""
    for name, rows in (("levels", levels), ("shipments", shipments)):
        draft = stage.folder / f"{name}.json.new"
        draft.write_text(json.dumps(list(rows)), encoding="utf-8")  # type: ignore[call-overload]
        draft.replace(stage.folder / f"{name}.json")


def stock(stage: Stage) -> dict[tuple[str, int], dict[str, Any]]:
    """Return Order Manager's stock rows by master SKU and warehouse."""
    rows = stage.document().get("order_manager", {}).get("stock", [])
    return {(str(row["master_sku"]), int(row["warehouse"])): row for row in rows}


def wrong_levels(stage: Stage, wanted: Mapping[str, int]) -> tuple[Difference, ...]:
    """Return where the warehouse's on hand in Order Manager is another."""
    rows = stock(stage)
    found = {sku: rows.get((sku, OWN), {}).get("on_hand") for sku in wanted}
    return tuple(
        Difference(f"{sku} in {OWN_NAME}, units on hand", units, found[sku])
        for sku, units in wanted.items()
        if found[sku] != units
    )


def writes(stage: Stage, since: int = 0) -> list[Exchange]:
    """Return the writes of stock."""
    return [each for each in stage.history.all(since) if each.method in ("POST", "PUT") and ROUTE in each.path]


def levels(stage: Stage) -> Iterator[Finding]:
    """Report levels twice."""
    before = stock(stage)
    tell(stage, levels=LEVELS)
    stage.sync()
    stage.settle_daemon(lambda: not wrong_levels(stage, EVERY))
    shown = last(writes(stage), 4)
    yield Finding("certify.warehouse.levels-arrive", wrong_levels(stage, ON_HAND), shown)
    yield Finding("certify.warehouse.levels-are-unlocked", wrong_levels(stage, UNLOCKED), shown)
    yield Finding("certify.warehouse.lots-are-summed", wrong_levels(stage, SUMMED), shown)
    yield _others(stage, before)
    after_first = stock(stage)
    stage.idle()
    yield _repeated(stage, after_first)


def _others(stage: Stage, before: dict[tuple[str, int], dict[str, Any]]) -> Finding:
    check = "certify.warehouse.own-warehouse-only"
    if not writes(stage):
        return Finding(check, missing="no stock was written")
    now = stock(stage)
    differences = [
        Difference(f"{key[0]} in East, units on hand", row["on_hand"], now.get(key, {}).get("on_hand"))
        for key, row in before.items()
        if key[1] == EAST and now.get(key) != row
    ]
    return Finding(check, tuple(differences), last(writes(stage)))


def _repeated(stage: Stage, before: dict[tuple[str, int], dict[str, Any]]) -> Finding:
    check = "certify.warehouse.repeat-is-harmless"
    if not writes(stage):
        return Finding(check, missing="no stock was written")
    now = stock(stage)
    differences = [
        Difference(
            f"{sku}, warehouse {house}, units on hand", before.get((sku, house), {}).get("on_hand"), row["on_hand"]
        )
        for (sku, house), row in now.items()
        if row != before.get((sku, house))
    ]
    return Finding(check, tuple(differences), last(writes(stage)))


def unknown(stage: Stage) -> Iterator[Finding]:
    """Report a SKU that Order Manager does not know, and one without a starting inventory, before another."""
    before = stage.document()["order_manager"]
    rows = [{"sku": "NOBODY", "available": 3}, {"sku": "VASE", "available": 9}, {"sku": "SPOON", "available": 30}]
    tell(stage, levels=rows)
    stage.sync()
    stage.settle_daemon(lambda: not wrong_levels(stage, {"SPOON": 30}))
    now = stage.document()["order_manager"]
    created = [
        Difference(f"Order Manager, {what}", len(before[what]), len(now[what]))
        for what in ("products", "stock")
        if len(now[what]) != len(before[what])
    ]
    differences = (*wrong_levels(stage, {"SPOON": 30}), *created)
    yield Finding("certify.warehouse.unknown-product", differences, last(writes(stage)))


def failed_write(stage: Stage) -> Iterator[Finding]:
    """Refuse every write of stock for a run."""
    tell(stage, levels=LEVELS[:1])

    def is_write(exchange: Exchange) -> bool:
        return exchange.method in ("POST", "PUT") and ROUTE in exchange.path

    fault = stage.plan.add("the harness refused it", is_write, refusals.unavailable())
    stage.sync()
    stage.plan.clear()
    stage.require(fault.fired, "no stock was written")
    stage.settle(lambda: not wrong_levels(stage, {"CUP": 12}))
    yield Finding("certify.warehouse.failed-write", wrong_levels(stage, {"CUP": 12}), last(writes(stage)))


def quota(stage: Stage) -> Iterator[Finding]:
    """Answer the first request with 429 and a wait in milliseconds."""
    tell(stage, levels=LEVELS[:1])
    fault = refusals.quota(stage, lambda _each: True)
    stage.sync()
    stage.require(fault.fired, "the integration called nothing")
    refused = fault.fired[0]
    early, differences = refusals.too_early(stage, refused)
    stage.settle(lambda: not wrong_levels(stage, {"CUP": 12}))
    wrong = wrong_levels(stage, {"CUP": 12})
    yield Finding("certify.warehouse.quota-waited-out", (*differences, *wrong), (refused, *early))


SCENES: Final = (
    Scene("warehouse-levels", household, levels, VARIABLES),
    Scene("warehouse-unknown", household, unknown, VARIABLES),
    Scene("warehouse-failed-write", household, failed_write, VARIABLES),
    Scene("warehouse-quota", household, quota, VARIABLES),
)
