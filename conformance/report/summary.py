"""What a run says of each requirement, each reading and each family of checks."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from conformance import catalogue
from conformance.report.text import family
from conformance.verdict import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.report.raw import RawRun
    from conformance.verdict import Status, Verdict

RequirementStatus = Literal["verified", "failed", "not-verified"]
ReadingStatus = Literal["as-expected", "differs", "not-seen"]
_MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class RequirementFound:
    """What the run says of one requirement; statement, grade and source are None when the registry has no such id."""

    id: str
    statement: str | None
    grade: str | None
    source: str | None
    status: RequirementStatus
    why: str | None
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadingFound:
    """Which options of a reading the target was seen to follow; None among them is something else than any option."""

    id: str
    question: str | None
    expected: str
    followed: tuple[str | None, ...]
    status: ReadingStatus
    checks: tuple[str, ...]


def families(run: RawRun) -> Mapping[str, Mapping[Status, int]]:
    """Return the counts of each family by name."""
    found: dict[str, Counter[Status]] = defaultdict(Counter)
    for verdict in run.verdicts:
        found[family(verdict)][verdict.status] += 1
    return {name: {status: found[name][status] for status in STATUSES} for name in sorted(found)}


# -- requirements ----------------------------------------------------------------------------------------------------


def requirements(run: RawRun) -> Sequence[RequirementFound]:
    """
    Return every behaviour of the registry with what the run says of it, then whatever else the checks name.

    One failure makes it failed. It is verified when a check passed and none of the others broke or could not be
    carried out; checks of what the target declares to lack do not stand in the way.
    """
    resting: dict[str, list[Verdict]] = {known.id: [] for known in catalogue.requirements()}
    for verdict in run.verdicts:
        for requirement in dict.fromkeys(verdict.requirements):
            resting.setdefault(requirement, []).append(verdict)
    known = {each.id: each for each in catalogue.requirements()}
    return [_requirement(id_, known.get(id_), verdicts, run) for id_, verdicts in resting.items()]


def _requirement(
    id_: str, known: catalogue.Requirement | None, verdicts: Sequence[Verdict], run: RawRun
) -> RequirementFound:
    status, why = _judged(verdicts) if verdicts else ("not-verified", _unjudged(id_, run))
    checks = tuple(verdict.id for verdict in verdicts)
    if known is None:
        return RequirementFound(id_, None, None, None, status, why, checks)
    return RequirementFound(id_, known.statement, known.grade, known.source, status, why, checks)


def _judged(verdicts: Sequence[Verdict]) -> tuple[RequirementStatus, str | None]:
    by_status: dict[Status, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_status[verdict.status].append(verdict)
    if by_status["failed"]:
        return "failed", f"failed: {_names(by_status['failed'])}"
    if by_status["errored"]:
        return "not-verified", f"the harness failed in {_names(by_status['errored'])}"
    if by_status["not-run"] or (by_status["skipped"] and not by_status["passed"]):
        left = [*by_status["not-run"], *by_status["skipped"]]
        return "not-verified", "; ".join(dict.fromkeys(verdict.reason or "no reason given" for verdict in left))
    return "verified", None


def _unjudged(id_: str, run: RawRun) -> str:
    untested = catalogue.untested().get(id_)
    if untested is not None:
        return f"cannot be seen from outside: {untested}"
    reason = run.footer["inconclusive_because"]
    return "no check of this run rests on it" if reason is None else f"the run ended before: {reason}"


def _names(verdicts: Sequence[Verdict]) -> str:
    more = len(verdicts) - _MOST_NAMED
    return ", ".join(verdict.id for verdict in verdicts[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def requirement_counts(found: Iterable[RequirementFound]) -> Mapping[RequirementStatus, int]:
    """Return how many requirements are verified, failed and not verified."""
    counted = Counter(each.status for each in found)
    return {"verified": counted["verified"], "failed": counted["failed"], "not-verified": counted["not-verified"]}


# -- readings --------------------------------------------------------------------------------------------------------


def readings(run: RawRun) -> Sequence[ReadingFound]:
    """Return every reading that a check looked at, or that the run was told something about, by id."""
    looked: dict[str, list[Verdict]] = {reading: [] for reading in run.header["expecting"]["readings"]}
    for verdict in run.verdicts:
        if verdict.followed is not None:
            looked.setdefault(verdict.followed.reading, []).append(verdict)
    return [_reading(id_, looked[id_], run) for id_ in sorted(looked)]


def _reading(id_: str, verdicts: Sequence[Verdict], run: RawRun) -> ReadingFound:
    seen = [verdict.followed for verdict in verdicts if verdict.followed is not None]
    told = run.header["expecting"]["readings"].get(id_)
    expected = seen[0].expected if told is None else told
    options = tuple(dict.fromkeys(each.option for each in seen))
    known = catalogue.readings().get(id_)
    status: ReadingStatus = "not-seen" if not options else "as-expected" if options == (expected,) else "differs"
    checks = tuple(verdict.id for verdict in verdicts)
    return ReadingFound(id_, None if known is None else known.question, expected, options, status, checks)
