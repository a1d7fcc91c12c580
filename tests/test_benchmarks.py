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


def test_the_loop_stands_beside_simpy(tmp_path: Path) -> None:
    """One model in three engines that must agree; then whole replays, and the library."""
    rows = measured("loop", tmp_path)["loop"]
    bare = [row for row in rows if row["what"] == "event loop, bare"]
    assert [row["floor"] for row in bare] == ["SimPy", "SimPy with callbacks for pushes"]
    for row in rows:
        assert_spread(row["figure"])
    for row in bare:
        assert_spread(row["ratio"])
    assert {"with log, world and invariants", "45 scenario runs", "scenario runs"} <= {row["what"] for row in rows}
    assert "## Replays" in (tmp_path / "page.md").read_text(encoding="utf-8")


def test_every_hunt_but_the_largest_is_timed(tmp_path: Path) -> None:
    """A finding has its aim in milliseconds; the rate is that of all files that have enough to try."""
    rows = measured("hunt", tmp_path)["hunt"]
    files = {path.stem for path in (ROOT / "fixtures" / "hunts").glob("*.yaml")} - {"safe-fence-watermark-guard"}
    assert {row["what"] for row in rows} == files | {"search", "random walks"}
    assert {row["what"] for row in rows if row["aim"] == "<= 1000"} == {
        name for name in files if not name.startswith("safe-")
    }
    assert [row["unit"] for row in rows if row["what"] == "search"] == [
        "thousand generated/s",
        "thousand new states/s",
    ]
    assert "## Hunts" in (tmp_path / "page.md").read_text(encoding="utf-8")


def test_the_largest_hunt_is_a_part_of_its_own(tmp_path: Path) -> None:
    """It is told for both ways in which a row is due."""
    rows = measured("hunt-large", tmp_path)["hunt-large"]
    assert len(rows) == 6
    assert len({row["what"] for row in rows}) == 2
    assert "## The largest hunt" in (tmp_path / "page.md").read_text(encoding="utf-8")


def test_checks_stand_beside_as_many_bare_requests(tmp_path: Path) -> None:
    """Seconds of a run with one worker and with more, the processor's for judge and server, and of a check."""
    rows = measured("judge", tmp_path)["judge"]
    assert [row["aim"] for row in rows] == ["<= 20", None, None, None] * 2
    for row in rows:
        assert_spread(row["figure"])
    assert all("requests" in row["note"] for row in rows if row["floor"])
    assert "## Judging a server" in (tmp_path / "page.md").read_text(encoding="utf-8")


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
