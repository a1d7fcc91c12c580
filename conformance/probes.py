"""
Probes: for each reading an input that tells its options apart.

Against a target whose worlds can be switched, every option is switched on in turn and must be seen.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from conformance.meaning import at_pointer
from conformance.resources import fixtures_dir
from conformance.steps import StepResult, take_all
from conformance.verdict import Difference, Inconclusive, Run, UnexpectedAnswer, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from conformance.target import Answer, Target

ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Probe:
    """One probe, as its file has it (schemas/harness/probe.json)."""

    reading: str
    title: str
    world: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]
    observe: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    expect: Mapping[str, object]
    why: Mapping[str, str]


def load_probes(folder: Path | None = None) -> list[Probe]:
    """Return the probes of a folder, of the shipped one when left out, by file name."""
    folder = folder or fixtures_dir() / "probes"
    return [_probe(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.json"))]


def _probe(document: Mapping[str, Any]) -> Probe:
    kept = {key: value for key, value in document.items() if key not in ("format", "steps")}
    return Probe(**kept, steps=tuple(document["steps"]))


def run_probes(target: Target, probes: Iterable[Probe]) -> Run:
    """Judge the target by every option of each probe's reading, as far as it can be reached."""
    verdicts: list[Verdict] = []
    for probe in probes:
        for option in probe.expect:
            try:
                verdicts.append(run_option(target, probe, option))
            except Inconclusive as reason:
                return Run(tuple(verdicts), str(reason))
    return Run(tuple(verdicts))


def run_option(target: Target, probe: Probe, option: str) -> Verdict:
    """
    Return the verdict on one option of a reading, in a world that has it switched on.

    Raises:
        Inconclusive: when the target cannot be reached or driven.
    """
    found: tuple[Difference, ...] = ()
    broken: str | None = None
    try:
        observed = observe(target, probe, option)
        if not _equal(observed, probe.expect[option]):
            found = (Difference("observe", probe.expect[option], observed),)
    except UnexpectedAnswer as answer:
        found = (answer.difference,)
    except Inconclusive:
        raise
    except Exception as error:
        broken = f"{type(error).__name__}: {error}"
    return Verdict(
        id=f"{probe.reading}={option}",
        title=probe.title,
        source=f"reading {probe.reading}",
        grade="G",
        why=probe.why.get(option, ""),
        differences=found,
        harness_error=broken,
    )


def observe(target: Target, probe: Probe, option: str) -> object:
    """Return what is to be seen of a world in which the reading has this option."""
    return _seen(target, probe, {probe.reading: option})


def follow(target: Target, probe: Probe, switched: Mapping[str, str]) -> tuple[str | None, object]:
    """
    Return the option that the target follows unasked, None when it is none of those known, and what was seen of it.

    ``switched`` are readings that the world is switched to; the probe's own is left to the target.
    """
    pinned = {reading: option for reading, option in switched.items() if reading != probe.reading}
    seen = _seen(target, probe, pinned)
    return next((option for option, value in probe.expect.items() if _equal(seen, value)), None), seen


def _seen(target: Target, probe: Probe, readings: Mapping[str, str]) -> object:
    with target.world({**probe.world, "readings": dict(readings)}) as world:
        return world.redacted(observation(probe.observe, take_all(world, probe.steps)))


def observation(wanted: Mapping[str, Any] | Sequence[Mapping[str, Any]], results: Sequence[StepResult]) -> object:
    """Return one observation, or a list of them, taken from the results of the steps."""
    if isinstance(wanted, list | tuple):
        return [_observed(each, results) for each in wanted]
    return _observed(wanted, results)  # type: ignore[arg-type]


def _observed(wanted: Mapping[str, Any], results: Sequence[StepResult]) -> object:
    answer = _answer(wanted, results)
    if answer.status >= 500:
        # A server that breaks down follows no option, whatever its body looks like.
        raise UnexpectedAnswer("observe", "an answer", f"{answer.status} {answer.excerpt}")
    what = wanted["what"]
    if what == "status":
        return answer.status
    if what == "headers":
        value = answer.headers.get(wanted["name"].lower())
        return None if value is None else _told(wanted["name"], value)
    if what == "type":
        return _type_of(at_pointer(answer.json, wanted.get("pointer", ""), ABSENT) if answer.body else ABSENT)
    return _json_value(wanted, at_pointer(answer.json, wanted.get("pointer", "")))


def _told(name: str, value: str) -> str:
    """Return what a header says, without parameters; a media type is the same in capitals (RFC 9110, 8.3.1)."""
    said = value.split(";")[0].strip()
    return said.lower() if name.lower() == "content-type" else said


def _answer(wanted: Mapping[str, Any], results: Sequence[StepResult]) -> Answer:
    answers = [results[wanted["step"]]] if "step" in wanted else [each for each in results if each.answer is not None]
    answer = answers[-1].answer
    if answer is None:
        raise ValueError(f"step {wanted['step']} is no request")
    return answer


def _json_value(wanted: Mapping[str, Any], value: object) -> object:
    if "find" in wanted:
        match = re.search(wanted["find"], value) if isinstance(value, str) else None
        return match.group(1) if match else None
    if "select" not in wanted:
        return value
    elements = value if isinstance(value, list) else []
    chosen = [[_member(element, name) for name in wanted["select"]] for element in elements]
    return sorted(chosen, key=json.dumps) if wanted.get("sort") and _mixed(chosen) else _sorted(wanted, chosen)


def _member(element: object, name: str) -> object:
    return at_pointer(element, name if name.startswith("/") else f"/{name}")


def _mixed(rows: list[list[object]]) -> bool:
    return len({tuple(type(cell) for cell in row) for row in rows}) > 1


def _sorted(wanted: Mapping[str, Any], rows: list[list[Any]]) -> list[list[Any]]:
    return sorted(rows) if wanted.get("sort") else rows


def _type_of(value: object) -> str:
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
    if value is ABSENT:
        return "absent"
    return "null" if value is None else names[type(value)]


def _equal(observed: object, expected: object) -> bool:
    """Compare as JSON does: 1 equals 1.0 but not true, and text is never a number."""
    return json.dumps(_plain(observed), sort_keys=True) == json.dumps(_plain(expected), sort_keys=True)


def _plain(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return {key: _plain(each) for key, each in value.items()} if isinstance(value, dict) else value
