"""What every failure must say, whatever the check: asserted over all of them on a server that answers nonsense."""

from __future__ import annotations

import shlex

import pytest

from conformance import catalogue, report
from conformance.check import Expecting
from conformance.checks import load_checks
from conformance.report.raw import RawRun
from conformance.runner import run_checks
from conformance.target import Target
from tests.conformance import wrong

CHECKS = {check.id: check for check in load_checks()}


@pytest.fixture(scope="module")
def run():
    with Target.open("tests.conformance.wrong:nonsense") as target:
        return run_checks(
            target,
            list(CHECKS.values()),
            Expecting(readings=catalogue.defaults()),
            again=lambda check: f"conformance run --target somewhere {check.id}",
        )


def uses_an_imitated_api(check_id):
    """Return whether a check looks at more than what the control API answers, which is the mock's own here."""
    steps = CHECKS[check_id].shown().get("steps", [{"request": {"api": "order_manager"}}])
    return any(step.get("request", {}).get("api", "control") != "control" for step in steps)


def test_every_check_can_fail(run):
    """A server that answers nonsense passes nothing that asks it; a negative case says that its sound case fails."""
    passed = [verdict.id for verdict in run.of("passed") if uses_an_imitated_api(verdict.id)]
    unexplained = [each.id for each in run.of("not-run") if "the sound case" not in each.reason]

    assert [] == passed
    assert [] == run.of("errored")
    assert [] == unexplained
    assert len(run.of("failed")) > 500


def test_every_failure_has_requirement_source_difference_traffic_and_a_line_that_shows_it_again(run):
    """Nobody should have to look elsewhere for what was wrong."""
    for verdict in run.of("failed"):
        assert verdict.requirements, verdict.id
        assert verdict.source, verdict.id
        assert verdict.why, verdict.id
        assert verdict.differences, verdict.id
        assert verdict.exchanges, verdict.id
        assert verdict.id in shlex.split(verdict.again), verdict.id
        for difference in verdict.differences:
            assert difference.expected != difference.actual, verdict.id


def test_no_credential_is_in_any_report(run):
    """Not even where the server sends it back."""
    secrets = {each for each in wrong.SECRETS if len(each) > 12}
    header = report.run_header("run", "nonsense", selected=len(run.verdicts))
    whole = RawRun.of(header, run, 1.0)

    assert secrets
    for form in report.FORMATS:
        text = report.render(whole, form)
        assert [] == [secret for secret in secrets if secret in text], form


def test_every_failure_is_told_in_full_on_a_terminal(run):
    """Id, requirement, source, expected, actual, and the line that shows it again."""
    failed = run.of("failed")[0]
    header = report.run_header("run", "nonsense", selected=1)
    text = report.render(RawRun.of(header, type(run)((failed,)), 1.0), "terminal")

    for part in (failed.id, failed.requirements[0], failed.source[:30], "expected", "actual", failed.again):
        assert part in text
