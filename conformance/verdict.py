"""What came of one vector or one option of a reading: passed, or the differences that say why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Status = Literal["passed", "failed", "errored"]

PASSED = 0
NONCONFORMANT = 1
USAGE = 2
INCONCLUSIVE = 3
HARNESS_FAILED = 4
INTERRUPTED = 130


class Inconclusive(Exception):
    """Nothing can be said about the target: it cannot be reached, or it cannot be driven."""


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
class Verdict:
    """
    What came of one judgement.

    No differences means passed; ``harness_error`` is set when the harness itself broke, and is nobody's fault but ours.
    """

    id: str
    title: str
    source: str
    grade: str
    why: str
    differences: tuple[Difference, ...] = ()
    harness_error: str | None = None

    @property
    def status(self) -> Status:
        """Passed, failed, or errored when the harness itself broke."""
        if self.harness_error is not None:
            return "errored"
        return "failed" if self.differences else "passed"

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as plain JSON types."""
        written: dict[str, Any] = {
            "id": self.id,
            "title": self.title,
            "source": self.source,
            "grade": self.grade,
            "status": self.status,
            "why": self.why,
            "differences": [
                {"path": each.path, "expected": each.expected, "actual": each.actual} for each in self.differences
            ],
        }
        return written if self.harness_error is None else {**written, "harness_error": self.harness_error}


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
        if self.inconclusive_because is not None or not self.verdicts:
            return INCONCLUSIVE
        return PASSED

    def of(self, status: Status) -> Sequence[Verdict]:
        """Return the verdicts with this status."""
        return [verdict for verdict in self.verdicts if verdict.status == status]
