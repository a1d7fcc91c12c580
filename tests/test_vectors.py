"""Every vector that concerns Order Manager's figures and feed, proved by the engine and by the dumb oracle."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from conformance.vectors import Vector, load_vectors
from mockserver.behaviours import behaviours, resolve
from mockserver.core.world import Outcome, World
from mockserver.resources import fixtures_dir, schemas_dir
from tests import oracle

if TYPE_CHECKING:
    from pathlib import Path

VECTORS = load_vectors()
FIGURES = [vector for vector in VECTORS if vector.kind == "figures"]
TOLD_AS_SHOWN = [
    vector
    for vector in FIGURES
    if not {"channel.inactive", "product.inactive", "listing.variation-parent"} & vector.readings.keys()
]
FEEDS = [vector for vector in VECTORS if vector.kind == "feed"]
ENOUGH_ROWS = 1000


def world_of(vector: Vector) -> World:
    return World.from_document(vector.world, resolve(vector.readings))


def run(world: World, commands: list[dict[str, Any]]) -> None:
    outcomes: list[Outcome] = [world.execute(command) for command in commands]
    assert [outcome.reason for outcome in outcomes] == [None] * len(commands)


def told(world: World) -> dict[int, int]:
    """Everything that a first caller hears of every sales channel."""
    heard: dict[int, int] = {}
    for channel in sorted(world.channels):
        while rows := world.acknowledge(0, "v1.2", [channel], ENOUGH_ROWS):
            heard |= {row.listing.id: row.figure for row in rows}
    return heard


@pytest.mark.parametrize("vector", FIGURES, ids=lambda vector: vector.id)
def test_engine_gives_the_figure_of_the_vector(vector: Vector) -> None:
    """What a channel is told equals the number worked out by hand; None means that it is told nothing."""
    world = world_of(vector)
    run(world, vector.commands)

    heard = told(world)

    assert {each.listing_id: heard.get(each.listing_id) for each in vector.figures} == expected(vector)


@pytest.mark.parametrize("vector", TOLD_AS_SHOWN, ids=lambda vector: vector.id)
def test_figure_of_a_listing_is_what_its_channel_is_told(vector: Vector) -> None:
    """`figure` and the feed never disagree about a listing whose own number is told."""
    world = world_of(vector)
    run(world, vector.commands)

    for each in vector.figures:
        if each.figure is not None:
            assert world.figure(world.listings[each.listing_id]) == each.figure


@pytest.mark.parametrize("vector", FIGURES, ids=lambda vector: vector.id)
def test_oracle_gives_the_figure_of_the_vector(vector: Vector) -> None:
    """The second implementation agrees with the number worked out by hand, so it is fit to be asked elsewhere."""
    document: dict[str, Any] = vector.world
    if vector.commands:
        world = world_of(vector)
        run(world, vector.commands)
        document = world.to_document()

    assert {each.listing_id: oracle.shown(document, each.listing_id, vector.readings) for each in vector.figures} == (
        expected(vector)
    )


@pytest.mark.parametrize("vector", FEEDS, ids=lambda vector: vector.id)
def test_feed_answers_the_rows_of_the_vector(vector: Vector) -> None:
    """Each call answers exactly the rows written down, in that order."""
    world = world_of(vector)

    for step in vector.feed:
        run(world, step.get("commands", []))
        if "advance" in step:
            run(world, [{"type": "clock.advance", "by": step["advance"]}])
        if "acknowledge" in step:
            assert answered(world, step["acknowledge"], step["rows"]) == step["rows"]


def answered(world: World, call: dict[str, Any], wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    channels = call["sales_channels"] or sorted(world.channels)
    rows = world.acknowledge(call["token"], call.get("version", "v1.2"), channels, call.get("limit", ENOUGH_ROWS))
    keys = [next(iter(row)) for row in wanted]
    return [
        {
            "listing_sku" if index < len(keys) and keys[index] == "listing_sku" else "listing_id": (
                row.listing.listing_sku if index < len(keys) and keys[index] == "listing_sku" else row.listing.id
            ),
            "figure": row.figure,
        }
        for index, row in enumerate(rows)
    ]


def expected(vector: Vector) -> dict[int, int | None]:
    return {each.listing_id: each.figure for each in vector.figures}


FILES = sorted((fixtures_dir() / "vectors").glob("*.json"))


@cache
def schema() -> Any:
    """The schema of vector files, with those that it leans on: worlds, probes and commands."""
    root = "https://stockproof.invalid/schemas"
    files = [*(schemas_dir() / "harness").glob("*.json"), *(schemas_dir() / "models").glob("*.json")]
    resources = [
        (f"{root}/{path.parent.name}/{path.name}", DRAFT202012.create_resource(json.loads(path.read_bytes())))
        for path in files
    ]
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft202012Validator({"$ref": f"{root}/harness/vector.json"}, registry=registry)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vector_file_keeps_its_schema(path: Path) -> None:
    """Every file is valid, down to its worlds and commands."""
    problems = [
        f"{error.json_path}: {error.message[:200]}" for error in schema().iter_errors(json.loads(path.read_bytes()))
    ]
    assert problems == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vector_leans_on_behaviours_and_readings_of_the_registry(path: Path) -> None:
    """Ids that nobody knows would prove nothing; a guess is graded as one."""
    for row in json.loads(path.read_bytes())["vectors"]:
        assert set(row["behaviours"]) <= behaviours().keys(), row["id"]
        assert resolve(row.get("readings", {}))
        assert not (row.get("readings") and row["grade"] in "DE"), (
            f"{row['id']}: a switched reading is no documented fact"
        )


def test_vector_ids_are_unique_and_begin_with_their_file() -> None:
    """An id names one vector, and the file that it stands in, so that a report leads to it."""
    counts = Counter(vector.id for vector in VECTORS)
    assert [name for name, count in counts.items() if count > 1] == []
    for path in FILES:
        rows = json.loads(path.read_text(encoding="utf-8"))["vectors"]
        assert {row["id"].split("/")[0] for row in rows} == {path.stem}


def test_there_are_enough_vectors_of_every_kind() -> None:
    """A folder that lost its files must not look like a green run."""
    assert len(FIGURES) >= 160
    assert len(FEEDS) >= 35
    assert len(VECTORS) - len(FIGURES) - len(FEEDS) >= 45
