"""One check for each reading: which option the target follows, and whether that is the one expected."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from conformance import catalogue
from conformance.check import Check, Expecting, Finding
from conformance.probes import Probe, follow, load_probes
from conformance.verdict import Difference, Followed

if TYPE_CHECKING:
    from conformance.target import Target


def checks() -> list[Check]:
    """Return one check for each probe."""
    return [_check(probe) for probe in load_probes()]


def _check(probe: Probe) -> Check:
    reading = catalogue.readings()[probe.reading]
    return Check(
        id=probe.reading,
        kind="reading",
        title=reading.question,
        requirements=catalogue.leaving_open(probe.reading),
        source=f"reading {probe.reading}: {probe.title}",
        grade="G",
        why=reading.why,
        carry_out=partial(_carry_out, probe=probe),
        shown=partial(_shown, probe),
        reading=probe.reading,
    )


def _carry_out(target: Target, expecting: Expecting, probe: Probe) -> Finding:
    option, seen = follow(target, probe, expecting.switched)
    wanted = expecting.readings[probe.reading]
    followed = Followed(probe.reading, option, wanted)
    if option == wanted:
        return Finding(followed=followed)
    actual = option if option is not None else f"none of the known options: {seen!r}"
    return Finding((Difference(f"readings/{probe.reading}", wanted, actual),), followed)


def _shown(probe: Probe) -> dict[str, object]:
    return {"world": probe.world, "steps": list(probe.steps), "observe": probe.observe, "expect": dict(probe.expect)}
