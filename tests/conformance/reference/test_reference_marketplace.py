"""The reference integration brings figures to the marketplace, whatever goes wrong on the way."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from reference_runs import ACKNOWLEDGE, MEMBER, OWNER, ROOT, environment, shown, start, sync, writes

from mockserver.testing.remote import ServedWorld

# The figures of the demo world's channel 5394, worked out in the comments of fixtures/worlds/demo.yaml, by variant.
DEMO = {1: 9, 2: 35, 3: 4, 4: 4, 5: 25, 6: 50, 7: 8, 8: 6, 9: 23, 10: 2, 11: 0}
STOCK_OF_TEAPOTS = {"type": "stock.set", "master_sku": "TEAPOT", "warehouse": 1}


def teapots(world: ServedWorld, units: int) -> None:
    world.run({**STOCK_OF_TEAPOTS, "on_hand": units})


def pending(folder: Path) -> list[tuple[str, int]]:
    with sqlite3.connect(folder / "outbox.sqlite") as file:
        found = file.execute("SELECT sku, figure FROM figures ORDER BY sku").fetchall()
    file.close()
    return found


def test_the_demo_worlds_figures_arrive_and_nothing_else_changes(stockproof_world: ServedWorld, tmp_path: Path) -> None:
    """OM-ACK-03, MP-INV-06: what the channel may show is shown, zeros too; other sellers and prices stay."""
    before = stockproof_world.document()["marketplacer"]

    code, logged = sync(tmp_path, environment(stockproof_world))

    after = stockproof_world.document()["marketplacer"]
    others = [each for each in before["inventories"] if each["seller"] != OWNER]
    assert (code, shown(stockproof_world)) == (0, DEMO)
    assert [each for each in after["inventories"] if each["seller"] != OWNER] == others
    assert next(each for each in after["inventories"] if each["id"] == 1)["sale_price"] == "450"
    assert stockproof_world.tokens[0] not in logged


def test_a_single_sellers_variant_gets_its_own_count(stockproof_world: ServedWorld, tmp_path: Path) -> None:
    """MP-INV-13: the poster is not shared between stores; its figure of 0 goes to the variant itself."""
    sync(tmp_path, environment(stockproof_world))

    variants = stockproof_world.document()["marketplacer"]["variants"]
    assert next(each for each in variants if each["sku"] == "POSTER-A2-MP")["count_on_hand"] == 0


def test_nothing_is_written_when_nothing_changed(stockproof_world: ServedWorld, tmp_path: Path) -> None:
    """OM-ACK-04."""
    sync(tmp_path, environment(stockproof_world))
    before = writes(stockproof_world)

    sync(tmp_path, environment(stockproof_world))

    assert writes(stockproof_world) == before


def test_a_members_key_writes_the_members_record(stockproof_world: ServedWorld, tmp_path: Path) -> None:
    """MP-INV-04: single-seller variants are not the member's to see; all others are shown."""
    owners = shown(stockproof_world)

    sync(tmp_path, environment(stockproof_world, MEMBER))

    assert shown(stockproof_world, MEMBER) == DEMO
    assert shown(stockproof_world) == owners


@pytest.mark.parametrize(
    "action", [{"type": "status", "status": 422}, {"type": "truncate", "bytes": 5}], ids=["422", "half an answer"]
)
def test_a_failed_push_waits_in_the_outbox(
    stockproof_world: ServedWorld, tmp_path: Path, action: dict[str, object]
) -> None:
    """OM-ACK-05: it is not told again, so it is kept until the marketplace has it."""
    sync(tmp_path, environment(stockproof_world))
    teapots(stockproof_world, 41)
    fault = stockproof_world.add_fault({"match": {"method": "PUT"}, "action": action})
    code, _ = sync(tmp_path, environment(stockproof_world))
    stockproof_world.remove_fault(fault)

    assert (code, pending(tmp_path)) == (1, [("TEAPOT-MP", 41)])
    assert sync(tmp_path, environment(stockproof_world))[0] == 0
    assert shown(stockproof_world)[6] == 41
    assert pending(tmp_path) == []


def test_a_crash_between_reading_and_writing_loses_nothing(stockproof_world: ServedWorld, tmp_path: Path) -> None:
    """OM-ACK-05: killed at its first write, it goes on from the outbox; Order Manager has nothing more to tell."""
    settings = environment(stockproof_world)
    killed = subprocess.run([sys.executable, "-c", DIES_AT_THE_FIRST_WRITE], cwd=tmp_path, env=settings, check=False)
    last_read = stockproof_world.requests(operation_id=ACKNOWLEDGE)[-1]

    assert killed.returncode == -signal.SIGKILL
    assert last_read["response_body"] == []
    assert len(pending(tmp_path)) == len(DEMO) + 1
    assert sync(tmp_path, settings)[0] == 0
    assert shown(stockproof_world) == DEMO


DIES_AT_THE_FIRST_WRITE = """
import os, signal
from conformance.reference.order_manager_to_marketplacer import Marketplacer, main
Marketplacer.write = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
main()
"""


@pytest.mark.parametrize("when_first", [True, False], ids=["first sync", "later"])
def test_rows_whose_reply_was_lost_are_told_again_by_the_other_version(
    stockproof_world: ServedWorld, tmp_path: Path, *, when_first: bool
) -> None:
    """OM-ACK-05, OM-ACK-06: the marker of v1.2 has moved; v1.1 has one of its own."""
    settings = environment(stockproof_world)
    if not when_first:
        sync(tmp_path, settings)
        teapots(stockproof_world, 33)
    stockproof_world.add_fault(
        {"match": {"operation_id": ACKNOWLEDGE}, "times": 1, "action": {"type": "reset", "when": "after"}}
    )

    assert sync(tmp_path, settings)[0] == 0

    assert stockproof_world.faults()[0]["fired_times"] == 1
    assert shown(stockproof_world) == (DEMO if when_first else {**DEMO, 6: 33})


def test_the_wait_that_is_asked_for_is_kept(stockproof_world: ServedWorld, tmp_path: Path) -> None:
    """OM-API-08: the header is in milliseconds."""
    headers = {"x-skubana-quota-retryAfter": "700"}
    stockproof_world.add_fault(
        {
            "match": {"operation_id": ACKNOWLEDGE},
            "times": 1,
            "action": {"type": "status", "status": 429, "headers": headers},
        }
    )
    began = time.monotonic()

    code, _ = sync(tmp_path, environment(stockproof_world))

    assert code == 0
    assert 0.7 <= time.monotonic() - began < 10


def test_a_listing_that_is_refused_blocks_no_other(stockproof_world: ServedWorld, tmp_path: Path) -> None:
    """OM-PUSH-03: one listing's error is its own. The lowest figures go out first: the chair's 0 is refused."""
    stockproof_world.add_fault(
        {"match": {"method": "PUT", "calls": [2]}, "action": {"type": "status", "status": 422}},
    )

    code, _ = sync(tmp_path, environment(stockproof_world))

    assert (code, pending(tmp_path)) == (1, [("CHAIR-ASH-MP", 0)])
    assert {**shown(stockproof_world), 11: 0} == DEMO
    assert sync(tmp_path, environment(stockproof_world))[0] == 0
    assert shown(stockproof_world) == DEMO


def test_a_listing_without_a_variant_waits(stockproof_world: ServedWorld, tmp_path: Path) -> None:
    """OM-PUSH-03: it harms nobody, and is not forgotten; a near miss in capital letters is no match."""
    new = {"type": "listing.set", "listing_sku": "TEE-BLUE-S-mp", "sales_channel": 5394, "master_sku": "TEE-BLUE-S"}
    stockproof_world.run(new)

    code, logged = sync(tmp_path, environment(stockproof_world))

    assert (code, shown(stockproof_world)) == (0, DEMO)
    assert pending(tmp_path) == [("TEE-BLUE-S-mp", 9)]
    assert "TEE-BLUE-S-mp" in logged


def test_a_daemon_follows_changes_and_stops_when_told(stockproof_world: ServedWorld, tmp_path: Path) -> None:
    """Design, section 8: mode daemon, SIGTERM."""
    process = start(tmp_path, environment(stockproof_world), flag="--daemon")
    try:
        assert reached(stockproof_world, DEMO)
        teapots(stockproof_world, 21)
        assert reached(stockproof_world, {**DEMO, 6: 21})
    finally:
        process.terminate()
        process.communicate(timeout=10)
    assert process.returncode == 0


def reached(world: ServedWorld, wanted: dict[int, int]) -> bool:
    deadline = time.monotonic() + 15
    while shown(world) != wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    return shown(world) == wanted


def test_a_second_copy_in_the_same_folder_does_not_start(stockproof_world: ServedWorld, tmp_path: Path) -> None:
    """Two copies could write an older figure after a newer one."""
    first = start(tmp_path, environment(stockproof_world), flag="--daemon")
    try:
        assert reached(stockproof_world, DEMO)
        code, logged = sync(tmp_path, environment(stockproof_world))
    finally:
        first.terminate()
        first.communicate(timeout=10)

    assert code != 0
    assert "another copy" in logged


def test_a_missing_setting_is_named(tmp_path: Path) -> None:
    """Exit code 2, as for any wrong usage."""
    code, logged = sync(tmp_path, {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)})

    assert (code, "ORDER_MANAGER_TOKEN" in logged) == (2, True)
