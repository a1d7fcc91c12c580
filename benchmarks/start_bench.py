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

_AIM: Final = at_most(350.0)


@dataclass(frozen=True)
class Size:
    """How often to start each."""

    rounds: int


FULL: Final = Size(15)
QUICK: Final = Size(1)


def measure(size: Size, told: Callable[[dict[str, Any]], None]) -> list[dict[str, Any]]:
    """Return one row of milliseconds: the interpreter alone, the bare application, and the mock with its demo world."""
    python, floor, ours = [], [], []
    for _ in range(size.rounds):
        python.append(_interpreter_ms())
        floor.append(_start_ms(servers.FLOOR, "/"))
        ours.append(_start_ms(servers.OURS, "/_mock/health"))
    row = {
        "case": "start to first 200, demo world",
        "ms": spread(ours),
        "floor_ms": spread(floor),
        "python_ms": spread(python),
        "ratio": ratios(ours, floor),
        "aim": _AIM.text,
        "met": _AIM.is_met_by(spread(ours).median),
    }
    told(row)
    return [row]


def _start_ms(command: tuple[str, ...], health_path: str) -> float:
    with servers.running(command, health_path) as server:
        return server.seconds_to_first_200 * 1e3


def _interpreter_ms() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", ""], check=True)
    return (time.perf_counter() - begun) * 1e3
