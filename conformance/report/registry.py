"""What the registry says of the behaviours and readings that verdicts name (schemas/behaviours/*.json)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.resources import schemas_dir

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What an imitated system does, how much that weighs, and where it comes from."""

    id: str
    statement: str
    grade: str
    source: str


@dataclass(frozen=True, slots=True)
class Reading:
    """An open question, and what each answer to it means; ``default`` is the one that is expected by default."""

    id: str
    question: str
    default: str
    grade: str
    means: Mapping[str, str]


@cache
def behaviours() -> Mapping[str, Behaviour]:
    """Return the behaviours by id, in the order of the files."""
    found = (
        Behaviour(each["id"], each["statement"], each["grade"], each["source"])
        for file in _files()
        for each in file.get("behaviours", ())
    )
    return MappingProxyType({each.id: each for each in found})


@cache
def readings() -> Mapping[str, Reading]:
    """Return the readings by id, in the order of the files."""
    found = (
        Reading(each["id"], each["question"], each["default"], each["grade"], _means(each))
        for file in _files()
        for each in file.get("readings", ())
    )
    return MappingProxyType({each.id: each for each in found})


def _means(reading: Mapping[str, list[dict[str, str]]]) -> Mapping[str, str]:
    return {option["id"]: option["means"] for option in reading["options"]}


@cache
def _files() -> tuple[dict[str, list[dict[str, str]]], ...]:
    paths = sorted((schemas_dir() / "behaviours").glob("*.json"))
    return tuple(json.loads(path.read_text(encoding="utf-8")) for path in paths)
