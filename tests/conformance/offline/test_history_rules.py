"""Every rule on hand-written recordings: one violates it, one is consistent with it, one leaves it undecided."""

from pathlib import Path

import pytest

from conformance.offline.judge import judge
from conformance.offline.recording import read_recording
from conformance.offline.rules import RULES
from conformance.verdict import Verdict

HAR = Path(__file__).parents[2] / "data" / "har"
FILES = {
    "schema.requests": "requests",
    "schema.responses": "responses",
    "history.lost-update": "lost-update",
    "history.stale-overwrite": "stale-overwrite",
    "history.failed-push": "failed-push",
    "history.foreign-record": "foreign-record",
    "history.needless-push": "needless-push",
    "history.whole-counts": "whole-counts",
}


def verdicts(name: str, seller: int | None = None) -> dict[str, Verdict]:
    run = judge(read_recording(HAR / f"{name}.har", None), "conformance validate it", seller)
    return {verdict.id: verdict for verdict in run.verdicts}


def broken(found: dict[str, Verdict]) -> set[str]:
    return {name for name, verdict in found.items() if verdict.status == "failed"}


def test_every_rule_has_its_three_recordings():
    """A rule without a recording that violates it is a rule that nobody saw at work."""
    assert [rule.id for rule in RULES] == list(FILES)
    for how in ("violated", "consistent", "undecided"):
        assert all((HAR / f"{name}-{how}.har").is_file() for name in FILES.values())


@pytest.mark.parametrize("rule", FILES)
def test_violated(rule):
    """The recording that was made to break the rule breaks it, and no other rule of the history."""
    found = verdicts(f"{FILES[rule]}-violated")

    assert broken(found) == {rule}


@pytest.mark.parametrize("rule", FILES)
def test_consistent(rule):
    """Its twin keeps the rule, and breaks none."""
    found = verdicts(f"{FILES[rule]}-consistent")

    assert found[rule].status == "passed"
    assert not broken(found)


@pytest.mark.parametrize("rule", FILES)
def test_undecided(rule):
    """Where the recording lacks what is needed, the rule says so and why."""
    found = verdicts(f"{FILES[rule]}-undecided")

    assert found[rule].status == "not-run"
    assert found[rule].reason
    assert not broken(found)


def test_an_empty_history_is_undecided():
    """Nothing recorded is nothing known."""
    assert {verdict.status for verdict in verdicts("empty").values()} == {"not-run"}


def test_a_whole_good_sync_is_consistent_with_every_rule():
    """Two figures told, both pushed, nothing more: a CI job may pass on it."""
    assert {verdict.status for verdict in verdicts("sync-consistent").values()} == {"passed"}


@pytest.mark.parametrize("rule", FILES)
def test_a_violation_says_all_that_is_needed(rule):
    """Requirement, source, expected, actual, traffic without credentials, and how to see it again."""
    verdict = verdicts(f"{FILES[rule]}-violated")[rule]

    assert verdict.requirements
    assert verdict.source
    assert verdict.again
    assert all(each.expected != each.actual for each in verdict.differences)
    assert verdict.exchanges
    assert "secret-of-the-recording" not in str(verdict.as_json())


def test_the_own_seller_decides_whose_records_are_foreign():
    """With the seller given, a write of another's record is no longer open."""
    assert verdicts("foreign-record-undecided", seller=1)["history.foreign-record"].status == "failed"
    assert verdicts("foreign-record-consistent", seller=1)["history.foreign-record"].status == "passed"
    assert verdicts("foreign-record-consistent", seller=2)["history.foreign-record"].status == "failed"


def test_a_lost_update_names_the_listing_and_its_figure():
    """TEE-MP was told as 3 and never pushed; MUG-MP was."""
    (difference,) = verdicts("lost-update-violated")["history.lost-update"].differences

    assert difference.path == "log/entries/0/TEE-MP"
    assert str(difference.expected).startswith("3 ")
    assert difference.actual == "never pushed"


def test_a_stale_overwrite_names_both_figures():
    """8 was told before 2, and written after it."""
    (difference,) = verdicts("stale-overwrite-violated")["history.stale-overwrite"].differences

    assert str(difference.expected).startswith("2 kept")
    assert str(difference.actual).startswith("8, ")
