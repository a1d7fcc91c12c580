"""The run file: everything of a replay that it takes to look at it again, as one JSON document."""

from __future__ import annotations

import json
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

from conformance.scenario.durations import instant_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.scenario.result import Replay, Row

FORMAT: Final = "stockproof/scenario-run/1"


def write_run_file(path: Path, replays: Sequence[Replay]) -> None:
    """Write the run file of some replays."""
    document = {"format": FORMAT, "engine": _version(), "runs": [run_of(each) for each in replays]}
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def run_of(replay: Replay) -> dict[str, Any]:
    """Return one replay: the file's hash and seed, and of each row the numbers, the broken invariants and the log."""
    plan = replay.rows[0].outcome.plan
    return {
        "scenario": replay.scenario.id,
        "file_sha256": replay.scenario.sha256,
        "seed": plan.seed,
        "tier": replay.tier,
        "start": instant_text(plan.start_ms),
        "log_sha256": replay.log_sha256,
        "rows": [_row(row) for row in replay.rows],
    }


def _row(row: Row) -> dict[str, Any]:
    outcome = row.outcome
    return {
        **row.as_json(),
        "more": dict(outcome.more),
        "breaks": [
            {"invariant": each.invariant, "t": each.t, "entry": each.entry, "why": each.why}
            for each in sorted(outcome.breaks.values(), key=lambda each: (each.t, each.invariant))
        ],
        "faults": [dict(event.data) | {"during": str(event.during)} for event in outcome.plan.events if event.during],
        "log": outcome.log.entries,
    }


def _version() -> str:
    try:
        return metadata.version("stockproof")
    except metadata.PackageNotFoundError:
        return "checkout"
