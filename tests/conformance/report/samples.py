"""A run with a verdict of every kind, made by hand, some of it with what a hostile target would send."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.report import RawRun, RawWriter, run_header
from conformance.verdict import Difference, Followed, Run, Verdict

NASTY = "<script>alert(1)</script>&\"'|`*_\x1b[31m\x00\u202e\ud83d ]]>\r\n::error::gotcha %0A"

EXCHANGE: dict[str, Any] = {
    "at": 0.0123,
    "request": {
        "method": "POST",
        "url": "http://127.0.0.1:8080/v1.2/inventory/acknowledge?salesChannelId=5394",
        "headers": {"Authorization": "[credential]"},
        "body": None,
    },
    "response": {
        "status": 200,
        "headers": {"Content-Type": "application/json"},
        "body": '[{"listingId":501,"listingSku":"TEE-BLUE-S-MP","availableQuantity":10}]',
    },
    "note": None,
}
UNANSWERED: dict[str, Any] = {
    "at": None,
    "request": {"method": "PUT", "url": "http://127.0.0.1:8080/api/v2/x", "headers": {}, "body": '{"a": 1}'},
    "response": {"status": None, "headers": {}, "body": None},
    "note": "the connection was cut on purpose",
}

PASSED = Verdict(
    id="allocation-percent/50-of-19",
    title="50 % of 19 available units shows 9",
    source="Order Manager help, channel allocation rules",
    grade="E",
    why="floor(19 × 0.5) = 9",
    requirements=("OM-ALLOC-08",),
    again="conformance run --target mock:app allocation-percent/50-of-19",
    seconds=0.002,
)
FAILED = replace(
    PASSED,
    id="allocation-percent/10-of-9",
    title="10 % of 9 available units shows 0",
    why="floor(9 × 0.1) = 0",
    differences=(Difference("figures/501", 0, 1), Difference("figures/502", {"a": [1, 2]}, "(absent)")),
    exchanges=(UNANSWERED, EXCHANGE),
    again="conformance run --target mock:app allocation-percent/10-of-9",
)
READING = Verdict(
    id="ack.paging",
    title="Does one answer hold everything?",
    source="reading ack.paging",
    grade="G",
    why="",
    differences=(Difference("reading", "limit", "everything"),),
    requirements=("OM-ACK-05",),
    followed=Followed("ack.paging", "everything", "limit"),
)
ERRORED = replace(
    PASSED,
    id="orders/broken",
    requirements=("OM-AVAIL-01",),
    harness_error="ZeroDivisionError: division by zero\n  in the harness",
)
SKIPPED = replace(
    PASSED,
    id="mp-hook/order",
    requirements=("MP-HOOK-01",),
    skipped_because="the target declares that it lacks MP-HOOK",
)
NOT_RUN = replace(PASSED, id="mp/write", requirements=("MP-INV-01",), not_run_because="needs --allow-writes")
HOSTILE = replace(
    FAILED,
    id=f"hostile/{NASTY}",
    title=NASTY,
    source=NASTY,
    why=NASTY,
    differences=(Difference(NASTY, NASTY, {NASTY: [NASTY, float("nan")]}),),
    requirements=(NASTY,),
    exchanges=(
        {
            "at": 0.5,
            "request": {"method": NASTY, "url": NASTY, "headers": {NASTY: NASTY}, "body": NASTY},
            "response": {"status": 500, "headers": {NASTY: NASTY}, "body": NASTY},
            "note": NASTY,
        },
    ),
    again=NASTY,
)
ALL = (PASSED, FAILED, READING, ERRORED, SKIPPED, NOT_RUN, HOSTILE)


def raw_run(*verdicts: Verdict, because: str | None = None, **header: Any) -> RawRun:
    """Return a run of these verdicts that took 1.5 seconds and began at a fixed instant."""
    return RawRun.of(head(len(verdicts), **header), Run(verdicts, because), 1.5)


def head(selected: int, **more: Any) -> Any:
    """Return a header that is the same every time."""
    began = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    return {**run_header("run", "mock:app", selected=selected, started_at=began, **more), "version": "0.1.0"}


def written(path: Path, *verdicts: Verdict, because: str | None = None) -> Path:
    """Write a run file, and return where it is."""
    with RawWriter(path, head(len(verdicts))) as writer:
        for verdict in verdicts:
            writer.write(verdict)
        writer.close(Run(verdicts, because), 1.5)
    return path
