"""Cases as checks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from conformance.case import Case, carry_out, load_cases
from conformance.check import Check, Expecting, Finding

if TYPE_CHECKING:
    from conformance.target import Target


def checks() -> list[Check]:
    """Return one check for each case, sound or negative."""
    return [_check(case) for case in load_cases()]


def _check(case: Case) -> Check:
    return Check(
        id=case.id,
        kind="case",
        title=case.title,
        requirements=case.requirements,
        source=case.source,
        grade=case.grade,
        why=case.why,
        carry_out=partial(_carry_out, case=case),
        shown=partial(_shown, case),
        readings=case.readings,
    )


def _carry_out(target: Target, expecting: Expecting, case: Case) -> Finding:
    return Finding(tuple(carry_out(target, case, expecting.switched)))


def _shown(case: Case) -> dict[str, object]:
    negative = {"base": case.base.id, "fault": case.fault} if case.base is not None else {}
    bind = {} if case.bind is None else {"bind": dict(case.bind)}
    return {**negative, "world": case.world, "readings": dict(case.readings), **bind, "steps": list(case.steps)}
