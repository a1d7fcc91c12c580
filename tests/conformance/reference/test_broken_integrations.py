"""Broken integrations are failed by the check that is meant for them, right ones by none."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator

import pytest
from reference_runs import ROOT

from conformance import server
from conformance.certify.checks import all_checks, checks_of
from conformance.target import Target
from tests.mutants.integrations import BROKEN, BY_NAME, HARMLESS, REFERENCES, Broken
from tests.mutants.integrations.judging import certified, judge

# A few quick ones; `make mutants` judges them all, and the references by every check in both modes.
SOME = ("adds_repeated_rows", "first_page_only", "ignores_429", "keeps_the_last_unit", "warehouse_level_is_total")
PLAYED = {"first-sync", "crash", "lost-acknowledge-reply", "warehouse-levels", "warehouse-unknown"}


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    with server.started() as url, Target.open(url) as opened:
        yield opened


@pytest.mark.parametrize("name", SOME)
def test_a_broken_integration_is_failed_by_its_check(target: Target, name: str) -> None:
    """A judge that cannot fail proves nothing; the verdict shows the traffic that says why."""
    judged = judge(target, BY_NAME[name])

    assert judged.outcome == "killed by name"
    assert judged.own is not None
    assert judged.own.exchanges


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda reference: reference.name)
def test_the_reference_passes(target: Target, reference: Broken) -> None:
    """Every check that the scenarios of a first sync, a crash and a lost answer decide is passed."""
    ids = [check.id for check in checks_of(reference.profile) if set(check.scenarios) <= PLAYED]

    verdicts = certified(target, reference.module, ids)

    assert ids
    assert {each.id: each.status for each in verdicts} == dict.fromkeys(ids, "passed")


def test_the_reference_passes_as_a_daemon(target: Target) -> None:
    """Design, section 8: mode daemon."""
    (verdict,) = certified(target, REFERENCES[0].module, ["certify.crash-recovered"], mode="daemon")

    assert verdict.status == "passed"


def test_the_references_need_nothing_of_this_project() -> None:
    """They are there to be copied: the standard library, httpx and each other."""
    imported = {
        name
        for path in (ROOT / "conformance" / "reference").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in _imported(node)
        if name.partition(".")[0] not in sys.stdlib_module_names
    }

    assert {name for name in imported if not name.startswith("conformance.reference.")} == {"httpx"}


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [each.name for each in node.names] if isinstance(node, ast.Import) else []


def test_every_check_has_a_broken_integration() -> None:
    """A check that nothing fails proves nothing."""
    assert {each.breaks for each in BROKEN} == {check.id for check in all_checks()}


def test_a_broken_integration_says_in_one_line_what_is_wrong() -> None:
    """The list is read from the text of the modules: each can be imported, and says the same there."""
    for each in [*BROKEN, *HARMLESS[len(REFERENCES) :]]:
        module = importlib.import_module(each.module)
        assert (getattr(module, "BREAKS", ""), module.__doc__) == (each.breaks, each.wrong)
        assert "\n" not in each.wrong
