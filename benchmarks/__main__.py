"""``python -m benchmarks [PART|all]``: measure, and print ratios to a floor."""

from __future__ import annotations

import argparse
import json
import os
import platform
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from benchmarks import advise, http_bench, hunt_bench, hunt_large, judge_bench, loop_bench, scale_bench, start_bench
from benchmarks.page import page
from benchmarks.report import tell

FORMAT: Final = "stockproof/benchmarks/1"
_PARTS: Final[dict[str, Any]] = {
    "start": start_bench,
    "http": http_bench,
    "scale": scale_bench,
    "advise": advise,
    "loop": loop_bench,
    "hunt": hunt_bench,
    "hunt-large": hunt_large,
    "judge": judge_bench,
}
_LIBRARIES: Final = ("flask", "granian", "orjson", "simpy")


def main() -> None:
    """Measure what was asked for, and tell each figure as soon as it is known."""
    chosen = _arguments()
    parts = _PARTS if chosen.part == "all" else {chosen.part: _PARTS[chosen.part]}
    document: dict[str, Any] = {"format": FORMAT, "machine": machine(), "quick": chosen.quick}
    for name, part in parts.items():
        document[name] = part.measure(part.QUICK if chosen.quick else part.FULL, tell)
    if chosen.quick:
        print("quick: too few requests for the figures above to mean anything")
    if chosen.json is not None:
        chosen.json.write_text(json.dumps(document, indent=2, default=_plain) + "\n", encoding="utf-8")
    if chosen.page is not None:
        chosen.page.write_text(page(document), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="?", default="all", choices=[*_PARTS, "all"], help="what to measure")
    parser.add_argument("--quick", action="store_true", help="a few requests: does it run; the figures mean nothing")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write docs/performance.md anew")
    return parser.parse_args()


def machine() -> dict[str, Any]:
    """Return what the figures were measured on, without saying where."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "load_average": os.getloadavg()[0],
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in _LIBRARIES},
    }


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(type(value).__name__)


if __name__ == "__main__":
    main()
