"""
Cases: what is sent to a server and what it must answer, as data (schemas/harness/case.json).

A negative case is a sound one with one fault put into it; it says something only where the sound one passes.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from conformance.expectation import unmet
from conformance.meaning import at_pointer, differences
from conformance.resources import fixtures_dir
from conformance.steps import take
from conformance.verdict import NotVerified

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from conformance.target import Target, TargetWorld
    from conformance.verdict import Difference

PLACE: Final = re.compile(r"\$\{([a-z_][a-z0-9_]*)\}")

Step = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """
    One case; ``base`` is the sound case that a negative one was made from, ``fault`` the name of what is wrong in it.

    ``bind`` gives names to ids of the world; None when the case cannot do without a world of its own.
    """

    id: str
    title: str
    source: str
    grade: str
    requirements: tuple[str, ...]
    world: Mapping[str, Any]
    steps: tuple[Step, ...]
    why: str
    readings: Mapping[str, str] = field(default_factory=dict)
    bind: Mapping[str, int | str] | None = None
    base: Case | None = None
    fault: str | None = None

    @property
    def portable(self) -> bool:
        """Whether it can be carried out on a server that makes no worlds."""
        return self.bind is not None and all("request" in step for step in self.steps)

    @property
    def writes(self) -> bool:
        """Whether a request may change something; to read the acknowledge feed is to move its marker."""
        return any("request" not in step or step["request"]["method"] != "GET" for step in self.steps)


def load_cases(folder: Path | None = None) -> list[Case]:
    """Return the cases of a folder, of the shipped one when left out, by file name and then in file order."""
    folder = folder or fixtures_dir() / "cases"
    files = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return [case for document in files if "cases" in document for case in _cases(document)]


def _cases(document: Mapping[str, Any]) -> list[Case]:
    worlds = document.get("worlds", {})
    sound = {row["id"]: _sound(row, worlds) for row in document["cases"] if "base" not in row}
    return [sound[row["id"]] if row["id"] in sound else faulty(row, sound[row["base"]]) for row in document["cases"]]


def _sound(row: Mapping[str, Any], worlds: Mapping[str, Any]) -> Case:
    world = worlds[row["world"]] if isinstance(row["world"], str) else row["world"]
    lists = {"requirements": tuple(row["requirements"]), "steps": tuple(row["steps"])}
    return Case(**{**row, **lists, "world": world})


def faulty(row: Mapping[str, Any], base: Case) -> Case:
    """Return the negative case: the steps of its base up to the one that gets the fault, and what comes then."""
    fault = row["fault"]
    step = with_fault(base.steps[fault["step"]], fault)
    return replace(
        base,
        id=row["id"],
        title=row["title"],
        source=row["source"],
        grade=row["grade"],
        requirements=tuple(row["requirements"]),
        readings=row.get("readings", base.readings),
        why=row["why"],
        steps=(*base.steps[: fault["step"]], step, *fault.get("then", ())),
        base=base,
        fault=fault["name"],
    )


def with_fault(step: Step, fault: Mapping[str, Any]) -> Step:
    """Return the step with one place of its request changed or taken away, and with what must be answered then."""
    request = deepcopy(step["request"])
    *way, last = [part.replace("~1", "/").replace("~0", "~") for part in fault["at"].split("/")[1:]]
    holder: Any = request
    for part in way:
        holder = holder[int(part)] if isinstance(holder, list) else holder.setdefault(part, {})
    if "to" not in fault:
        del holder[int(last) if isinstance(holder, list) else last]
    elif isinstance(holder, list):
        holder[int(last)] = fault["to"]
    else:
        holder[last] = fault["to"]
    if way == [] and last in ("text", "body"):
        request.pop({"text": "body", "body": "text"}[last], None)
    return {"request": request, "expect": fault["expect"]}


def carry_out(target: Target, case: Case, readings: Mapping[str, str]) -> Iterator[Difference]:
    """
    Yield where the target answers something else than the case expects.

    ``readings`` are those that the worlds are switched to besides the case's own.

    Raises:
        NotVerified: when the sound case that a negative one rests on does not pass.
        Inconclusive: when the target cannot be reached or driven.
        UnexpectedAnswer: when the control API does not do what it must.
    """
    if case.base is not None and any(carry_out(target, case.base, readings)):
        raise NotVerified(f"the sound case {case.base.id} does not pass, so the fault says nothing")
    with target.place_for(case, {**readings, **case.readings}) as (world, bound):
        yield from _play(world, case.steps, dict(bound))


def _play(world: TargetWorld, steps: Sequence[Step], known: dict[str, Any]) -> Iterator[Difference]:
    for index, written in enumerate(steps):
        step = filled(written, known)
        result = take(world, step)
        path = f"steps/{index}"
        if result.answer is None:
            wanted = step.get("outcomes", ["done"] * len(step.get("commands", ())))
            yield from _blanked(world, differences(wanted, result.outcomes, f"{path}/outcomes"))
            continue
        found = list(_blanked(world, unmet(step["expect"], result.answer, path)))
        yield from found
        if found and "save" in step:
            return
        known |= {name: at_pointer(result.answer.json, pointer) for name, pointer in step.get("save", {}).items()}


def _blanked(world: TargetWorld, found: Iterator[Difference]) -> Iterator[Difference]:
    for each in found:
        yield replace(each, actual=world.redacted(each.actual))


def filled(value: Any, known: Mapping[str, Any]) -> Any:
    """
    Return a step with its ``${name}`` places filled in; a text that is nothing but one place becomes the value itself.

    Raises:
        NotVerified: for a name that nothing gives a value to.
    """
    if isinstance(value, dict):
        return {key: _as_text(key, filled(each, known)) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [filled(each, known) for each in value]
    if not isinstance(value, str) or "${" not in value:
        return value
    whole = PLACE.fullmatch(value)
    if whole:
        return _value(whole[1], known)
    return PLACE.sub(lambda match: str(_value(match[1], known)), value)


def _as_text(key: str, value: Any) -> Any:
    # Values of a query are text on the wire, whatever they were bound to.
    return {name: str(each) for name, each in value.items()} if key == "query" and isinstance(value, dict) else value


def _value(name: str, known: Mapping[str, Any]) -> Any:
    if name not in known:
        raise NotVerified(f"nothing gives ${{{name}}} a value; the target file's ids would")
    return known[name]
