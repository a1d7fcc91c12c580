"""From what scenarios told to verdicts: complete failures for every check, and nothing passed that did not arise."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from conformance.certify import runner
from conformance.certify.checks import PROFILES, CertifyCheck, checks_of
from conformance.certify.history import History, redactor
from conformance.certify.runner import Played, Told, certify
from conformance.certify.stage import Setting
from conformance.cli import main
from conformance.report.raw import read_raw
from conformance.target import Target
from conformance.verdict import Difference, Inconclusive, Run

NOBODY = "http://127.0.0.1:9"
ONE, *_ = checks_of(PROFILES[0])
WRONG = (Difference("units shown", 3, 4),)


def shown_exchange() -> dict[str, Any]:
    headers = {"Authorization": "Bearer hidden", "X": "hidden"}
    known = {"api": "order_manager", "query": (), "headers": headers, "body": b"hidden"}
    return History().open(method="GET", path="/x", **known).as_json(redactor(["hidden"]))


def tell(monkeypatch: pytest.MonkeyPatch, *told: Told) -> None:
    """Let every scenario tell this."""
    monkeypatch.setattr(runner, "_play", lambda *_: Played(told=list(told), seconds=0.5, ending="exit codes 0"))


def judged(*checks: CertifyCheck, **more: Any) -> Run:
    with Target.open(NOBODY) as target:
        return certify(Setting(target, ["true"]), checks, again=lambda check: f"again {check.id}", **more)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_failure_of_every_check_is_complete(profile: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Requirement, source, expected, actual, redacted exchange and a command line, in the report and for people."""
    ids = [check.id for check in checks_of(profile)]  # type: ignore[arg-type]
    tell(monkeypatch, *(Told(id_, WRONG, (shown_exchange(),)) for id_ in ids))
    report, raw = tmp_path / "report.json", tmp_path / "run.jsonl"
    words = ["certify", "--command", "python 'my sync.py'", "--target", NOBODY, "--profile", profile]
    result = CliRunner().invoke(main, [*words, "--json", str(report), "--raw", str(raw)])
    verdicts = json.loads(report.read_text(encoding="utf-8"))["verdicts"]

    assert result.exit_code == 1, result.output
    assert ids == [each["id"] for each in verdicts] == [each.id for each in read_raw(raw).verdicts]
    for verdict in verdicts:
        assert verdict["status"] == "failed"
        assert verdict["requirements"]
        assert verdict["source"]
        assert verdict["differences"] == [{"path": "units shown", "expected": 3, "actual": 4}]
        assert "hidden" not in json.dumps(verdict)
        assert verdict["exchanges"][0]["request"]["body"] == "[credential]"
        again = shlex.split(verdict["again"])
        assert again[:4] == ["conformance", "certify", "--command", "python 'my sync.py'"]
        assert again[-1] == verdict["id"]
        assert f"FAILED {verdict['id']}" in result.stdout
        assert verdict["again"] in result.stdout


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        ([Told(ONE.id)], "passed", 0),
        ([Told(ONE.id, WRONG)], "failed", 1),
        ([Told(ONE.id, missing="nothing was sent")], "not-run", 3),
        ([Told("certify.another")], "not-run", 3),
        ([], "not-run", 3),
        ([Told("*", missing="no request came")], "not-run", 3),
        ([Told("*", WRONG)], "failed", 1),
        ([Told("*", broken="RuntimeError")], "errored", 4),
        ([Told(ONE.id), Told("*", broken="RuntimeError")], "passed", 0),
    ],
)
def test_a_check_passes_only_when_its_situation_arose(
    told: list[Told], status: str, code: int, monkeypatch: pytest.MonkeyPatch
):
    """What ended a scenario early holds for the checks that it did not come to."""
    tell(monkeypatch, *told)
    run = judged(ONE)

    assert (run.verdicts[0].status, run.exit_code) == (status, code)
    assert run.verdicts[0].again == f"again {ONE.id}"


def test_of_several_scenarios_one_that_arose_is_enough_and_one_failure_is_too_much(monkeypatch: pytest.MonkeyPatch):
    """A check is watched in more than one place."""
    names = iter([Told(ONE.id), Told(ONE.id, missing="not there"), Told(ONE.id)])
    monkeypatch.setattr(runner, "_play", lambda *_: Played([next(names)]))
    assert [each.status for each in judged(ONE, workers=1).verdicts] == ["passed"]

    names = iter([Told(ONE.id), Told(ONE.id, WRONG), Told(ONE.id)])
    assert [each.status for each in judged(ONE, workers=1).verdicts] == ["failed"]


def test_a_server_that_goes_away_ends_the_run(monkeypatch: pytest.MonkeyPatch):
    """What is left is not run, and says why."""

    def gone(*_: object) -> Played:
        raise Inconclusive("no answer")

    monkeypatch.setattr(runner, "_play", gone)
    run = judged(*checks_of(PROFILES[0]))

    assert {each.not_run_because for each in run.verdicts} == {"no answer"}
    assert (run.inconclusive_because, run.exit_code) == ("no answer", 3)
