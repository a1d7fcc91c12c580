"""What came of one check: passed, or the differences that say why not, or why nothing can be said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Status = Literal["passed", "failed", "errored", "skipped", "not-run"]
STATUSES: Final[tuple[Status, ...]] = ("passed", "failed", "errored", "skipped", "not-run")

PASSED = 0
NONCONFORMANT = 1
USAGE = 2
INCONCLUSIVE = 3
HARNESS_FAILED = 4
INTERRUPTED = 130


class Inconclusive(Exception):
    """Nothing can be said about the target: it cannot be reached, or it cannot be driven."""


class NotVerified(Exception):
    """One check cannot be carried out here, though the target may well conform; the text says why."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the target answered something else."""

    path: str
    expected: object
    actual: object

    def __str__(self) -> str:
        """Return one line for a person."""
        return f"{self.path}: expected {self.expected!r}, actual {self.actual!r}"


class UnexpectedAnswer(Exception):
    """The target answered a call in a way that ends the vector; ``difference`` says what was wrong."""

    def __init__(self, path: str, expected: object, actual: object) -> None:
        super().__init__(path, expected, actual)
        self.difference = Difference(path, expected, actual)


@dataclass(frozen=True, slots=True)
class Followed:
    """Which option of a reading the target was seen to follow, and which one the run expected of it."""

    reading: str
    option: str | None
    expected: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What came of one check.

    No differences means passed. ``harness_error`` is set when the harness itself broke, and is nobody's fault but ours;
    ``skipped_because`` when the target declares that it lacks what is needed; ``not_run_because`` when it could not be
    verified. ``exchanges`` is the traffic that shows it, credentials blanked out; ``again`` the command line that shows
    it once more.
    """

    id: str
    title: str
    source: str
    grade: str
    why: str
    differences: tuple[Difference, ...] = ()
    harness_error: str | None = None
    requirements: tuple[str, ...] = ()
    skipped_because: str | None = None
    not_run_because: str | None = None
    followed: Followed | None = None
    exchanges: tuple[Mapping[str, Any], ...] = ()
    again: str = ""
    seconds: float = 0.0

    @property
    def status(self) -> Status:
        """Passed, failed, errored when the harness itself broke, skipped, or not run."""
        if self.harness_error is not None:
            return "errored"
        if self.differences:
            return "failed"
        if self.skipped_because is not None:
            return "skipped"
        return "passed" if self.not_run_because is None else "not-run"

    @property
    def reason(self) -> str | None:
        """Why it was not judged, or how the harness broke; None when it was judged."""
        return self.harness_error or self.skipped_because or self.not_run_because

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as plain JSON types (schemas/harness/run.json, verdict)."""
        written: dict[str, Any] = {
            "id": self.id,
            "title": self.title,
            "requirements": list(self.requirements),
            "source": self.source,
            "grade": self.grade,
            "status": self.status,
            "reason": self.reason,
            "why": self.why,
            "reading": _reading(self.followed),
            "differences": [
                {"path": each.path, "expected": each.expected, "actual": each.actual} for each in self.differences
            ],
            "exchanges": list(self.exchanges),
            "again": self.again,
            "seconds": round(self.seconds, 6),
        }
        return written if self.harness_error is None else {**written, "harness_error": self.harness_error}


def _reading(followed: Followed | None) -> dict[str, Any] | None:
    if followed is None:
        return None
    return {"id": followed.reading, "option": followed.option, "expected": followed.expected}


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that was judged, and why the rest was not, if it was not."""

    verdicts: tuple[Verdict, ...]
    inconclusive_because: str | None = None

    @property
    def exit_code(self) -> int:
        """The worst of what happened, in the order harness failed, nonconformant, inconclusive, passed."""
        statuses = {verdict.status for verdict in self.verdicts}
        if "errored" in statuses:
            return HARNESS_FAILED
        if "failed" in statuses:
            return NONCONFORMANT
        if self.inconclusive_because is not None or not statuses - {"skipped"} or "not-run" in statuses:
            return INCONCLUSIVE
        return PASSED

    @property
    def counts(self) -> dict[Status, int]:
        """How many verdicts have each status."""
        return {status: len(self.of(status)) for status in STATUSES}

    def of(self, status: Status) -> Sequence[Verdict]:
        """Return the verdicts with this status."""
        return [verdict for verdict in self.verdicts if verdict.status == status]
