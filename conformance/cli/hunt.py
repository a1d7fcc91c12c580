"""``conformance hunt``: the smallest sequence of events that breaks an invariant in a given world."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.options import AS_JSON, OUTPUT, WORKERS, option
from conformance.verdict import INCONCLUSIVE, NONCONFORMANT, PASSED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.hunt.question import Question
    from conformance.hunt.search import Searched
    from conformance.scenario.model import Scenario

AT_LEAST_ONE = click.IntRange(min=1)


@click.command(
    "hunt", help="Find the smallest sequence of events that breaks an invariant, or show that there is none."
)
@option("--max-states", type=AT_LEAST_ONE, default=2_000_000, show_default=True, help="Look at no more states.")
@option("--seconds", type=click.FloatRange(min=0, min_open=True), help="Search no longer.")
@option("--seed", type=int, default=1, show_default=True, help="Of the random walks past the bound.")
@WORKERS
@option("--out", type=OUTPUT, help="Where to write what was found, as a scenario.")
@option("--pytest", "test", type=OUTPUT, help="Write a test, too, that replays it.")
@AS_JSON
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
def command(file: Path, out: Path | None, test: Path | None, as_json: bool, **given: Any) -> int:  # noqa: FBT001 - click hands it over by name
    """Return 1 when something was found, 0 when there is nothing to find, 3 when a bound was hit first."""
    scenario, question = _read(file)
    result = _search(question, **given)
    path = None if result.searched.found is None else out or Path(f"{scenario.id}-witness.yaml")
    result = _write(result, scenario, path, test)
    if as_json:
        click.echo(json.dumps(result.as_json(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(result)))
    if result.searched.found is not None:
        return NONCONFORMANT
    return PASSED if result.searched.exhausted else INCONCLUSIVE


@dataclass(frozen=True, slots=True)
class Hunted:
    """
    What a hunt found.

    ``finer`` is what the same search found when a listing is due only if its figure differs from the one last read.
    """

    question: Question
    searched: Searched
    finer: Searched | None = None
    walked: int = 0
    witness: Path | None = None
    confirmed: bool = False
    saved: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        found = self.searched.found
        return {
            "found": found is not None,
            "invariant": None if found is None else found.invariant,
            "events": None if found is None else len(found.moves),
            "minimal": found is not None and found.minimal,
            "states": self.searched.states,
            "scenario": None if self.witness is None else str(self.witness),
            "confirmed": self.confirmed,
            "exhausted": self.searched.exhausted,
            "depth": self.searched.depth,
            "generated": self.searched.generated,
            "due_by_figure": None if self.finer is None else _finer(self.finer),
            "saved_by": list(self.saved),
        }


def _finer(searched: Searched) -> dict[str, Any]:
    events = None if searched.found is None else len(searched.found.moves)
    return {"events": events, "states": searched.states, "exhausted": searched.exhausted}


def _read(file: Path) -> tuple[Scenario, Question]:
    from conformance.hunt.question import BadHunt, question_of
    from conformance.scenario.loading import load
    from conformance.scenario.problems import BadScenario
    from conformance.scenario.world import BadWorld

    try:
        scenario = load(file, needs_events=False)
        return scenario, question_of(scenario)
    except (BadHunt, BadWorld) as error:
        raise click.UsageError(f"{file}: {error}") from error
    except BadScenario as error:
        raise click.UsageError(str(error)) from error


def _search(question: Question, max_states: int, seconds: float | None, seed: int, workers: int) -> Hunted:
    """Search as the table of events counts: every change makes a row due; then as the world's feed does."""
    from conformance.hunt.search import search

    coarse = replace(question, on_change=True)
    with _progress() as listener:
        searched = search(coarse, max_states=max_states, seconds=seconds, listener=listener)
        if searched.found is None and not searched.exhausted:
            return _walk(coarse, searched, seed, seconds, workers)
        finer = None if question.on_change else search(question, max_states=max_states, seconds=seconds)
    return Hunted(coarse, searched, finer)


def _walk(question: Question, searched: Searched, seed: int, seconds: float | None, workers: int) -> Hunted:
    from conformance.hunt.walk import walk_together

    bound = 10.0 if seconds is None else seconds
    found, tried = walk_together(question, seed=seed, seconds=bound, workers=workers)
    return Hunted(question, replace(searched, found=found), None, tried)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Say on a terminal how many states have been met, how deep, and how fast."""
    if not sys.stderr.isatty():
        yield lambda _states, _depth: None
        return
    from rich.console import Console

    began = time.monotonic()
    with Console(stderr=True).status("searching") as status:

        def tell(states: int, depth: int) -> None:
            rate = states / max(time.monotonic() - began, 1e-9)
            status.update(f"{states:,} states, {depth} events deep, {rate:,.0f} states a second")

        yield tell


def _write(result: Hunted, scenario: Scenario, path: Path | None, test: Path | None) -> Hunted:
    from conformance.hunt.blame import repairs, sentences
    from conformance.hunt.witness import as_pytest, witness

    found = result.searched.found
    if found is None or path is None:
        return result
    text = witness(result.question, found, scenario.document)
    path.write_text(text, encoding="utf-8")
    if test is not None:
        test.write_text(as_pytest(str(path), found), encoding="utf-8")
    was, by = repairs(result.question, found.moves, found.invariant)
    return replace(result, witness=path, confirmed=_confirms(path), saved=tuple(sentences(was, by)))


def _confirms(path: Path) -> bool:
    """Return whether the scenario that was written breaks what it says, when it is replayed."""
    from conformance.scenario.loading import load
    from conformance.scenario.result import replay

    return replay(load(path)).passed


def _lines(result: Hunted) -> Iterator[str]:
    searched, found = result.searched, result.searched.found
    rate = searched.generated / max(searched.seconds, 1e-9)
    looked = f"{searched.states:,} states, {searched.generated:,} events tried, {rate:,.0f} a second"
    if found is None:
        yield f"nothing found: {looked}"
        if searched.exhausted:
            yield f"no sequence of events breaks {' or '.join(result.question.invariants)} within the limits given"
        else:
            yield f"a bound was hit: nothing with fewer than {searched.depth + 1} events; {result.walked:,} at random"
    else:
        yield f"{found.invariant} is broken by {len(found.moves)} events ({looked})"
        yield from (f"  {number:2}  {_words(result.question, move)}" for number, move in enumerate(found.moves, 1))
        yield _proof(result)
        yield from (f"  {each}" for each in result.saved)
        yield f"scenario: {result.witness}" + ("" if result.confirmed else " (replay does not confirm it)")
    if result.finer is not None:
        yield _compared(result.finer)


def _proof(result: Hunted) -> str:
    found = result.searched.found
    if found is None or not found.minimal:
        return "found at random and shortened; a shorter sequence may exist"
    return f"nothing with fewer than {len(found.moves)} events breaks it: {result.searched.states:,} states exclude it"


def _compared(finer: Searched) -> str:
    so = "nothing" if finer.found is None else f"{len(finer.found.moves)} events"
    why = "where a row is due only when its figure differs from the one last read, not at every change"
    return f"{so} in {finer.states:,} states {why}"


def _words(question: Question, move: tuple[str, int, int]) -> str:
    kind, index, at = move
    if kind in ("restock", "count", "land"):
        return {"restock": "a unit arrives", "count": "the shelf is counted", "land": "the count lands"}[kind]
    seller = question.sellers[index]
    if kind in ("order", "import"):
        sku = seller.listings[at].sku
        return f"{seller.name}: {sku} sells one" if kind == "order" else f"Order Manager hears of an order of {sku}"
    told = {
        "poll": "the connector reads what is due",
        "full sync": "the connector reads everything",
        "push": "an update is sent",
        "apply": "an update lands",
        "crash": "the connector dies with updates unsent",
        "lose": "an update gets lost on its way",
        "duplicate": "an update is delivered twice",
    }
    return f"{seller.name}: {told[kind]}"
