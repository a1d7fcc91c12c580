"""The files of cases: sound in themselves, at one with the registry, and true of the mock."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from conformance.case import PLACE, carry_out, load_cases, with_fault
from conformance.catalogue import covered, defaults, readings, requirements, untested
from conformance.checks import load_checks
from conformance.models import BASE, registry
from conformance.resources import fixtures_dir, schemas_dir
from conformance.target import Target
from mockserver.behaviours import resolve
from mockserver.core.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.case import Case

FOLDER = fixtures_dir() / "cases"
FILES = [path for path in sorted(FOLDER.glob("*.json")) if path.stem != "untested"]
NAMES = [path.stem for path in FILES]
CASES = load_cases()
MOCK = "mockserver.http.app:create_app()"


def read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


ROWS: list[dict[str, Any]] = [row for path in FILES for row in read(path)["cases"]]
NEGATIVES = [row for row in ROWS if "base" in row]
SOUND = {row["id"]: row for row in ROWS if "base" not in row}


def ids(row: dict[str, Any]) -> str:
    name: str = row["id"]
    return name


# -- form ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_a_file_of_cases_keeps_to_its_schema(path: Path) -> None:
    """Worlds, commands and requests included (schemas/harness/case.json)."""
    schema = jsonschema.Draft202012Validator({"$ref": f"{BASE}harness/case.json"}, registry=registry())

    assert [f"{error.json_path}: {error.message[:200]}" for error in schema.iter_errors(read(path))] == []


def test_every_case_has_an_id_of_its_own_that_begins_with_its_file() -> None:
    """FILE/NAME, so that a person finds it."""
    placed = [(path.stem, row["id"]) for path in FILES for row in read(path)["cases"]]

    assert [row for row in placed if row[1].partition("/")[0] != row[0]] == []
    assert [name for name, count in Counter(name for _, name in placed).items() if count > 1] == []


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_named_world_exists_and_is_used(path: Path) -> None:
    """A world that nothing uses is one that was forgotten."""
    document = read(path)
    named = {row["world"] for row in document["cases"] if isinstance(row.get("world"), str)}

    assert named == set(document.get("worlds", {}))


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_world_can_be_built(path: Path) -> None:
    """No reference in it leads nowhere."""
    document = read(path)
    worlds = [*document.get("worlds", {}).values(), *(row["world"] for row in document["cases"] if "base" not in row)]

    for world in worlds:
        if not isinstance(world, str):
            World.from_document(world, resolve({}))


# -- references ------------------------------------------------------------------------------------


def test_every_requirement_is_one_of_the_registry() -> None:
    """A typing error would hide what is not covered."""
    known = {each.id for each in requirements()}

    assert {name for row in ROWS for name in row["requirements"]} - known == set()


def test_every_reading_and_option_is_one_of_the_registry() -> None:
    """And none is at its default, which would say nothing."""
    for row in ROWS:
        for name, option in row.get("readings", {}).items():
            assert option in readings()[name].options
            assert option != defaults()[name]


def test_every_schema_that_a_case_names_exists() -> None:
    """Among those of the bodies."""
    named = {each for row in ROWS for each in _values(row, "schema") if isinstance(each, str)}

    assert [name for name in sorted(named) if not (schemas_dir() / "models" / name).is_file()] == []


def _values(value: Any, key: str) -> Iterator[Any]:
    if isinstance(value, dict):
        if key in value:
            yield value[key]
        for each in value.values():
            yield from _values(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from _values(each, key)


def test_what_is_our_own_decision_says_so() -> None:
    """A guess has no vendor as its source, and what a vendor says has no decision of ours."""
    ours = [row for row in ROWS if re.match("our decision", row["source"], re.IGNORECASE)]

    assert [row["id"] for row in ours if row["grade"] != "G"] == []
    assert [row["id"] for row in ROWS if row["grade"] == "G" and row not in ours] == []


def test_every_place_is_bound_or_saved_before_it_is_used() -> None:
    """An unfilled ${name} would make a case say that it was not verified."""
    for case in CASES:
        known = set(case.bind or {})
        for step in case.steps:
            wanted = set(PLACE.findall(json.dumps([step.get("request"), step.get("commands"), step.get("expect")])))
            assert wanted <= known, case.id
            known |= set(step.get("save", {}))


def test_a_case_that_binds_names_sends_requests_to_the_imitated_interfaces_only() -> None:
    """It can be carried out on a server without a control API."""
    for case in CASES:
        if case.bind is not None:
            assert case.portable, case.id
            assert "control" not in {step["request"]["api"] for step in case.steps}, case.id


def test_a_registered_behaviour_is_checked_or_listed_as_untested_with_a_reason() -> None:
    """None is forgotten, and none is both."""
    rows = covered(load_checks())

    assert [row.requirement.id for row in rows if row.coverage == "forgotten"] == []
    assert set(untested()) == {row.requirement.id for row in rows if row.coverage == "untested"}
    assert all(len(reason) >= 20 for reason in untested().values())


# -- negative cases --------------------------------------------------------------------------------


@pytest.mark.parametrize("row", NEGATIVES, ids=ids)
def test_a_negative_case_differs_from_its_base_where_its_fault_is_and_nowhere_else(row: dict[str, Any]) -> None:
    """One fault in a request of a sound case of the same file: what is refused is refused for that."""
    base, fault = SOUND[row["base"]], row["fault"]
    sound = base["steps"][fault["step"]]

    faulty = with_fault(sound, fault)["request"]

    assert row["base"].partition("/")[0] == row["id"].partition("/")[0]
    at = fault["at"].replace("/text", "/body")
    changed = list(_changed(sound["request"], faulty))
    assert changed
    assert [place for place in changed if place != at and not place.startswith(f"{at}/")] == []
    assert fault["expect"]["status"] != sound["expect"]["status"]


def _changed(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """Yield the places that differ; a body and a text that stands in for it are one place."""
    if isinstance(before, dict) and isinstance(after, dict):
        before, after = (
            {("body" if key == "text" else key): each for key, each in one.items()} for one in (before, after)
        )
        for key in sorted(_keys(before) | _keys(after)):
            yield from _changed(before.get(key), after.get(key), f"{path}/{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (each, other) in enumerate(zip(before, after, strict=True)):
            yield from _changed(each, other, f"{path}/{index}")
    elif before != after:
        yield path


def _keys(value: Any) -> set[str]:
    return set(value) if isinstance(value, dict) else set()


# -- truth -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mock() -> Iterator[Target]:
    with Target.open(MOCK) as target:
        yield target


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_mock_answers_as_the_case_says(mock: Target, case: Case) -> None:
    """What was worked out from the documents is what it does."""
    assert [str(each) for each in carry_out(mock, case, {})] == []
