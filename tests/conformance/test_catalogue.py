"""The catalogue: registry, checks and the generated page agree, and the suite is whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance import catalogue
from conformance.checks import load_checks
from conformance.cli import main

ROOT = Path(__file__).resolve().parents[2]
CHECKS = load_checks()


def conformance(*arguments):
    return CliRunner().invoke(main, list(arguments))


def test_every_behaviour_is_checked_or_says_why_not():
    """A behaviour that nobody checks and nobody excuses is a defect of the suite."""
    assert [] == [each.requirement.id for each in catalogue.covered(CHECKS) if each.coverage == "forgotten"]


def test_no_behaviour_is_both_checked_and_excused():
    """An excuse that has become untrue goes."""
    both = [each.requirement.id for each in catalogue.covered(CHECKS) if each.checks and each.untested_because]

    assert [] == both
    assert set(catalogue.untested()) <= {each.id for each in catalogue.requirements()}


def test_every_check_names_behaviours_of_the_registry():
    """A check reports under requirements that there are."""
    known = {each.id for each in catalogue.requirements()}

    assert {} == {check.id: check.requirements for check in CHECKS if not set(check.requirements) <= known}
    assert [] == [check.id for check in CHECKS if not check.requirements]


def test_every_reading_has_a_check():
    """Each open question can be found out."""
    assert set(catalogue.readings()) == {check.reading for check in CHECKS if check.reading is not None}


def test_ids_of_checks_are_unique():
    """A command line with an id carries out one check."""
    ids = [check.id for check in CHECKS]

    assert len(ids) == len(set(ids))


def test_the_page_is_what_the_command_prints():
    """docs/requirements.md is made, not written."""
    result = conformance("requirements", "--format", "markdown")

    assert 0 == result.exit_code
    assert (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8") == result.stdout


def test_every_format_lists_every_behaviour():
    """Table, CSV and JSON tell of the same rows."""
    ids = [each.id for each in catalogue.requirements()]

    assert ids == [row["id"] for row in json.loads(conformance("requirements", "--format", "json").stdout)]
    assert ids == [
        line.split(",")[0] for line in conformance("requirements", "--format", "csv").stdout.splitlines()[1:]
    ]
    table = conformance("requirements").stdout
    assert [] == [id_ for id_ in ids if id_ not in table]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("OM-ACK-05", ["requirement: OM-ACK-05", "grade: I", "checks:", "sequence/readers-share-no-row"]),
        ("feed-wire/rows", ["check: feed-wire/rows", "grade: G", "exchanges:", "availableQuantity: 20"]),
        ("ack.envelope", ["reading: ack.envelope", "default: array", "options:", "expect:"]),
        ("certify.zero-is-sent", ["id: certify.zero-is-sent", "statement:", "situation:", "profile:"]),
        ("sequence/long-run", ["check: sequence/long-run", "grade: D"]),
    ],
)
def test_show_tells_all_of_one(name, parts):
    """Statement, grade, source, what is sent and what is expected."""
    result = conformance("show", name)

    assert 0 == result.exit_code
    assert [] == [part for part in parts if part not in result.stdout]
    assert json.loads(conformance("show", name, "--json").stdout)


def test_every_check_can_be_shown():
    """Whatever it is made from."""
    for check in CHECKS:
        assert json.dumps(check.shown())


def test_show_offers_the_nearest():
    """A slip of the keyboard is a usage error."""
    result = conformance("show", "OM-ACK-055")

    assert 2 == result.exit_code
    assert "nearest: 'OM-ACK-05'" in result.output


def test_list_takes_the_names_that_run_takes():
    """One line a check, or one JSON document; an empty selection is inconclusive."""
    lines = conformance("list", "OM-EXCL-03").stdout.splitlines()
    documents = json.loads(conformance("list", "OM-EXCL-03", "--json").stdout)

    assert [line.split("\t")[0] for line in lines] == [each["id"] for each in documents] != []
    assert 3 == conformance("list", "OM-EXCL-03", "--exclude", "OM-EXCL-03").exit_code
    assert 2 == conformance("list", "nobody").exit_code
