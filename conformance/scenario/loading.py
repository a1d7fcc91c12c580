"""A scenario file, read and checked: every name resolved, every row planned. What is wrong is told with its line."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final

from conformance.scenario.durations import duration, instant
from conformance.scenario.events import EventReader
from conformance.scenario.expected import ExpectationReader, check_implied, invariants_of
from conformance.scenario.given import start_of
from conformance.scenario.model import Plan, Scenario
from conformance.scenario.problems import BadScenario, Problem, Wrong
from conformance.scenario.schema import violations
from conformance.scenario.text import BrokenText, Text, parse
from conformance.scenario.variables import RowDocument, rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_BYTES: Final = 32 * 1024**2
# A hunt needs no clock: its runs are short, and its durations mean nothing.
SOME_CLOCK: Final = {"start": "2026-01-05T09:00:00Z", "until": "24h"}


def load(path: FilePath | str, *, needs_events: bool = True) -> Scenario:
    """
    Return the scenario of a file. A file that was read before, and has not changed since, is not read again.

    Without ``needs_events`` clock, when and then may be missing, as in a file for a hunt.

    Raises:
        BadScenario: with every problem found, each with file and line.
    """
    path = FilePath(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadScenario([Problem(str(path), f"larger than {MOST_BYTES} bytes")])
        content = path.read_bytes()
    except OSError as error:
        raise BadScenario([Problem(str(path), error.strerror or "cannot be read")]) from None
    return _cached(content, str(path), needs_events)


@lru_cache(maxsize=512)
def _cached(content: bytes, source: str, needs_events: bool) -> Scenario:  # noqa: FBT001 - a key of the cache
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadScenario([Problem(source, "not UTF-8", line=line)]) from None
    return loads(text, source=source, needs_events=needs_events)


def loads(text: str, *, source: str, needs_events: bool = True) -> Scenario:
    """
    Return the scenario of a text; ``source`` is what messages call it, and a world's file is looked for beside it.

    Raises:
        BadScenario: with every problem found.
    """
    try:
        read = parse(text)
    except BrokenText as error:
        raise BadScenario([Problem(source, error.message, line=error.line)]) from None
    wrongs = violations(read.value)
    if wrongs:
        raise BadScenario(_problem(source, read, each) for each in wrongs)
    try:
        return _scenario(read, source, hashlib.sha256(text.encode()).hexdigest(), needs_events=needs_events)
    except Wrong as error:
        raise BadScenario([_problem(source, read, error)]) from None


def _problem(source: str, text: Text, wrong: Wrong) -> Problem:
    return Problem(source, wrong.message, wrong.path, text.line_of(wrong.path), wrong.nearest)


def _scenario(text: Text, source: str, digest: str, *, needs_events: bool) -> Scenario:
    document: Mapping[str, Any] = text.value
    for key in ("clock", "when") if needs_events else ():
        if key not in document:
            raise Wrong(f"{key!r} is missing")
    rows = rows_of(document)
    scenario_id = str(document.get("id", FilePath(source).stem))
    plans = tuple(_plan_of(row, [each.name for each in rows], scenario_id, source) for row in rows)
    return Scenario(
        id=scenario_id,
        title=str(document.get("title", "")),
        source=source,
        document=document,
        tags=tuple(document.get("tags", ())),
        plans=plans,
        sha256=digest,
        text=text,
        tabular="with" in document,
    )


def _plan_of(row: RowDocument, rows: list[str], scenario: str, source: str) -> Plan:
    try:
        for wrong in violations(row.document):
            raise wrong
        return _plan(row, rows, scenario, source)
    except Wrong as error:
        in_row = f" (row {row.name!r})" if row.index is not None else ""
        raise Wrong(error.message + in_row, row.origin(error.path), nearest=error.nearest) from None


def _plan(row: RowDocument, rows: list[str], scenario: str, source: str) -> Plan:
    document = row.document
    clock, written, seed = document.get("clock", SOME_CLOCK), document.get("when", []), document.get("seed", 0)
    recorded = _is_recorded(document["given"], written)
    start_ms, until_ms = _times(clock, recorded=recorded)
    start = start_of(document["given"], clock["start"], seed, FilePath(source).parent, recorded=recorded)
    reader = EventReader(start.names, until_ms)
    events = tuple(reader.read(index, event) for index, event in enumerate(written))
    then = document.get("then", {})
    always, breaks = invariants_of(then, rows, row.name, until_ms)
    wanted = ExpectationReader(start.names, rows, row.name, until_ms, reader.orders).read(then, events)
    check_implied(always, breaks, wanted)
    return Plan(
        scenario=scenario,
        name=row.name,
        seed=seed,
        start_ms=start_ms,
        until_ms=until_ms,
        document=start.document,
        channels=start.channels,
        staging=start.staging,
        shown=start.shown,
        shelf=start.shelf,
        events=events,
        always=always,
        breaks=breaks,
        expectations=tuple(wanted),
        warehouses=start.names.warehouses,
        recorded=recorded,
        moves_itself=recorded or bool(start.document.get("integration_manager")),
    )


def _times(clock: Mapping[str, Any], *, recorded: bool) -> tuple[int, int]:
    """Return start and length of the run; only a recorded session may be over before it began."""
    start_ms, until_ms = instant(clock["start"], ("clock", "start")), duration(clock["until"], ("clock", "until"))
    if until_ms == 0 and not recorded:
        raise Wrong("the run must be longer than nothing", ("clock", "until"))
    return start_ms, until_ms


def _is_recorded(given: Mapping[str, Any], events: list[Mapping[str, Any]]) -> bool:
    """Whether this is a session that somebody recorded: a world, commands, and no connector of ours."""
    return (
        "world" in given and "connector" not in given and all({"command", "expect"} & event.keys() for event in events)
    )
