"""The JSON report validates against the schema that is published with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from conformance import catalogue
from conformance.report import render
from conformance.resources import schemas_dir
from conformance.verdict import Verdict
from tests.conformance.report import samples


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((schemas_dir() / "harness" / name).read_text(encoding="utf-8"))
    return loaded


def validator() -> jsonschema.Draft202012Validator:
    run = schema("run.json")
    return jsonschema.Draft202012Validator(
        schema("report.json"), registry=Registry().with_resource(run["$id"], Resource.from_contents(run))
    )


def document(*verdicts: Verdict, **more: Any) -> dict[str, Any]:
    text = render(samples.raw_run(*verdicts, **more), "json")
    loaded: dict[str, Any] = json.loads(text.encode("utf-8"))
    return loaded


@pytest.mark.parametrize("verdicts", [samples.ALL, (samples.PASSED,), ()], ids=["all", "passed", "none"])
def test_it_is_as_its_schema_says(verdicts: tuple[Verdict, ...]) -> None:
    """Every kind of verdict, hostile text included, and none at all."""
    because = None if verdicts else "nobody answers"

    assert [] == [error.message for error in validator().iter_errors(document(*verdicts, because=because))]


@pytest.mark.parametrize("spoil", ["families", "run", "verdicts", "requirements"])
def test_the_schema_is_closed(spoil: str) -> None:
    """A key that nobody knows is an error at every level."""
    told = document(*samples.ALL)
    place = told[spoil][0] if isinstance(told[spoil], list) else told[spoil]
    place["surprise"] = 1

    assert not validator().is_valid(told)


def test_it_tells_the_run_and_what_it_came_to() -> None:
    """The header's facts, the counts, the exit code, the verdicts in order."""
    told = document(*samples.ALL, dialect="ours.json", readings={"ack.paging": "limit"})

    assert ("run", "mock:app", 1.5, "2026-03-01T12:00:00.000Z") == tuple(
        told["run"][key] for key in ("command", "target", "seconds", "started_at")
    )
    assert {"readings": {"ack.paging": "limit"}, "dialect": "ours.json"} == told["run"]["expecting"]
    assert (4, 3) == (told["exit_code"], told["counts"]["failed"])
    assert [verdict.id for verdict in samples.ALL[:-1]] == [verdict["id"] for verdict in told["verdicts"][:-1]]


def test_it_tells_of_every_requirement() -> None:
    """Verified, failed, or not verified and why."""
    told = {each["id"]: each for each in document(*samples.ALL)["requirements"]}

    assert {each.id for each in catalogue.requirements()} < set(told)
    assert "failed" == told["OM-ALLOC-08"]["status"]
    assert ["allocation-percent/50-of-19", "allocation-percent/10-of-9"] == told["OM-ALLOC-08"]["checks"]
    assert ("not-verified", "needs --allow-writes") == (told["MP-INV-01"]["status"], told["MP-INV-01"]["why"])


def test_it_tells_which_readings_are_followed() -> None:
    """With what was expected."""
    (reading,) = document(*samples.ALL)["readings"]

    assert ("ack.paging", "limit", ["everything"], "differs") == tuple(
        reading[key] for key in ("id", "expected", "followed", "status")
    )


def test_the_text_can_be_written_as_utf_8(tmp_path: Path) -> None:
    """Half a character from a target does not stop the report."""
    (tmp_path / "report.json").write_text(render(samples.raw_run(samples.HOSTILE), "json"), encoding="utf-8")

    assert (
        samples.NASTY.replace("\ud83d", "\ufffd")
        == json.loads((tmp_path / "report.json").read_text())["verdicts"][0]["title"]
    )
