"""What worlds of different sizes cost: to load, to hold, to change and to read."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.figures import Aim, at_most, spread
from benchmarks.servers import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.figures import Spread

WAYS: Final = {"core": "parsed JSON to world", "file": "read, check, build", "server": "as the server loads it"}
_TIME_AIM: Final = at_most(20.0)
_MEMORY_AIM: Final = at_most(1_000.0)
# A hundred times the listings no longer fit the caches of the processor; more than that would be growth of our own.
_FLAT_AIM: Final = at_most(3.0)


@dataclass(frozen=True)
class Size:
    """The worlds to measure, in listings, and how often."""

    listings: tuple[int, ...]
    rounds: int


FULL: Final = Size((10_000, 100_000, 1_000_000), 3)
QUICK: Final = Size((10_000,), 1)


def measure(size: Size, told: Callable[[dict[str, Any]], None]) -> list[dict[str, Any]]:
    """Return a row a size and way to load, then one for each kind of change and read, each told as soon as known."""
    rows: list[dict[str, Any]] = []
    costs: dict[str, dict[int, Spread]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for listings in size.listings:
            path = _generate(Path(folder), listings)
            for way in WAYS:
                probes = [_probe(way, path, listings) for _ in range(size.rounds)]
                rows.append(_loading(probes))
                told(rows[-1])
                for name in probes[0]["costs_us"]:
                    costs.setdefault(name, {})[listings] = spread([probe["costs_us"][name] for probe in probes])
            path.unlink()
    for row in _growth(costs):
        rows.append(row)
        told(row)
    return rows


def _generate(folder: Path, listings: int) -> Path:
    path = folder / f"{listings}.json"
    command = [sys.executable, "-m", "mockserver", "world", "generate", "--listings", str(listings)]
    subprocess.run([*command, "--out", str(path)], cwd=ROOT, check=True)
    return path


def _probe(way: str, path: Path, listings: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.scale_probe", way, str(path), str(listings)]
    ran = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    probed: dict[str, Any] = json.loads(ran.stdout)
    return probed


def _loading(probes: list[dict[str, Any]]) -> dict[str, Any]:
    seconds = spread([probe["us_a_listing"] for probe in probes])
    held = spread([probe["bytes_a_listing"] for probe in probes])
    return {
        "listings": probes[0]["listings"],
        "way": WAYS[probes[0]["way"]],
        "us_a_listing": seconds,
        "steps_us_a_listing": probes[0]["steps_us_a_listing"],
        "bytes_a_listing": held,
        "peak_bytes_a_listing": spread([probe["peak_bytes_a_listing"] for probe in probes]),
        **_judged("time", seconds, _TIME_AIM),
        **_judged("memory", held, _MEMORY_AIM),
    }


def _judged(what: str, measured: Spread, aim: Aim) -> dict[str, Any]:
    return {f"{what}_aim": aim.text, f"{what}_met": aim.is_met_by(measured.median)}


def _growth(costs: dict[str, dict[int, Spread]]) -> Iterator[dict[str, Any]]:
    for name, by_size in costs.items():
        ordered = [by_size[listings].median for listings in sorted(by_size)]
        growth = ordered[-1] / ordered[0]
        yield {
            "cost": name,
            "us": {str(listings): measured for listings, measured in by_size.items()},
            "growth": growth,
            "aim": _FLAT_AIM.text,
            "met": _FLAT_AIM.is_met_by(growth),
        }
