"""The catalogue of certify: every entry stands on the registry, on scenarios that exist, and on a page."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from conformance.certify.checks import CertifyCheck, all_checks, checks_of
from conformance.certify.scenarios import SCENES
from conformance.certify.watch import WATCHES

ROOT = Path(__file__).parents[3]
CHECKS = all_checks()


def test_the_catalogue_is_as_its_schema_says():
    """Other runners may read it."""
    document = json.loads((ROOT / "fixtures" / "certify" / "checks.json").read_text(encoding="utf-8"))
    schema = json.loads((ROOT / "schemas" / "harness" / "certify-checks.json").read_text(encoding="utf-8"))

    jsonschema.Draft202012Validator(schema).validate(document)


def test_ids_are_unique_and_each_profile_has_checks():
    """An id names one check."""
    assert len(CHECKS) == len({check.id for check in CHECKS})
    assert len(CHECKS) == len(checks_of("order-manager-to-marketplacer")) + len(checks_of("warehouse-to-order-manager"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_requirements_are_behaviours_of_the_registry(check: CertifyCheck):
    """A failure leads to what the vendor says."""
    known = {
        behaviour["id"]
        for path in (ROOT / "schemas" / "behaviours").glob("*.json")
        for behaviour in json.loads(path.read_text(encoding="utf-8")).get("behaviours", [])
    }

    assert [] == [each for each in check.requirements if each not in known]


def test_every_scenario_is_there_and_serves_a_check():
    """No check without its scenario, no scenario for nothing."""
    assert {name for check in CHECKS for name in check.scenarios} == set(SCENES)


def test_what_is_watched_is_a_check():
    """A watch without a check would be silent."""
    assert set(WATCHES) <= {check.id for check in CHECKS}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_stands_on_the_page(check: CertifyCheck):
    """Readers find what is judged."""
    page = (ROOT / "docs" / "certify.md").read_text(encoding="utf-8")

    assert f"| `{check.id}` | {check.title} | {' '.join(check.requirements)} |" in page
