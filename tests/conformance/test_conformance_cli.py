"""The `conformance` command: exit codes, what is printed, and what is not."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from werkzeug.serving import make_server

from conformance.cli import main
from conformance.target import BadTarget, Target
from conformance.verdict import Difference, Run, Verdict
from mockserver.core import allocation
from mockserver.http.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOCK = "mockserver.http.app:create_app"
NOBODY = "http://127.0.0.1:9"
ONE = "allocation-percent/10-of-9"


def conformance(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, list(arguments), env={"CONFORMANCE_TARGET": None, **environment})


@pytest.fixture
def rounding_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def up(rule_type: str, value: int, units: int) -> int:
        return -(-units * value // 10_000) if rule_type == "PERCENT_OF_AVAILABLE" else min(value, units)

    monkeypatch.setattr(allocation, "apply_pair", up)


@pytest.mark.parametrize("command", ["vectors", "readings"])
def test_conformant_target_exits_0(command: str) -> None:
    """0: everything that was judged passed."""
    result = conformance(command, "--target", MOCK)

    assert result.exit_code == 0, result.output
    assert "failed" not in result.stdout


@pytest.mark.usefixtures("rounding_up")
def test_nonconformance_exits_1_and_says_all_about_it() -> None:
    """1: a failure prints id, source, expected, actual, and the command line that shows it again."""
    result = conformance("vectors", "--target", MOCK, "--only", "allocation-percent")

    assert result.exit_code == 1
    assert f"FAILED {ONE}" in result.stdout
    assert "worked example (grade E)" in result.stdout
    assert "figures/501: expected 0, actual 1" in result.stdout
    again = next(line for line in result.stdout.splitlines() if "again:" in line and line.endswith(ONE))
    words = shlex.split(again.split("again:")[1])
    assert words[0] == "conformance"
    assert conformance(*words[1:]).exit_code == 1


@pytest.mark.usefixtures("rounding_up")
def test_json_report_names_every_verdict() -> None:
    """With --json stdout is one document with counts, verdicts and differences."""
    result = conformance("vectors", "--target", MOCK, "--only", "allocation-percent", "--json")

    report: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == report["exit_code"] == 1
    failed = {each["id"]: each for each in report["verdicts"] if each["status"] == "failed"}
    assert failed[ONE]["differences"] == [{"path": "figures/501", "expected": 0, "actual": 1}]
    assert failed[ONE]["again"] == f"conformance vectors --target {MOCK} --only {ONE}"
    assert report["counts"]["failed"] == len(failed)
    assert sum(report["counts"].values()) == len(report["verdicts"])


def test_reading_that_cannot_be_switched_exits_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """A target that takes the option and does not follow it fails that option by name."""
    monkeypatch.setattr(allocation, "BACKORDER_FIGURE", 9_998)

    result = conformance("readings", "--target", MOCK, "--only", "alloc.backorders")

    assert result.exit_code == 1
    assert "FAILED alloc.backorders=constant" in result.stdout
    assert "FAILED alloc.backorders=no-effect" not in result.stdout


USAGE = {
    "no target": ["vectors"],
    "no such command": ["certainly"],
    "no such option": ["vectors", "--target", MOCK, "--fast"],
    "neither URL nor module": ["vectors", "--target", "nonsense"],
    "no such module": ["vectors", "--target", "no_such_module:app"],
    "no such attribute": ["vectors", "--target", "tests.conformance.wrong:nothing"],
    "no application": ["vectors", "--target", "tests.conformance.wrong:text"],
    "no such vector": ["vectors", "--target", MOCK, "--only", "allocation-percent/10-of-8"],
    "no such reading": ["readings", "--target", MOCK, "--only", "ack.du"],
}


@pytest.mark.parametrize("arguments", USAGE.values(), ids=USAGE.keys())
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    """2: the command line makes no sense; it says why on stderr and prints no data."""
    result = conformance(*arguments)

    assert result.exit_code == 2
    assert result.stderr
    assert result.stdout == ""


def test_unknown_id_offers_the_nearest() -> None:
    """A mistyped id is answered with the one that was meant."""
    assert (
        "nearest: 'allocation-percent/10-of-9'" in conformance("vectors", "--target", MOCK, "--only", f"{ONE}9").stderr
    )


@pytest.mark.parametrize("command", ["vectors", "readings"])
def test_unreachable_target_exits_3(command: str) -> None:
    """3: nothing can be said about a server that does not answer."""
    result = conformance(command, "--target", NOBODY)

    assert result.exit_code == 3
    assert "no answer" in result.stderr


def test_target_without_control_api_exits_3() -> None:
    """3: without worlds there is nothing to judge by."""
    result = conformance("vectors", "--target", "tests.conformance.wrong:app", "--json")

    assert result.exit_code == 3
    assert "no control API" in json.loads(result.stdout)["inconclusive_because"]


def test_nothing_to_run_exits_3(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """3: a folder without vectors must not look like a green run."""
    (tmp_path / "vectors").mkdir()
    monkeypatch.setattr("conformance.vectors.fixtures_dir", lambda: tmp_path)

    result = conformance("vectors", "--target", MOCK)

    assert result.exit_code == 3
    assert "nothing ran" in result.stderr


def test_broken_harness_exits_4(monkeypatch: pytest.MonkeyPatch) -> None:
    """4: our own fault is neither a pass nor a failure of the target."""
    monkeypatch.setattr("conformance.acknowledge.drain", lambda *_: 1 / 0)

    result = conformance("vectors", "--target", MOCK, "--only", ONE)

    assert result.exit_code == 4
    assert "ERRORED" in result.stdout
    assert "ZeroDivisionError" in result.stdout


def test_harness_that_breaks_outside_a_vector_exits_4(monkeypatch: pytest.MonkeyPatch) -> None:
    """4: also when it breaks before the first vector."""
    monkeypatch.setattr("conformance.vectors.json.loads", lambda *_: 1 / 0)

    result = conformance("vectors", "--target", MOCK)

    assert result.exit_code == 4
    assert "the harness itself failed" in result.stderr


def test_interrupted_run_exits_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """130: as a shell expects of a program that was interrupted."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Target, "world", interrupt)

    assert conformance("vectors", "--target", MOCK).exit_code == 130


PASSED, FAILED = Verdict("a", "", "", "D", ""), Verdict("b", "", "", "D", "", (Difference("x", 1, 2),))
BROKEN = Verdict("c", "", "", "D", "", (), "TypeError")


@pytest.mark.parametrize(
    ("run", "code"),
    [
        (Run((PASSED,)), 0),
        (Run((PASSED, FAILED)), 1),
        (Run((FAILED,), "gone"), 1),
        (Run((PASSED,), "gone"), 3),
        (Run(()), 3),
        (Run((PASSED, FAILED, BROKEN), "gone"), 4),
    ],
)
def test_worst_of_a_run_decides(run: Run, code: int) -> None:
    """Harness failed > nonconformance > inconclusive > passed."""
    assert run.exit_code == code


def test_environment_names_the_target() -> None:
    """Every flag has a twin in the environment."""
    result = conformance("vectors", "--only", ONE, CONFORMANCE_TARGET=MOCK, CONFORMANCE_JSON="1")

    assert result.exit_code == 0
    assert json.loads(result.stdout)["target"] == MOCK


def test_help_and_version_exit_0() -> None:
    """Asking is no mistake."""
    assert conformance("list", "feed").exit_code == 0
    assert conformance("--help").exit_code == 0, "whatever ran before in the same process"
    assert "Compare figures" in conformance("--help").stdout
    assert conformance("vectors", "--help").exit_code == 0
    assert conformance("--version").exit_code == 0


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR leaves escape sequences out even on a terminal."""
    monkeypatch.setattr("conformance.acknowledge.drain", lambda *_: 1 / 0)
    arguments = ["vectors", "--target", MOCK, "--only", ONE]

    coloured = CliRunner().invoke(main, arguments, color=True, env={"NO_COLOR": None})
    plain = CliRunner().invoke(main, arguments, color=True, env={"NO_COLOR": "1"})

    assert "\x1b[" in coloured.stdout
    assert "\x1b[" not in plain.stdout


# -- over a socket ---------------------------------------------------------------------------------


@pytest.fixture
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_target_over_http_and_credentials_in_its_address_are_not_printed(address: str) -> None:
    """A URL works as well as an application; what stands before the @ is left out of the report."""
    with_credentials = address.replace("://", "://user:hidden@")

    result = conformance("vectors", "--target", with_credentials, "--only", "derived-5-2", "--json")

    assert result.exit_code == 0, result.output
    assert "hidden" not in result.output
    assert json.loads(result.stdout)["counts"]["passed"] >= 10


def test_command_runs_as_a_program() -> None:
    """`python -c` with the entry point of the console script, in a process of its own."""
    code = "from conformance.cli import main; main()"
    arguments = ["vectors", "--target", MOCK, "--only", ONE]

    ran = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[-1].endswith("1 judged, 1 passed")


def test_control_token_opens_a_closed_control_api() -> None:
    """A server that asks for a control token is inconclusive without it, and is judged with it."""
    where = "tests.conformance.closed:make"

    assert conformance("vectors", "--target", where, "--only", ONE).exit_code == 3
    opened = conformance("vectors", "--target", where, "--only", ONE, CONFORMANCE_CONTROL_TOKEN="open-sesame")
    assert opened.exit_code == 0
    assert "open-sesame" not in opened.output


def test_target_may_be_an_application_or_its_maker() -> None:
    """`module:app`, `module:make` and `module:make()` all work; what takes more arguments is not called."""
    for where in ("tests.conformance.wrong:app", "tests.conformance.closed:make", "tests.conformance.closed:make()"):
        Target.open(where).close()
    with pytest.raises(BadTarget):
        Target.open("tests.conformance.wrong:text")
