"""The library: one scenario for each way of overselling, with the numbers that were worked out for it by hand."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from conformance.resources import fixtures_dir
from conformance.scenario.loading import load
from conformance.scenario.result import replay

FILES = sorted((fixtures_dir() / "scenarios").glob("*.yaml"))
# Oversold units of the first row, as each mechanism's timeline adds up. A9 is an expectation of 7.4 with chance orders.
OVERSOLD = {
    "A1": 1, "A2": 4, "A3": 3, "A4": 4, "A5": 1, "A6": 5, "A7": 6, "A8": 8, "A9": 7,
    "B1": 1, "B2": 1, "B3": 6, "B4": 2, "B5": 1, "B6": 5, "B7": 3,
    "C1": 3, "C2": 3, "C3": 7, "C4": 4, "C5": 3, "C6": 5, "C7": 2, "C8": 5, "C9": 3, "C10": 2, "C11": 6,
    "D1": 1, "D2": 4, "D3": 10, "D4": 4, "D5": 10, "D6": 0, "D7": 2, "D8": 1, "D9": 0, "D10": 3, "D11": 2,
}  # fmt: skip


def name_of(path):
    return path.stem


def mechanism_of(path):
    return load(path).document.get("mechanism")


def test_there_is_one_scenario_for_each_mechanism():
    """A1 to A9, B1 to B7, C1 to C11, D1 to D11, each once."""
    found = sorted(each for each in map(mechanism_of, FILES) if each is not None)

    assert found == sorted(OVERSOLD)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_the_scenario_replays_as_it_says_twice_with_one_log(path):
    """Every expectation of every row holds, and a second run gives the same bytes."""
    first, second = replay(load(path)), replay(load(path))

    assert [failure.text for row in first.rows for failure in row.failures] == []
    assert first.log_sha256 == second.log_sha256
    assert json.dumps(first.as_json()) == json.dumps(second.as_json())


@pytest.mark.parametrize("path", [path for path in FILES if mechanism_of(path)], ids=name_of)
def test_the_first_row_oversells_what_was_worked_out(path):
    """The number of the mechanism's timeline, in component units."""
    assert replay(load(path)).rows[0].outcome.metrics["oversold_units"] == OVERSOLD[mechanism_of(path)]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_the_scenario_explains_itself(path):
    """A title, why it happens, what would have helped, and words to find it by."""
    document = load(path).document

    assert document["id"] == path.stem
    assert {"title", "why", "prevented_by", "tags"} <= document.keys()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_what_prevents_it_prevents_it(path):
    """Of a table's later rows at least one oversells less, or nothing."""
    oversold = [row.outcome.metrics["oversold_units"] for row in replay(load(path)).rows]

    assert len(oversold) == 1 or min(oversold[1:]) < oversold[0]


def test_another_process_gives_the_same_log():
    """No order of a set or of a dictionary's hashes gets into a run."""
    path = fixtures_dir() / "scenarios" / "b4-non-atomic-rebalance.yaml"
    program = f"""
from conformance.scenario.loading import load
from conformance.scenario.result import replay
print(replay(load({str(path)!r})).log_sha256)
"""
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout.strip()
        for seed in ("1", "2")
    }

    assert seen == {replay(load(path)).log_sha256}
