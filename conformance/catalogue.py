"""
The catalogue: every behaviour with its grade and source, every open question, and what checks them.

It is the registry of schemas/behaviours, read anew: the suite shares the data with the mock, not the code.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from conformance.resources import fixtures_dir, schemas_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.check import Check

Coverage = Literal["checked", "untested", "forgotten"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One behaviour: what holds, how sure that is, who says so, where it shows, and the readings it leaves open."""

    id: str
    statement: str
    grade: str
    source: str
    surface: tuple[str, ...]
    readings: tuple[str, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One open question with its options (id to meaning), and the option that is taken unless somebody knows better."""

    id: str
    question: str
    options: Mapping[str, str]
    default: str
    why: str
    grade: str


@dataclass(frozen=True, slots=True)
class Covered:
    """A requirement with the ids of the checks that would notice if it did not hold, or why there is none."""

    requirement: Requirement
    checks: tuple[str, ...]
    untested_because: str | None

    @property
    def coverage(self) -> Coverage:
        """Checked; untested, for a reason; or forgotten, which is a defect of the suite."""
        if self.checks:
            return "checked"
        return "forgotten" if self.untested_because is None else "untested"


@cache
def requirements() -> tuple[Requirement, ...]:
    """Return every behaviour, by file name and then in file order."""
    return tuple(_requirement(row) for row in _rows("behaviours"))


def _requirement(row: Mapping[str, object]) -> Requirement:
    return Requirement(
        id=str(row["id"]),
        statement=str(row["statement"]),
        grade=str(row["grade"]),
        source=str(row["source"]),
        surface=tuple(row.get("surface", ())),  # type: ignore[arg-type]
        readings=tuple(row.get("readings", ())),  # type: ignore[arg-type]
        note=str(row["note"]) if "note" in row else None,
    )


@cache
def readings() -> Mapping[str, Reading]:
    """Return every reading by id."""
    return {str(row["id"]): _reading(row) for row in _rows("readings")}


def _reading(row: Mapping[str, object]) -> Reading:
    options: list[dict[str, str]] = row["options"]  # type: ignore[assignment]
    return Reading(
        id=str(row["id"]),
        question=str(row["question"]),
        options={each["id"]: each["means"] for each in options},
        default=str(row["default"]),
        why=str(row["why"]),
        grade=str(row["grade"]),
    )


def _rows(kind: str) -> Iterable[dict[str, object]]:
    for path in sorted((schemas_dir() / "behaviours").glob("*.json")):
        yield from json.loads(path.read_text(encoding="utf-8")).get(kind, ())


def defaults() -> dict[str, str]:
    """Return every reading's default option."""
    return {reading.id: reading.default for reading in readings().values()}


def leaving_open(reading: str) -> tuple[str, ...]:
    """Return the ids of the behaviours that leave this question open."""
    return tuple(each.id for each in requirements() if reading in each.readings)


def untested() -> Mapping[str, str]:
    """Return the behaviours that no check can notice from outside, each with the reason."""
    path = fixtures_dir() / "cases" / "untested.json"
    reasons: Mapping[str, str] = json.loads(path.read_text(encoding="utf-8"))["untested"] if path.exists() else {}
    return reasons


def covered(checks: Sequence[Check]) -> list[Covered]:
    """
    Return every requirement with what checks it.

    A reading's check tells which option a server follows; it does not notice when the behaviour itself does not hold.
    """
    reasons = untested()
    by_requirement: dict[str, list[str]] = {}
    for check in checks:
        for name in check.requirements if check.kind != "reading" else ():
            by_requirement.setdefault(name, []).append(check.id)
    return [
        Covered(requirement, tuple(by_requirement.get(requirement.id, ())), reasons.get(requirement.id))
        for requirement in requirements()
    ]
