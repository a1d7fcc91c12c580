"""A real integration as the connector of a replay: correct ones pass, broken ones oversell, and both repeat."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager

import pytest

from conformance.cli import main
from conformance.gated.connector import run_commanded
from conformance.gated.gate import Command
from conformance.scenario.result import replay
from conformance.scenario.served import served_by
from conformance.scenario.text import dump
from conformance.target import Target
from mockserver.testing import StockproofServer
from tests.conformance.scenario.scenes import order, read, scene

REFERENCE = "conformance.reference.order_manager_to_marketplacer"
FORGETFUL = "tests.mutants.integrations.outbox_in_memory"


@pytest.fixture(scope="module")
def server():
    with StockproofServer() as running:
        yield running


def crash_after_the_read():
    """Three lamps; the shop sells them all; the integration for mkt dies before its first write; mkt sells two more."""
    return scene(
        order("35m", "A", 3, "shop"),
        {"during": "mkt.poll#2", "fault": "crash", "back_after": "2m"},
        order("1h40m", "B", 2),
        products={"MUG": {"on_hand": {"W1": 3}}},
        connector={"poll": "every 30m", "push_takes": "1m"},
        until="1h45m",
    )


@contextmanager
def target_of(server):
    with Target.open(server.url) as target:
        yield served_by(target)


def replayed(server, document, module):
    command = Command((sys.executable, "-m", module, "--once"))
    with target_of(server) as open_world:
        return replay(read(document), open_world, lambda plan, world: run_commanded(plan, world, command))


def test_a_correct_integration_survives_the_crash_twice_with_one_log(server):
    """What it had read is on its disk; the next run tells the marketplace, which then refuses."""
    first, second = (replayed(server, crash_after_the_read(), REFERENCE) for _ in range(2))
    numbers = first.rows[0].outcome.metrics

    assert (numbers["oversold_units"], numbers["refused_units"], numbers["lost_updates"]) == (0, 2, 0)
    assert first.log_sha256 == second.log_sha256


def test_an_integration_that_keeps_what_it_read_in_memory_oversells(server):
    """Two units, and the update it was told is lost."""
    numbers = replayed(server, crash_after_the_read(), FORGETFUL).rows[0].outcome.metrics

    assert (numbers["oversold_units"], numbers["refused_units"], numbers["lost_updates"]) == (2, 0, 1)


def test_a_write_lands_when_it_would_and_not_before(server):
    """Read at 15, shown at 20; between the two the channel sells what it still shows."""
    document = scene(
        order("1m", "A", 6, "shop"),
        order("17m", "B", 2),
        connector={"poll": "every 15m", "push_takes": "5m"},
        until="25m",
        then={
            "at": {"19m": {"shown.MUG-M": 8}, "20m": {"shown.MUG-M": 4}},
            "breaks": {"no_oversell": "24m"},
        },
    )
    document["when"].append(order("24m", "C", 3))

    assert [failure.text for row in replayed(server, document, REFERENCE).rows for failure in row.failures] == []


def test_a_lost_answer_and_a_refused_write_come_to_the_integration(server):
    """The feed's answer is lost on its way, and the first write is answered 503; the reference makes good both."""
    document = scene(
        order("1m", "A", 6, "shop"),
        {"during": "mkt.poll#1", "fault": "lose"},
        {"during": "mkt.push#1", "fault": "reject"},
        connector={"poll": "every 15m", "push_takes": "1m"},
        until="50m",
        then={"finally": {"shown.MUG-M": 4, "shown.MUG-S": 4, "lost_updates": 0}},
    )

    assert [failure.text for row in replayed(server, document, REFERENCE).rows for failure in row.failures] == []


def test_the_command_line_starts_a_server_of_its_own(tmp_path, capsys):
    """``--command`` without ``--target``: exit code, JSON and tier as for any replay."""
    path = tmp_path / "s.yaml"
    path.write_text(dump(crash_after_the_read() | {"then": {"finally": {"oversold_units": 0}}}))
    with pytest.raises(SystemExit) as ended:
        main(["replay", str(path), "--json", "--command", f"{sys.executable} -m {REFERENCE} --once"])

    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out)["rows"][0]["passed"] is True


def test_a_command_that_cannot_be_started_is_a_usage_error(tmp_path, capsys):
    """Exit code 2, and its name."""
    path = tmp_path / "s.yaml"
    path.write_text(dump(crash_after_the_read()))
    with pytest.raises(SystemExit) as ended:
        main(["replay", str(path), "--command", "no-such-program-anywhere"])

    assert ended.value.code == 2
    assert "no-such-program-anywhere" in capsys.readouterr().err
