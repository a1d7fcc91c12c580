"""The runner: which checks a selection names, and what becomes of a run that cannot go on."""

from __future__ import annotations

import pytest

from conformance import catalogue
from conformance.check import Check, Expecting, Finding, judge
from conformance.runner import UnknownName, run_checks, selected
from conformance.target import Target
from conformance.verdict import Difference, Inconclusive, NotVerified


def check(id_, outcome=None, *, requirements=("OM-ACK-05",), grade="D"):
    def carry_out(_target, _expecting):
        if isinstance(outcome, Exception):
            raise outcome
        return Finding((Difference("figure", 1, 2),) if outcome == "wrong" else ())

    return Check(
        id=id_,
        kind="case",
        title="A rule that holds",
        requirements=requirements,
        source="the documents",
        grade=grade,
        why="1",
        carry_out=carry_out,
        shown=dict,
    )


@pytest.fixture
def target():
    with Target.open("tests.conformance.wrong:app") as opened:
        yield opened


def run(target, *checks, **how):
    return run_checks(target, checks, Expecting(), again=lambda each: f"again {each.id}", **how)


CHECKS = [
    check("feed/one"),
    check("feed/two", requirements=("OM-ACK-04", "OM-PUSH-01"), grade="G"),
    check("mp/three", requirements=("MP-INV-01",)),
]


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        ((), ["feed/one", "feed/two", "mp/three"]),
        (("feed/two",), ["feed/two"]),
        (("feed",), ["feed/one", "feed/two"]),
        (("OM-PUSH-01",), ["feed/two"]),
        (("OM-ACK",), ["feed/one", "feed/two"]),
        (("*/t*",), ["feed/two", "mp/three"]),
        (("mp/three", "feed/one"), ["feed/one", "mp/three"]),
    ],
)
def test_a_name_is_a_check_a_file_a_requirement_a_family_or_a_pattern(names, ids):
    """A selection names what it likes, and comes in the order of the checks."""
    assert ids == [each.id for each in selected(CHECKS, names=names)]


def test_what_is_excluded_is_left_out():
    """Exclusions take the same names as the selection."""
    assert ["mp/three"] == [each.id for each in selected(CHECKS, exclude=["OM-ACK"])]


def test_documented_only_leaves_out_guesses():
    """Level documented keeps grades D and E."""
    assert ["feed/one", "mp/three"] == [each.id for each in selected(CHECKS, documented_only=True)]


def test_an_unknown_name_offers_the_nearest():
    """A name that selects nothing is an error, in the exclusions too."""
    with pytest.raises(UnknownName, match="nearest: 'feed/two'"):
        selected(CHECKS, names=["feed/twoo"])
    with pytest.raises(UnknownName, match="'nothing-like-it'"):
        selected(CHECKS, exclude=["nothing-like-it"])


@pytest.mark.parametrize(
    ("outcome", "status", "exit_code"),
    [
        (None, "passed", 0),
        ("wrong", "failed", 1),
        (NotVerified("no key"), "not-run", 3),
        (ZeroDivisionError("oops"), "errored", 4),
    ],
)
def test_each_outcome_has_its_status_and_exit_code(target, outcome, status, exit_code):
    """Passed 0, failed 1, not verified 3, a broken harness 4."""
    judged = run(target, check("one", outcome))

    assert [status] == [each.status for each in judged.verdicts]
    assert exit_code == judged.exit_code
    assert "again one" == judged.verdicts[0].again


def test_the_worst_wins_in_the_order_four_one_three(target):
    """A broken harness is worse than a failure, a failure worse than what was not verified."""
    broken, wrong, unsure, good = (
        check("a", ZeroDivisionError()),
        check("b", "wrong"),
        check("c", NotVerified("x")),
        check("d"),
    )

    assert 4 == run(target, good, unsure, wrong, broken).exit_code
    assert 1 == run(target, good, unsure, wrong).exit_code
    assert 3 == run(target, good, unsure).exit_code
    assert 3 == run(target).exit_code


def test_a_target_that_goes_away_leaves_the_rest_not_run(target):
    """What was judged stays; the rest says why it was not."""
    judged = run(target, check("a"), check("b", Inconclusive("no answer")), check("c"))

    assert ["passed", "not-run", "not-run"] == [each.status for each in judged.verdicts]
    assert "no answer" == judged.inconclusive_because == judged.verdicts[2].reason
    assert 3 == judged.exit_code


def test_stop_at_first_ends_the_run_at_a_failure(target):
    """With -x nothing is carried out behind the first failure, and the run stays failed."""
    judged = run(target, check("a"), check("b", "wrong"), check("c"), stop_at_first=True)

    assert ["passed", "failed", "not-run"] == [each.status for each in judged.verdicts]
    assert "the run ended at the first failure, b" == judged.verdicts[2].reason
    assert 1 == judged.exit_code


def test_what_the_target_lacks_is_skipped(target):
    """A declared lack skips the checks of a requirement or of its family, and does not fail the run."""
    ack, marketplace = check("a"), check("b", "wrong", requirements=("MP-INV-01",))

    judged = run_checks(target, [ack, marketplace], Expecting(lacks=frozenset({"MP-INV"})), again=lambda each: each.id)

    assert ["passed", "skipped"] == [each.status for each in judged.verdicts]
    assert "the target declares that it lacks MP-INV" == judged.verdicts[1].reason
    assert 0 == judged.exit_code


def test_several_workers_give_the_verdicts_of_one(target):
    """The order is that of the checks, whoever is ready first."""
    many = [check(f"n/{number}", "wrong" if number % 7 == 0 else None) for number in range(200)]

    alone = run(target, *many)
    together = run(target, *many, workers=8)

    assert [(each.id, each.status) for each in alone.verdicts] == [(each.id, each.status) for each in together.verdicts]


def test_a_listener_hears_every_verdict_in_order(target):
    """Reports are written while the run goes on."""
    heard = []
    run(target, *CHECKS, listener=lambda verdict: heard.append(verdict.id), workers=3)

    assert ["feed/one", "feed/two", "mp/three"] == heard


def test_only_failures_keep_their_traffic():
    """What passed needs no proof, and a run file stays small."""
    from conformance.checks import from_vectors

    vector = next(each for each in from_vectors.checks() if each.id == "feed-wire/rows")
    with Target.open("mockserver.http.app:create_app()") as mock:
        good = judge(mock, vector, Expecting(readings=catalogue.defaults()))
        bad = judge(mock, vector, Expecting(switched={"ack.envelope": "object"}))

    assert () == good.exchanges
    assert "failed" == bad.status
    methods = [each["request"]["method"] for each in bad.exchanges]
    assert ["POST", "POST", "POST", "DELETE"] == methods
