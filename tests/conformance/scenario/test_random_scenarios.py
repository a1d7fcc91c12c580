"""Random scenarios: whatever happens, the shelf adds up, a second run is the same, and the safe protocol is safe."""

from __future__ import annotations

from random import Random

import pytest

from conformance.scenario.loading import loads
from conformance.scenario.run import run_plan
from conformance.scenario.text import dump

CHANNELS = {"mkt": {"MUG-M": "MUG", "CUP-M": "CUP", "SET-M": "SET"}, "shop": {"MUG-S": "MUG"}}
SAFE = {"push": "watermark", "guard": "version", "fence": True, "ack": "after-push"}


def some_connector(chance):
    every = chance.choice(["every 1m", "every 5m", "every 15m", "never"])
    return {
        "poll": every,
        "push_takes": chance.choice(["0s", "30s", "2m", "20m"]),
        "push": chance.choice(["set", "cas", "watermark"]),
        "ack": chance.choice(["when-read", "after-push", "by-listing"]),
        "full_sync": chance.choice(["never", "every 30m"]),
        "guard": chance.choice(["none", "version"]),
        "fence": chance.choice([True, False]),
        "batch": chance.choice(["per-item", "whole"]),
        "quantity": chance.choice(["figure", "figure", "total", "pooled"]),
        "feed": chance.choice(["figures", "stocks"]),
        "gate": chance.choice(["none", "none", "new-counts"]),
        "resolution": chance.choice(["0s", "1s"]),
        "staging": chance.choice(["never", "every 10m"]),
        "cursor": chance.choice(["own", "shared"]),
        "paging": "offset",
        "page": 1,
        "rate": chance.choice(["1/s", "2/m"]),
        "buffer": chance.randint(0, 2),
        "channels": {"shop": {"poll": chance.choice(["every 7m", "never"])}},
    }


def some_event(chance, orders):
    at = f"{chance.randint(0, 110)}m"
    channel = chance.choice(list(CHANNELS))
    listing = chance.choice(list(CHANNELS[channel]))
    place = {"product": chance.choice(["MUG", "CUP", "TRAY"]), "warehouse": chance.choice(["W1", "W2"])}
    kind = chance.randint(0, 11)
    if kind <= 4 or not orders:
        orders.append(f"O{len(orders)}")
        return {
            "at": at,
            "order": {"id": orders[-1], "channel": channel, "listing": listing, "qty": chance.randint(1, 4)},
        }
    if kind == 5:
        return {"at": at, chance.choice(["cancel", "hold", "release", "ship"]): {"order": chance.choice(orders)}}
    if kind == 6:
        return {"at": at, "receive": {**place, "units": chance.randint(1, 5)}}
    if kind == 7:
        return {"at": at, "adjust": {**place, "by": chance.choice([-2, -1, 1, 3])}}
    if kind == 8:
        return {"at": at, "count": {**place, "arrives": chance.choice(["0s", "10m", "1h"])}}
    if kind == 9:
        return {"at": at, "exclude": {"channel": channel, "warehouses": chance.choice([[], ["W1"], ["W2"]])}}
    if kind == 10:
        return {"at": at, "rule": {"channel": "*", "type": "percent", "value": chance.choice([30, 50, 100])}}
    return {"at": at, "sync": {"full": chance.choice([True, False])}}


def some_fault(chance):
    step, kinds = chance.choice([
        ("mkt.push", ["lose", "duplicate", "delay", "reorder", "reject", "throttle", "crash"]),
        ("shop.push", ["lose", "duplicate", "delay", "reorder", "reject"]),
        ("connector.poll", ["crash", "lose", "delay"]),
        ("om.import", ["lose", "duplicate", "delay"]),
        ("om.receive", ["lose", "duplicate"]),
        ("om.cancel", ["duplicate"]),
        ("om.count", ["duplicate", "delay", "lose"]),
    ])  # fmt: skip
    kind = chance.choice(kinds)
    extra = {"crash": {"back_after": "5m"}, "throttle": {"lasts": "20m"}}.get(kind, {})
    return {"during": f"{step}#{chance.randint(1, 3)}", "fault": kind, **extra}


def document_of(seed, connector=None):
    chance = Random(seed)
    orders = []
    events = [some_event(chance, orders) for _ in range(chance.randint(5, 25))]
    faults = [some_fault(chance) for _ in range(chance.randint(0, 3))]
    return {
        "format": "stockproof/scenario/1",
        "id": f"random-{seed}",
        "seed": seed,
        "clock": {"start": "2026-01-05T09:00:00Z", "until": "3h"},
        "given": {
            "warehouses": ["W1", "W2"],
            "products": {
                "MUG": {"on_hand": {"W1": chance.randint(0, 10), "W2": 3}, "locked": {"W1": chance.randint(0, 2)}},
                "CUP": {"on_hand": {"W1": 6}},
                "TRAY": {"on_hand": {"W1": 2, "W2": 2}},
                "SET": {"bundle": {"CUP": 2, "TRAY": 1}},
            },
            "channels": {name: {"listings": listings} for name, listings in CHANNELS.items()},
            "connector": connector or some_connector(chance),
        },
        "when": [*events, *faults, {"orders": {"poisson": "6/h", "channel": "mkt", "qty": {1: "90%", 3: "10%"}}}],
    }


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_the_shelf_adds_up_and_a_second_run_is_the_same(seed):
    """The ledger holds, nothing is shown below zero, and oversold is what is promised less what can be delivered."""
    plan = loads(dump(document_of(seed)), source="random.yaml").plans[0]
    first, second = run_plan(plan), run_plan(plan)

    assert first.log.entries == second.log.entries
    assert (dict(first.metrics), dict(first.more)) == (dict(second.metrics), dict(second.more))
    assert {"ledger", "shown_not_negative"} & first.breaks.keys() == set()
    assert ("no_oversell" in first.breaks) == (first.metrics["peak_oversold_units"] > 0)
    assert first.metrics["oversold_units"] <= first.more["oversold_units_as_routed"]
    assert first.metrics["oversold_units"] == first.more["promised_units"] - first.more["deliverable_units"]


def only_orders(seed):
    """Return a scenario of one product on two channels with orders and connector faults, and books that are right."""
    chance = Random(seed)
    orders = [
        {
            "at": f"{chance.randint(0, 6000)}s",
            "order": {"id": f"O{number}", "channel": channel, "listing": listing, "qty": 1},
        }
        for number in range(chance.randint(5, 20))
        for channel, listing in [chance.choice([("mkt", "MUG-M"), ("shop", "MUG-S")])]
    ]
    faults = [
        {"during": f"{chance.choice(['mkt', 'shop'])}.push#{chance.randint(1, 4)}", "fault": kind, "by": "8m"}
        for kind in ("delay", "duplicate", "reorder")
        if chance.random() < 0.5
    ] + [{"during": f"connector.poll#{chance.randint(1, 5)}", "fault": "crash", "back_after": "4m"}]
    total = chance.choice([4, 6, 10])
    return {
        "format": "stockproof/scenario/1",
        "clock": {"start": "2026-01-05T09:00:00Z", "until": "3h"},
        "given": {
            "warehouses": ["W1"],
            "products": {"MUG": {"on_hand": {"W1": total}}},
            "channels": {"mkt": {"listings": {"MUG-M": "MUG"}}, "shop": {"listings": {"MUG-S": "MUG"}}},
            "rules": [{"channel": "*", "type": "percent", "value": 50}],
            "connector": {"poll": "every 4m", "push_takes": chance.choice(["0s", "1m", "6m"]), **SAFE},
        },
        "when": [*orders, *faults],
    }


@pytest.mark.parametrize("seed", range(40))
def test_fence_watermark_and_guard_never_oversell(seed):
    """Half each with a fence, orders included, newer numbers only: no order, crash, delay or duplicate oversells."""
    outcome = run_plan(loads(dump(only_orders(seed)), source="random.yaml").plans[0])

    assert outcome.metrics["peak_oversold_units"] == 0
    assert "no_erased_sale" not in outcome.breaks
