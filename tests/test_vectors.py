"""Every vector that concerns Order Manager's figures and feed, proved by the engine and by the dumb oracle."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from conformance.vectors import Vector, load_vectors
from mockserver.behaviours import resolve
from mockserver.core.world import Outcome, World
from mockserver.resources import fixtures_dir
from tests import oracle

VECTORS = load_vectors()
FIGURES = [vector for vector in VECTORS if vector.kind == "figures"]
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


@pytest.mark.parametrize("vector", FIGURES, ids=lambda vector: vector.id)
def test_figure_of_a_listing_is_what_its_channel_is_told(vector: Vector) -> None:
    """`figure` and the feed never disagree about a listing whose own number is told."""
    if {"channel.inactive", "product.inactive", "listing.variation-parent"} & vector.readings.keys():
        pytest.skip("a reading that tells 0 whatever the figure")
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


def test_vector_ids_are_unique_and_begin_with_their_file() -> None:
    """An id names one vector, and the file that it stands in, so that a report leads to it."""
    counts = Counter(vector.id for vector in VECTORS)
    assert [name for name, count in counts.items() if count > 1] == []
    for path in sorted((fixtures_dir() / "vectors").glob("*.json")):
        rows = json.loads(path.read_text(encoding="utf-8"))["vectors"]
        assert {row["id"].split("/")[0] for row in rows} == {path.stem}


def test_there_are_enough_vectors_of_every_kind() -> None:
    """A folder that lost its files must not look like a green run."""
    assert len(FIGURES) >= 160
    assert len(FEEDS) >= 35
    assert len(VECTORS) - len(FIGURES) - len(FEEDS) >= 45
