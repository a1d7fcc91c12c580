"""
Vectors: a small world, what is done to it, and what a channel or a seller must then be told.

The expected numbers are worked out by hand from the vendors' documents; ``why`` holds the arithmetic.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from conformance import acknowledge
from conformance.meaning import differences
from conformance.resources import fixtures_dir
from conformance.steps import take
from conformance.verdict import Difference, Inconclusive, Run, UnexpectedAnswer, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from conformance.target import Target, TargetWorld

Kind = Literal["figures", "feed", "exchange"]


@dataclass(frozen=True, slots=True)
class Figure:
    """The units that a listing must show; None when its channel must be told nothing of it."""

    listing_id: int
    figure: int | None


@dataclass(frozen=True, slots=True)
class Vector:
    """One vector, as its file has it (schemas/harness/vector.json)."""

    id: str
    title: str
    source: str
    grade: str
    behaviours: tuple[str, ...]
    world: Mapping[str, Any]
    why: str
    kind: Kind = "figures"
    readings: Mapping[str, str] = field(default_factory=dict)
    commands: tuple[Mapping[str, Any], ...] = ()
    figures: tuple[Figure, ...] = ()
    feed: tuple[Mapping[str, Any], ...] = ()
    exchanges: tuple[Mapping[str, Any], ...] = ()


def load_vectors(folder: Path | None = None) -> list[Vector]:
    """Return the vectors of a folder, of the shipped one when left out, by file name and then in file order."""
    folder = folder or fixtures_dir() / "vectors"
    return [
        _vector(row)
        for path in sorted(folder.glob("*.json"))
        for row in json.loads(path.read_text(encoding="utf-8"))["vectors"]
    ]


def _vector(row: Mapping[str, Any]) -> Vector:
    lists = {key: tuple(row[key]) for key in ("behaviours", "commands", "feed", "exchanges") if key in row}
    figures = tuple(Figure(each["listing_id"], each["figure"]) for each in row.get("figures", ()))
    return Vector(**{**row, **lists, "figures": figures})


def run_vectors(target: Target, vectors: Iterable[Vector]) -> Run:
    """Judge the target by each vector, as far as it can be reached."""
    verdicts: list[Verdict] = []
    for vector in vectors:
        try:
            verdicts.append(run_vector(target, vector))
        except Inconclusive as reason:
            return Run(tuple(verdicts), str(reason))
    return Run(tuple(verdicts))


def run_vector(target: Target, vector: Vector) -> Verdict:
    """
    Return the verdict on one vector, in a world of its own.

    Raises:
        Inconclusive: when the target cannot be reached or driven.
    """
    found: tuple[Difference, ...] = ()
    broken: str | None = None
    try:
        found = tuple(carry_out(target, vector, {}))
    except UnexpectedAnswer as answer:
        found = (answer.difference,)
    except Inconclusive:
        raise
    except Exception as error:
        broken = f"{type(error).__name__}: {error}"
    return Verdict(vector.id, vector.title, vector.source, vector.grade, vector.why, found, broken)


def carry_out(target: Target, vector: Vector, switched: Mapping[str, str]) -> Iterator[Difference]:
    """
    Yield where the target tells something else than the vector expects.

    ``switched`` are readings that its world is switched to besides the vector's own.

    Raises:
        Inconclusive: when the target cannot be reached or driven.
        UnexpectedAnswer: when the answer to a call ends the vector.
    """
    with target.world({**vector.world, "readings": {**switched, **vector.readings}}) as world:
        yield from _blanked(world, _judges[vector.kind](world, vector))


def _blanked(world: TargetWorld, found: Iterable[Difference]) -> Iterator[Difference]:
    for each in found:
        yield Difference(each.path, each.expected, world.redacted(each.actual))


def _judge_figures(world: TargetWorld, vector: Vector) -> Iterator[Difference]:
    if vector.commands:
        outcomes = take(world, {"commands": vector.commands}).outcomes
        yield from differences(["done"] * len(vector.commands), outcomes, "commands")
    channels = [channel["id"] for channel in vector.world["order_manager"]["sales_channels"]]
    told = acknowledge.drain(world, sorted(channels))
    for each in vector.figures:
        if told.get(each.listing_id) != each.figure:
            yield Difference(f"figures/{each.listing_id}", each.figure, told.get(each.listing_id))


def _judge_feed(world: TargetWorld, vector: Vector) -> Iterator[Difference]:
    for index, step in enumerate(vector.feed):
        path = f"feed/{index}"
        if "acknowledge" in step:
            yield from differences(step["rows"], _told_rows(world, step), f"{path}/rows")
        else:
            outcomes = take(world, step).outcomes
            yield from differences(["done"] * len(step.get("commands", ())), outcomes, f"{path}/commands")


def _told_rows(world: TargetWorld, step: Mapping[str, Any]) -> list[dict[str, object]]:
    """Return the rows of one call, each with the fields that the vector looks at."""
    call = dict(step["acknowledge"])
    rows = acknowledge.read(world, call.pop("sales_channels"), **call)
    fields = [tuple(row) for row in step["rows"]] + [("listing_id", "figure")] * len(rows)
    return [{name: row[name] for name in names} for row, names in zip(rows, fields, strict=False)]


def _judge_exchanges(world: TargetWorld, vector: Vector) -> Iterator[Difference]:
    for index, step in enumerate(vector.exchanges):
        path = f"exchanges/{index}"
        result = take(world, step)
        if result.answer is None:
            wanted = step.get("outcomes", ["done"] * len(step.get("commands", ())))
            yield from differences(wanted, result.outcomes, f"{path}/outcomes")
            continue
        if result.answer.status != step["status"]:
            yield Difference(f"{path}/status", step["status"], f"{result.answer.status} {result.answer.excerpt}")
        elif "body" in step:
            yield from differences(step["body"], result.answer.json, f"{path}/body")


_judges: Mapping[Kind, Callable[[TargetWorld, Vector], Iterator[Difference]]] = {
    "figures": _judge_figures,
    "feed": _judge_feed,
    "exchange": _judge_exchanges,
}
