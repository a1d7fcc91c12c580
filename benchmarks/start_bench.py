"""From starting a process to its first 200, beside a bare Flask application on the same server."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from benchmarks import servers
from benchmarks.figures import at_most, ratios, spread

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.servers import Running

_AIM: Final = at_most(350.0)


@dataclass(frozen=True)
class Size:
    """How often to start each."""

    rounds: int


FULL: Final = Size(15)
QUICK: Final = Size(1)


def measure(size: Size, told: Callable[[dict[str, Any]], None]) -> list[dict[str, Any]]:
    """Return one row of milliseconds: the interpreter alone, the bare application, and the mock with its demo world."""
    python: list[float] = []
    floor: list[Running] = []
    ours: list[Running] = []
    _started(servers.FLOOR, "/"), _started(servers.OURS, "/_mock/health")  # modules are compiled once
    for _ in range(size.rounds):
        python.append(_interpreter_ms())
        floor.append(_started(servers.FLOOR, "/"))
        ours.append(_started(servers.OURS, "/_mock/health"))
    ours_ms, floor_ms = ([each.seconds_to_first_200 * 1e3 for each in starts] for starts in (ours, floor))
    row = {
        "case": "start to first 200, demo world",
        "ms": spread(ours_ms),
        "floor_ms": spread(floor_ms),
        "python_ms": spread(python),
        "processor_ms": spread([each.processor_seconds * 1e3 for each in ours]),
        "floor_processor_ms": spread([each.processor_seconds * 1e3 for each in floor]),
        "ratio": ratios(ours_ms, floor_ms),
        "aim": _AIM.text,
        "met": _AIM.is_met_by(spread(ours_ms).median),
    }
    told(row)
    return [row]


def _started(command: tuple[str, ...], health_path: str) -> Running:
    with servers.running(command, health_path) as server:
        return server


def _interpreter_ms() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", ""], check=True)
    return (time.perf_counter() - begun) * 1e3
