"""Vectors as checks."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from conformance.check import Check, Expecting, Finding
from conformance.vectors import Vector, carry_out, load_vectors

if TYPE_CHECKING:
    from conformance.target import Target


def checks() -> list[Check]:
    """Return one check for each vector."""
    return [_check(vector) for vector in load_vectors()]


def _check(vector: Vector) -> Check:
    return Check(
        id=vector.id,
        kind="vector",
        title=vector.title,
        requirements=vector.behaviours,
        source=vector.source,
        grade=vector.grade,
        why=vector.why,
        carry_out=partial(_carry_out, vector=vector),
        shown=partial(_shown, vector),
        readings=vector.readings,
    )


def _carry_out(target: Target, expecting: Expecting, vector: Vector) -> Finding:
    return Finding(tuple(carry_out(target, vector, expecting.switched)))


def _shown(vector: Vector) -> dict[str, object]:
    written = asdict(vector)
    parts = ("world", "readings", "commands", "figures", "feed", "exchanges")
    return {part: written[part] for part in parts if written[part]}
