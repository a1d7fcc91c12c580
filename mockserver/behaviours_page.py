"""The registry as a Markdown page, docs/behaviours.md: behaviours with their grades, readings with their options."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from mockserver.behaviours import GRADES, Behaviour, Reading, behaviours

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

COMMAND: Final = "mockserver behaviours list --format markdown"

_FAMILIES: Final[Mapping[str, str]] = {
    "OM-ALLOC": "Order Manager: channel allocation",
    "OM-EXCL": "Order Manager: exclusions",
    "OM-AVAIL": "Order Manager: availability",
    "OM-PUSH": "Order Manager: what a channel is told, and when",
    "OM-IMP": "Order Manager: stock import",
    "OM-ACK": "Order Manager: the acknowledge endpoint",
    "OM-API": "Order Manager: the other routes",
    "IM-SYNC": "Integration Manager: inventory sync",
    "IM-OM": "Integration Manager: towards Order Manager",
    "MP-INV": "Marketplacer: inventories",
    "MP-API": "Marketplacer: the other routes",
    "MP-HOOK": "Marketplacer: webhooks",
    "MP-GQL": "Marketplacer: GraphQL",
    "OUR": "Our decisions where the vendors are silent",
}


def page(entries: Iterable[Behaviour | Reading]) -> str:
    """Return the page of these behaviours and readings, in the order of the catalogue, ending in one newline."""
    listed = list(entries)
    lines = [*_head(), *_behaviour_part(listed), *_reading_part(listed)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _head() -> Iterator[str]:
    yield f"<!-- Made by `{COMMAND}`; edit schemas/behaviours/*.json instead. -->"
    yield ""
    yield "# Behaviours and readings"
    yield ""
    yield "What the imitated systems do, each rule with the weight of its evidence; every open question is a reading."
    yield "A world follows one option of each reading: its `readings` say which, the default applies otherwise."
    yield "Every answer of the imitated APIs names in `X-Mock-Behaviours` what it rests on."
    yield ""
    yield from (f"- **{grade}** {meaning}" for grade, meaning in GRADES.items())
    yield ""


def _behaviour_part(entries: list[Behaviour | Reading]) -> Iterator[str]:
    chosen = sorted((each for each in entries if isinstance(each, Behaviour)), key=_catalogue_order)
    for family, members in groupby(chosen, key=_family):
        yield f"## {_FAMILIES[family]}"
        yield ""
        yield "| id | behaviour | grade | source | served |"
        yield "|---|---|---|---|---|"
        yield from (_behaviour_row(behaviour) for behaviour in members)
        yield ""


def _behaviour_row(behaviour: Behaviour) -> str:
    text = " ".join(part for part in (behaviour.statement, behaviour.note) if part)
    if behaviour.readings:
        text += " Readings: " + ", ".join(f"`{reading}`" for reading in behaviour.readings) + "."
    grade = " ".join(part for part in (f"**{behaviour.grade}**", behaviour.grade_note) if part)
    served = "yes" if behaviour.served else "not yet"
    return _row(behaviour.id, text, grade, behaviour.source, served)


def _reading_part(entries: list[Behaviour | Reading]) -> Iterator[str]:
    chosen = [each for each in entries if isinstance(each, Reading)]
    if not chosen:
        return
    yield "## Readings"
    yield ""
    yield "The first option is the default."
    yield ""
    leaning = _behaviours_by_reading()
    for reading in chosen:
        yield from _reading_lines(reading, leaning.get(reading.id, []))


def _reading_lines(reading: Reading, leaning: list[str]) -> Iterator[str]:
    yield f"### {reading.id}"
    yield ""
    yield f"{reading.question} (grade {reading.grade})"
    yield ""
    yield from (f"- `{option.id}`: {option.means}" for option in reading.options)
    yield ""
    yield f"Why the default: {reading.why}"
    yield f"Told apart by: {reading.tells_apart}"
    yield f"Bears on: {', '.join(leaning)}. Probe: `{reading.probe}`"
    yield ""


def _behaviours_by_reading() -> dict[str, list[str]]:
    leaning: dict[str, list[str]] = {}
    for behaviour in sorted(behaviours().values(), key=_catalogue_order):
        for reading_id in behaviour.readings:
            leaning.setdefault(reading_id, []).append(behaviour.id)
    return leaning


def _family(behaviour: Behaviour) -> str:
    return behaviour.id.rpartition("-")[0]


def _catalogue_order(behaviour: Behaviour) -> tuple[int, str]:
    return (list(_FAMILIES).index(_family(behaviour)), behaviour.id)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
