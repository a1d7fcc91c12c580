"""What a run says of requirements, readings and families."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance import catalogue
from conformance.report import summary
from conformance.report.text import family
from conformance.verdict import Followed, Verdict
from tests.conformance.report import samples

RULE = "OM-ALLOC-08"


def on(verdict: Verdict, id_: str = "one/check", *requirements: str) -> Verdict:
    return replace(verdict, id=id_, requirements=requirements or (RULE,))


def found(*verdicts: Verdict, requirement: str = RULE, **more: Any) -> summary.RequirementFound:
    return next(each for each in summary.requirements(samples.raw_run(*verdicts, **more)) if each.id == requirement)


@pytest.mark.parametrize(
    ("verdicts", "status", "why"),
    [
        ([samples.PASSED], "verified", None),
        ([samples.PASSED, samples.SKIPPED], "verified", None),
        ([samples.PASSED, samples.FAILED, samples.ERRORED], "failed", "failed: check/1"),
        ([samples.PASSED, samples.ERRORED], "not-verified", "the harness failed in check/1"),
        ([samples.PASSED, samples.NOT_RUN], "not-verified", "needs --allow-writes"),
        ([samples.SKIPPED], "not-verified", "the target declares that it lacks MP-HOOK"),
        ([samples.SKIPPED, samples.NOT_RUN], "not-verified", "needs --allow-writes; the target declares"),
        ([], "not-verified", "no check of this run rests on it"),
    ],
)
def test_a_requirement_is_verified_failed_or_not_verified_and_why(
    verdicts: list[Verdict], status: str, why: str | None
) -> None:
    """One failure fails it; what could not be carried out, or broke, keeps it from being verified."""
    told = found(*(on(verdict, f"check/{number}") for number, verdict in enumerate(verdicts)))

    assert status == told.status
    assert told.why is None if why is None else why in (told.why or "")
    assert [f"check/{number}" for number in range(len(verdicts))] == list(told.checks)


def test_every_behaviour_of_the_registry_is_told_of() -> None:
    """With what the registry says of it, in its order, and what the registry does not know at the end."""
    told = summary.requirements(samples.raw_run(on(samples.PASSED, "one/check", "OWN-99")))

    assert [*(each.id for each in catalogue.requirements()), "OWN-99"] == [each.id for each in told]
    assert all(each.statement and each.grade and each.source for each in told[:-1])
    assert (None, None, None) == (told[-1].statement, told[-1].grade, told[-1].source)


def test_a_run_that_ended_early_is_why_the_rest_is_not_verified() -> None:
    """The reason is the run's, where the requirement could have been looked at."""
    untested = catalogue.untested()
    checked = next(each.id for each in catalogue.requirements() if each.id not in untested)

    assert "the run ended before: nobody answers" == found(because="nobody answers", requirement=checked).why


def test_what_cannot_be_seen_from_outside_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue's reason is given where no check exists."""
    monkeypatch.setattr(catalogue, "untested", lambda: {RULE: "it leaves no trace"})

    assert "cannot be seen from outside: it leaves no trace" == found().why


def test_many_failed_checks_are_counted_rather_than_listed() -> None:
    """A reason stays readable."""
    told = found(*(on(samples.FAILED, f"check/{number}") for number in range(9)))

    assert "failed: check/0, check/1, check/2 and 6 more" == told.why


def follows(option: str | None, expected: str = "limit") -> Verdict:
    return replace(samples.READING, differences=(), followed=Followed("ack.paging", option, expected))


@pytest.mark.parametrize(
    ("verdicts", "followed", "status"),
    [
        ([follows("limit")], ("limit",), "as-expected"),
        ([follows("limit"), follows("limit")], ("limit",), "as-expected"),
        ([follows("everything")], ("everything",), "differs"),
        ([follows("limit"), follows("everything")], ("limit", "everything"), "differs"),
        ([follows(None)], (None,), "differs"),
        ([], (), "not-seen"),
    ],
)
def test_a_reading_is_as_expected_or_differs_or_was_not_seen(
    verdicts: list[Verdict], followed: tuple[str | None, ...], status: str
) -> None:
    """Which options the target was seen to follow, each once; None is something else than any of them."""
    told = summary.readings(samples.raw_run(*verdicts, readings={"ack.paging": "limit"}))

    assert [("ack.paging", followed, status, "limit")] == [
        (each.id, each.followed, each.status, each.expected) for each in told
    ]


def test_families_are_those_of_the_first_requirement() -> None:
    """Where there is none, the id says where a check belongs."""
    names = [
        family(on(samples.PASSED, "one/check", "OM-ACK-05", "MP-INV-01")),
        family(replace(samples.PASSED, id="ack.paging=limit", requirements=())),
        family(replace(samples.PASSED, id="feed/first", requirements=())),
        family(replace(samples.PASSED, id="alone", requirements=())),
    ]

    assert ["OM-ACK", "ack", "feed", "alone"] == names


def test_families_have_their_counts() -> None:
    """Sorted by name, every status counted."""
    run = samples.raw_run(samples.PASSED, samples.FAILED, samples.NOT_RUN)

    assert {
        "MP-INV": {"passed": 0, "failed": 0, "errored": 0, "skipped": 0, "not-run": 1},
        "OM-ALLOC": {"passed": 1, "failed": 1, "errored": 0, "skipped": 0, "not-run": 0},
    } == summary.families(run)
    assert ["MP-INV", "OM-ALLOC"] == list(summary.families(run))
