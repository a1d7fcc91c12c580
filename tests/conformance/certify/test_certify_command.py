"""`conformance certify`: exit codes, what a failure says, and what is kept."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from conformance import server
from conformance.certify import runner
from conformance.certify.scenarios.scene import Scene
from conformance.certify.world import lite
from conformance.cli import main
from conformance.models import BASE, registry
from conformance.report import read_raw

REFERENCE = f"{sys.executable} -m conformance.reference.order_manager_to_marketplacer"
NOBODY = "http://127.0.0.1:9"
SILENT = f"{sys.executable} -c pass"
QUICK = "certify.reordering-harmless"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server.started() as where:
        yield where


def certify(*arguments: str, command: str = REFERENCE) -> Result:
    return CliRunner().invoke(main, ["certify", "--command", command, *arguments])


def test_a_conformant_integration_exits_0(url: str):
    """0, and the scenarios are named on stderr."""
    result = certify("--target", url, QUICK)

    assert result.exit_code == 0, result.output
    assert "1 passed" in result.stdout
    assert "certify: reordering" in result.stderr


def test_without_a_target_a_server_is_started():
    """Found through the entry point group, not by import."""
    result = certify(QUICK)

    assert result.exit_code == 0, result.output


def test_a_daemon_is_certified_too(url: str):
    """Started once, it polls; quiet takes the place of its end."""
    result = certify(
        "--target", url, "--mode", "daemon", QUICK, "certify.crash-recovered", command=f"{REFERENCE} --daemon"
    )

    assert result.exit_code == 0, result.output


def test_what_could_not_be_verified_exits_3(url: str, tmp_path: Path):
    """An integration that asks for nothing meets no refusal: that is not a pass."""
    report, raw = tmp_path / "report.json", tmp_path / "run.jsonl"
    names = ("--json", str(report), "--raw", str(raw), "certify.failed-acknowledge")
    result = certify("--target", url, *names, command=SILENT)

    assert result.exit_code == 3, result.output
    assert json.loads(report.read_text(encoding="utf-8"))["verdicts"][0]["status"] == "not-run"
    assert read_raw(raw).footer["exit_code"] == 3


def test_a_nonconformant_integration_exits_1_and_the_failure_says_all(url: str, tmp_path: Path):
    """All parts, also where the integration sent nothing: then the harness's own look is shown. And it fails again."""
    report = tmp_path / "report.json"
    result = certify("--target", url, "--json", str(report), "certify.figures-match", command=SILENT)
    verdict = json.loads(report.read_text(encoding="utf-8"))["verdicts"][0]

    assert result.exit_code == 1
    assert_complete(verdict)
    words = shlex.split(verdict["again"])
    assert words[0] == "conformance"
    assert CliRunner().invoke(main, words[1:]).exit_code == 1


def assert_complete(verdict: dict[str, Any]) -> None:
    assert verdict["status"] == "failed"
    assert verdict["requirements"]
    assert verdict["source"]
    assert all(each["path"] and each["expected"] != each["actual"] for each in verdict["differences"])
    assert verdict["exchanges"]
    assert verdict["id"] in verdict["again"]


def test_the_report_is_as_its_schema_says(url: str, tmp_path: Path):
    """--json is the published report."""
    report = tmp_path / "report.json"
    certify("--target", url, "--json", str(report), QUICK)
    schema = {"$ref": f"{BASE}harness/report.json"}
    validator = jsonschema.Draft202012Validator(schema, registry=registry())

    validator.validate(json.loads(report.read_text(encoding="utf-8")))


def test_no_credential_is_in_what_is_kept(url: str, tmp_path: Path):
    """An integration that prints its environment fails, and the report does not repeat it."""
    raw = tmp_path / "run.jsonl"
    script = tmp_path / "talks.py"
    script.write_text(
        "import os, urllib.request as u\nfor name in ('ORDER_MANAGER', 'MARKETPLACER'):\n"
        "    key = os.environ[name + ('_TOKEN' if name == 'ORDER_MANAGER' else '_API_KEY')]\n    print('key', key)\n"
        "    try:\n        u.urlopen(os.environ[name + '_URL'] + '/x?token=' + key).close()\n"
        "    except Exception as error:\n        error.close() if hasattr(error, 'close') else None\n",
        encoding="utf-8",
    )
    result = certify(
        "--target", url, "--raw", str(raw), "certify.no-credential-in-output", command=f"{sys.executable} {script}"
    )
    verdict = json.loads(raw.read_text(encoding="utf-8").splitlines()[1])

    assert result.exit_code == 1, result.output
    assert verdict["differences"]
    assert "[credential]" in json.dumps(verdict["differences"])
    assert "[credential]" in json.dumps(verdict["exchanges"])


def test_a_dead_target_exits_3():
    """Nothing can be said."""
    result = certify("--target", NOBODY, QUICK)

    assert result.exit_code == 3, result.output
    assert "no answer" in result.output


def test_an_empty_selection_exits_3(url: str):
    """Nothing ran."""
    assert certify("--target", url, QUICK, "--exclude", "certify.*").exit_code == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("certify.zero-is-snet",),
        ("--env", "NO-VARIABLE"),
        ("--profile", "nothing-to-nowhere"),
        ("--mode", "twice"),
        ("--target", "module:app"),
    ],
)
def test_bad_usage_exits_2(arguments: tuple[str, ...]):
    """And says what is wrong."""
    result = certify(*arguments)

    assert result.exit_code == 2
    assert result.stderr


def test_an_unknown_program_exits_2(url: str):
    """A command that cannot be started is the caller's mistake."""
    result = certify("--target", url, QUICK, command="no-such-program-anywhere")

    assert result.exit_code == 2
    assert "no-such-program-anywhere" in result.stderr


def test_a_crashing_harness_exits_4(url: str, monkeypatch: pytest.MonkeyPatch):
    """Nobody's fault but ours."""

    def play(_stage: object) -> Iterator[Any]:
        raise RuntimeError("on purpose")
        yield

    monkeypatch.setitem(runner.SCENES, "reordering", Scene("reordering", lite, play))
    result = certify("--target", url, QUICK)

    assert result.exit_code == 4, result.output
    assert "on purpose" in result.output


def test_a_run_that_does_not_end_is_a_failure(url: str, monkeypatch: pytest.MonkeyPatch):
    """Its check fails with the time it was given."""
    from conformance.certify import stage

    monkeypatch.setattr(stage.Setting, "__init__", shorter(stage.Setting.__init__))
    result = certify("--target", url, QUICK, command=f"{sys.executable} -c 'import time; time.sleep(60)'")

    assert result.exit_code == 1, result.output
    assert "killed after 0.5 s" in result.stdout


def shorter(made: Any) -> Any:
    def init(self: Any, *arguments: Any, **more: Any) -> None:
        made(self, *arguments, **more, longest_run=0.5)

    return init


def test_the_first_failure_can_end_the_run(url: str, tmp_path: Path):
    """-x: what was not carried out is told as not run."""
    report = tmp_path / "report.json"
    certify(
        "--target", url, "-x", "--workers", "1", "--json", str(report), "certify.figures-match", QUICK, command=SILENT
    )
    verdicts = json.loads(report.read_text(encoding="utf-8"))["verdicts"]

    assert [each["status"] for each in verdicts] == ["failed", "not-run"]
    assert "first failure" in verdicts[1]["reason"]


def test_a_credential_given_on_the_command_line_is_not_repeated(url: str):
    """The line that shows it again leaves it out; what names another variable stays."""
    given = ("--env", "MY_KEY=hunter2", "--env", "OM_KEY={ORDER_MANAGER_TOKEN}")
    result = certify("--target", url, *given, "certify.figures-match", command=SILENT)

    assert "hunter2" not in result.output
    assert "OM_KEY={ORDER_MANAGER_TOKEN}" in result.stdout
