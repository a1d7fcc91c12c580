"""The benchmarks run, and what they write has its shape; no figure is judged here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SPREAD = {"least", "median", "most"}

pytestmark = pytest.mark.skipif(not (ROOT / "benchmarks").is_dir(), reason="the benchmarks are not part of the wheel")


def measured(part: str, folder: Path) -> dict[str, Any]:
    """Return what a quick run of one part writes."""
    out = folder / "figures.json"
    command = [
        sys.executable,
        "-m",
        "benchmarks",
        part,
        "--quick",
        "--json",
        str(out),
        "--page",
        str(folder / "page.md"),
    ]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    written: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    assert written["format"] == "stockproof/benchmarks/1"
    assert written["quick"] is True
    return written


def assert_spread(value: dict[str, float]) -> None:
    assert set(value) == SPREAD
    assert 0 < value["least"] <= value["median"] <= value["most"]


def test_the_start_is_measured_beside_a_bare_application(tmp_path: Path) -> None:
    """Start to first 200 stands beside a bare Flask application and beside the interpreter alone."""
    (row,) = measured("start", tmp_path)["start"]
    for name in ("ms", "floor_ms", "python_ms", "ratio"):
        assert_spread(row[name])


def test_every_hot_route_is_measured_beside_a_floor(tmp_path: Path) -> None:
    """Each case of the requirement is there, as a ratio to a floor of the same run."""
    rows = measured("http", tmp_path)["http"]
    assert {row["case"] for row in rows} == {
        "acknowledge, nothing new",
        "acknowledge, 1 row just changed",
        "acknowledge, 1 row of a backlog",
        "acknowledge, 1,000 rows",
        "GET inventories, 1 record",
        "GET inventories, 1,000 records",
        "PUT of three, then GET",
    }
    for row in rows:
        for name in ("per_second", "floor_per_second", "ratio", "processor_ratio"):
            assert_spread(row[name])


def test_the_cost_of_a_world_is_measured_by_listing(tmp_path: Path) -> None:
    """Loading is told in time and memory a listing, changes and reads in time each."""
    rows = measured("scale", tmp_path)["scale"]
    loads = [row for row in rows if "way" in row]
    assert {row["way"] for row in loads} == {"parsed JSON to world", "read, check, build", "as the server loads it"}
    for row in loads:
        assert_spread(row["us_a_listing"])
        assert_spread(row["bytes_a_listing"])
    costs = {row["cost"] for row in rows if "cost" in row}
    assert costs == {
        "stock change, 0 reading",
        "stock change, 1 reading",
        "stock change, 3 reading",
        "acknowledge of 0",
        "acknowledge of 1",
        "acknowledge of 100",
    }


def test_the_advisor_is_measured_beside_its_law(tmp_path: Path) -> None:
    """Every case has a simulated and a wanted figure, every speed its unit."""
    rows = measured("advise", tmp_path)["advise"]
    cases = [row for row in rows if "errors" in row]
    assert len([row for row in cases if "second look" not in row["advise"]]) == 15 + 20
    assert all(row["standard_error"] > 0 for row in cases)
    for row in rows:
        if "figure" in row:
            assert_spread(row["figure"])
    assert "## The advisor" in (tmp_path / "page.md").read_text(encoding="utf-8")


def test_the_page_has_a_table_of_what_was_measured(tmp_path: Path) -> None:
    """The page is made from the figures, and leaves out what was not measured."""
    measured("start", tmp_path)
    written = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "| start to first 200, demo world |" in written
    assert "## Over HTTP" not in written


def test_the_machine_is_described_without_saying_where_it_stands(tmp_path: Path) -> None:
    """Figures need their machine class and versions, and no name or path of a machine."""
    machine = measured("start", tmp_path)["machine"]
    assert set(machine) == {"date", "cores", "load_average", "system", "python", "flask", "granian", "orjson", "simpy"}
    assert not [value for value in machine.values() if isinstance(value, str) and "/" in value]
