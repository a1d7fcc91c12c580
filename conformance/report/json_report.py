"""The JSON report (schemas/harness/report.json)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from conformance.report import summary
from conformance.report.raw import as_text

if TYPE_CHECKING:
    from conformance.report.raw import RawRun

FORMAT: Final = "stockproof/report/1"
_OF_THE_HEADER: Final = ("command", "target", "version", "started_at", "arguments", "selected", "expecting")


def render(run: RawRun) -> str:
    """Return the report as JSON text that ends in a line feed."""
    return as_text(document(run), indent=2) + "\n"


def document(run: RawRun) -> dict[str, Any]:
    """Return the report as plain JSON types."""
    header: dict[str, Any] = {**run.header}
    return {
        "format": FORMAT,
        "run": {**{key: header[key] for key in _OF_THE_HEADER}, "seconds": run.footer["seconds"]},
        "counts": run.footer["counts"],
        "exit_code": run.footer["exit_code"],
        "inconclusive_because": run.footer["inconclusive_because"],
        "families": summary.families(run),
        "requirements": [asdict(each) for each in summary.requirements(run)],
        "readings": [asdict(each) for each in summary.readings(run)],
        "verdicts": [verdict.as_json() for verdict in run.verdicts],
    }
