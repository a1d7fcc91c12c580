"""What the audits found, the shortest sequence for each, and the verdicts that come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.fuzz.wire import WireRequest
    from conformance.offline.contracts import Operation
    from conformance.target import Answer, TargetWorld
    from conformance.verdict import Difference

MOST_DIFFERENCES: Final = 5
MOST_TOLD: Final = 12


@dataclass(frozen=True, slots=True)
class Audit:
    """One of our own checks: what must hold at every step, and who says so."""

    id: str
    title: str
    source: str
    grade: str
    requirements: tuple[str, ...]
    why: str


AUDITS: Final = (
    Audit(
        "fuzz.feed-complete",
        "Reading the feed to its end tells every listing's figure",
        "requirements OM-ACK-03, OM-ACK-04; the figure as explain has it",
        "D",
        ("OM-ACK-03", "OM-ACK-04", "OM-PUSH-01"),
        "a change that the feed leaves out is a number that a channel goes on showing",
    ),
    Audit(
        "fuzz.conservation",
        "Units neither appear nor vanish, and no count falls below zero",
        "requirements OM-AVAIL-01, OM-AVAIL-06, OM-AVAIL-08; the sums over a world's own document",
        "I",
        ("OM-AVAIL-01", "OM-AVAIL-06", "OM-AVAIL-08"),
        "stock moves by a count or a shipment only, and what is allocated is what orders hold",
    ),
    Audit(
        "fuzz.isolation",
        "A request reaches its own world, its own API and its own records only",
        "requirements MP-INV-04, MP-INV-06, MP-API-03; design section 2, a world is one isolated account",
        "D",
        ("MP-INV-04", "MP-INV-06", "MP-API-03"),
        "a key opens its seller's records, for a multi-store's owner its members' stock too",
    ),
    Audit(
        "fuzz.nothing-changed",
        "Reading changes nothing, and neither does a request that is refused",
        "requirements MP-API-03; a refused command changes nothing (design section 6)",
        "I",
        ("MP-API-03",),
        "what was answered 400 or above, or only asked for, must leave the world's document as it was",
    ),
    Audit(
        "fuzz.credentials",
        "Nobody is let in without a credential",
        "requirements MP-API-01; the documents' security schemes",
        "D",
        ("MP-API-01",),
        "a request without a token or key is answered 401",
    ),
    Audit(
        "fuzz.refusal",
        "A body that its model rules out is refused",
        "the request models of the OpenAPI documents",
        "I",
        ("MP-API-03",),
        "what no reading tolerates must be answered 400 to 499",
    ),
)


@dataclass(slots=True)
class Finding:
    """What one check found wrong, and the requests that lead there; the last one shows it."""

    check: str
    differences: tuple[Difference, ...]
    played: tuple[tuple[WireRequest, Answer], ...]

    @property
    def size(self) -> tuple[int, int]:
        """How much there is to read: the number of requests, then their length."""
        return len(self.played), sum(len(request.target) + len(request.body) for request, _ in self.played)


@dataclass(slots=True)
class Findings:
    """The shortest finding of each check, and how often each check was looked at."""

    found: dict[str, Finding] = field(default_factory=dict)
    looked: dict[str, int] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        """Keep a finding if it is the shortest of its check."""
        known = self.found.get(finding.check)
        if known is None or finding.size < known.size:
            self.found[finding.check] = finding

    def look(self, check: str) -> None:
        """Count that a check was looked at."""
        self.looked[check] = self.looked.get(check, 0) + 1


def of_operation(
    operation: Operation, findings: Findings, world: TargetWorld | None, again: str, seconds: float
) -> Verdict:
    """Return the verdict on one operation: whether it answers as its document says, whatever it is asked."""
    looked = findings.looked.get(operation.id, 0)
    return Verdict(
        id=operation.id,
        title=operation.title,
        source=operation.source,
        grade=operation.grade,
        requirements=operation.requirements,
        why="status, media type and body as documented, and never a failure of the server",
        **_came_of_it(operation.id, findings, world, looked),
        again=f"{again} {operation.id}",
        seconds=seconds,
    )


def of_audit(audit: Audit, findings: Findings, world: TargetWorld | None, again: str) -> Verdict:
    """Return the verdict on one of our own checks."""
    return Verdict(
        id=audit.id,
        title=audit.title,
        source=audit.source,
        grade=audit.grade,
        requirements=audit.requirements,
        why=audit.why,
        **_came_of_it(audit.id, findings, world, findings.looked.get(audit.id, 0)),
        again=f"{again} {audit.id}",
    )


def _came_of_it(check: str, findings: Findings, world: TargetWorld | None, looked: int) -> dict[str, Any]:
    finding = findings.found.get(check)
    if finding is not None and world is not None:
        differences = tuple(_redacted(each, world) for each in finding.differences[:MOST_DIFFERENCES])
        return {"differences": differences, "exchanges": exchanges(finding, world)}
    return {} if looked else {"not_run_because": "no request of it was played in the time there was"}


def _redacted(difference: Difference, world: TargetWorld) -> Difference:
    from conformance.verdict import Difference

    return Difference(difference.path, world.redacted(difference.expected), world.redacted(difference.actual))


def exchanges(finding: Finding, world: TargetWorld) -> Sequence[Mapping[str, Any]]:
    """Return the requests that lead to a finding, each with the command line that sends it."""
    shown = finding.played[-MOST_TOLD:]
    return tuple(request.told(world, answer, request.curl(world)) for request, answer in shown)
