"""One check: what it stands for, how it is carried out, and the judge that turns what happened into a verdict."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from conformance import exchange
from conformance.verdict import Difference, Followed, Inconclusive, NotVerified, UnexpectedAnswer, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from conformance.target import Target

Kind = Literal["vector", "case", "reading", "sequence"]
MOST_DIFFERENCES = 20


@dataclass(frozen=True, slots=True)
class Expecting:
    """
    What a run expects of its target.

    ``readings`` is complete: the registry's defaults, save where the run says otherwise. ``switched`` is what the
    worlds of the checks are switched to besides their own readings: nothing where the defaults are expected anyway.
    """

    readings: Mapping[str, str] = field(default_factory=dict)
    switched: Mapping[str, str] = field(default_factory=dict)
    lacks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """What carrying out a check gave: the differences found, and for a reading the option that was seen."""

    differences: tuple[Difference, ...] = ()
    followed: Followed | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """
    One check, whatever it is made from.

    ``requirements`` are behaviour ids, the one it reports under first. ``shown`` is what is sent and expected, as its
    file has it, for people who ask.
    """

    id: str
    kind: Kind
    title: str
    requirements: tuple[str, ...]
    source: str
    grade: str
    why: str
    carry_out: Callable[[Target, Expecting], Finding]
    shown: Callable[[], Mapping[str, Any]]
    reading: str | None = None
    readings: Mapping[str, str] = field(default_factory=dict)

    @property
    def documented(self) -> bool:
        """Whether a vendor says so, in words or by an example."""
        return self.grade in ("D", "E")


def judge(target: Target, check: Check, expecting: Expecting) -> Verdict:
    """
    Carry out one check and return the verdict.

    Raises:
        Inconclusive: when the target cannot be reached or driven at all.
    """
    began = time.perf_counter()
    with exchange.recording() as traffic:
        verdict = _found(target, check, expecting)
    kept = traffic.exchanges() if verdict.status in ("failed", "errored") else ()
    return replace(_blanked(verdict, traffic), exchanges=kept, seconds=time.perf_counter() - began)


def _blanked(verdict: Verdict, traffic: exchange.Traffic) -> Verdict:
    """Return the verdict without the credentials that a server may have sent back."""
    found = (Difference(each.path, each.expected, traffic.blanked(each.actual)) for each in verdict.differences)
    return replace(
        verdict,
        differences=tuple(found),
        harness_error=traffic.blanked(verdict.harness_error),
        not_run_because=traffic.blanked(verdict.not_run_because),
    )


def _found(target: Target, check: Check, expecting: Expecting) -> Verdict:
    verdict = _verdict(check)
    lacking = lacked(check.requirements, expecting.lacks)
    if lacking is not None:
        return replace(verdict, skipped_because=f"the target declares that it lacks {lacking}")
    try:
        finding = check.carry_out(target, expecting)
    except UnexpectedAnswer as answer:
        return replace(verdict, differences=(answer.difference,))
    except NotVerified as reason:
        return replace(verdict, not_run_because=str(reason))
    except Inconclusive:
        raise
    except Exception as error:
        return replace(verdict, harness_error=f"{type(error).__name__}: {error}")
    return replace(verdict, differences=finding.differences[:MOST_DIFFERENCES], followed=finding.followed)


def _verdict(check: Check) -> Verdict:
    return Verdict(
        id=check.id,
        title=check.title,
        source=check.source,
        grade=check.grade,
        why=check.why,
        requirements=check.requirements,
    )


def lacked(requirements: Iterable[str], lacks: frozenset[str]) -> str | None:
    """Return the first requirement or family of requirements that is declared to be lacking, or None."""
    for each in requirements:
        for name in (each, family(each)):
            if name in lacks:
                return name
    return None


def family(requirement: str) -> str:
    """Return the family of a requirement: OM-ACK of OM-ACK-05."""
    return requirement.rpartition("-")[0]
