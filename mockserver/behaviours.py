"""
The registry of behaviours and readings: what the vendors document, and what is open and can be switched.

The data is in ``schemas/behaviours/*.json`` and is read once, on first use; nothing happens at import.
Grades: D documented, E fixed by a worked example, C seen in a real client, I inferred, G our guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import orjson

from mockserver.core.errors import nearest
from mockserver.resources import schemas_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

GRADES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "D": "documented by the vendor",
        "E": "fixed by a worked example of the vendor",
        "C": "seen in a real client",
        "I": "inferred, with the argument given",
        "G": "our guess, switchable",
    }
)


class RegistryError(ValueError):
    """A name that the registry does not have: where it stood, what it was, and the nearest valid one."""

    kind = "name"

    def __init__(self, *, field: str, value: object, nearest_valid: str | None) -> None:
        super().__init__(field, value, nearest_valid)
        self.field = field
        self.value = value
        self.nearest = nearest_valid

    def __str__(self) -> str:
        """Return one line for a person."""
        hint = "" if self.nearest is None else f"; nearest valid: {self.nearest!r}"
        return f"{self.field}: unknown {self.kind} {self.value!r}{hint}"


class UnknownReading(RegistryError):
    """A reading id that the registry does not have."""

    kind = "reading"


class UnknownOption(RegistryError):
    """An option that the reading named by ``field`` does not have."""

    kind = "option"


class UnknownId(RegistryError):
    """An id that is neither a behaviour nor a reading."""

    kind = "behaviour or reading"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One rule of an imitated system, with the weight of its evidence and where it shows."""

    id: str
    statement: str
    grade: str
    source: str
    surface: tuple[str, ...]
    served: bool
    grade_note: str | None = None
    note: str | None = None
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One plausible answer to an open question."""

    id: str
    means: str


@dataclass(frozen=True, slots=True)
class Reading:
    """An open question with its plausible answers, of which a world follows exactly one."""

    id: str
    question: str
    options: tuple[Option, ...]
    default: str
    why: str
    refs: tuple[str, ...]
    grade: str
    tells_apart: str
    probe: str

    @property
    def option_ids(self) -> tuple[str, ...]:
        """The ids of the options, the default first."""
        return tuple(option.id for option in self.options)


@cache
def behaviours() -> Mapping[str, Behaviour]:
    """Return every behaviour by id, in the order of the files. The mapping is shared and read-only."""
    return MappingProxyType({row["id"]: _behaviour(row) for row in _rows("stockproof/behaviours/1", "behaviours")})


@cache
def readings() -> Mapping[str, Reading]:
    """Return every reading by id, in the order of the files. The mapping is shared and read-only."""
    return MappingProxyType({row["id"]: _reading(row) for row in _rows("stockproof/readings/1", "readings")})


@cache
def defaults() -> Mapping[str, str]:
    """Return the default option of every reading. The mapping is shared and read-only."""
    return MappingProxyType({reading.id: reading.default for reading in readings().values()})


def resolve(chosen: Mapping[str, str]) -> dict[str, str]:
    """
    Return a complete mapping of reading id to option: what was chosen, the defaults elsewhere.

    Raises:
        UnknownReading: if a key of ``chosen`` is no reading.
        UnknownOption: if a value is no option of its reading.
    """
    for reading_id, option in chosen.items():
        _check_option(reading_id, option)
    return {**defaults(), **chosen}


def find(wanted: str) -> Behaviour | Reading:
    """
    Return the behaviour or reading with this id.

    Raises:
        UnknownId: if there is none; it names the nearest id.
    """
    found = behaviours().get(wanted) or readings().get(wanted)
    if found is None:
        raise UnknownId(field="id", value=wanted, nearest_valid=nearest(wanted, [*behaviours(), *readings()]))
    return found


def header_value(ids: Iterable[str], readings: Mapping[str, str]) -> str:
    """
    Return the value of the ``X-Mock-Behaviours`` response header for the ids that an answer rests on.

    A comma-separated list in the order given, each id once. A behaviour is ``ID;grade=X``; a reading is
    ``ID;grade=X;option=Y``, where Y is the world's option in ``readings``. So a test that must not lean on a
    guess looks for ``grade=G``: ``OM-ACK-01;grade=D, ack.due;grade=G;option=figure-differs``.

    Raises:
        UnknownId: if an id is neither a behaviour nor a reading.
        KeyError: if ``readings`` lacks a reading that is named.
    """
    return ", ".join(_header_item(each, readings) for each in dict.fromkeys(ids))


def as_json(entry: Behaviour | Reading) -> dict[str, Any]:
    """
    Return a behaviour or reading as plain JSON types, with its kind; what is empty is left out.

    A reading's ``options`` are the ids, the default first; ``meanings`` says what each stands for.
    """
    if isinstance(entry, Reading):
        meanings = {option.id: option.means for option in entry.options}
        return {"kind": "reading", **_fields(entry), "options": list(meanings), "meanings": meanings}
    return {"kind": "behaviour", **_fields(entry)}


def registry_document() -> dict[str, Any]:
    """Return the whole registry as plain JSON types: the grades, the behaviours, the readings."""
    return {
        "grades": dict(GRADES),
        "behaviours": [as_json(behaviour) for behaviour in behaviours().values()],
        "readings": [as_json(reading) for reading in readings().values()],
    }


def _rows(file_format: str, key: str) -> Iterator[dict[str, Any]]:
    for path in sorted((schemas_dir() / "behaviours").glob("*.json")):
        document = orjson.loads(path.read_bytes())
        if document["format"] == file_format:
            yield from document[key]


def _behaviour(row: dict[str, Any]) -> Behaviour:
    return Behaviour(
        id=row["id"],
        statement=row["statement"],
        grade=row["grade"],
        source=row["source"],
        surface=tuple(row["surface"]),
        served=row["served"],
        grade_note=row.get("grade_note"),
        note=row.get("note"),
        readings=tuple(row.get("readings", ())),
    )


def _reading(row: dict[str, Any]) -> Reading:
    return Reading(
        id=row["id"],
        question=row["question"],
        options=tuple(Option(option["id"], option["means"]) for option in row["options"]),
        default=row["default"],
        why=row["why"],
        refs=tuple(row["refs"]),
        grade=row["grade"],
        tells_apart=row["tells_apart"],
        probe=row["probe"],
    )


def _check_option(reading_id: str, option: object) -> None:
    reading = readings().get(reading_id)
    if reading is None:
        raise UnknownReading(field="readings", value=reading_id, nearest_valid=nearest(reading_id, readings()))
    if option not in reading.option_ids:
        near = nearest(option, reading.option_ids)
        raise UnknownOption(field=f"readings.{reading_id}", value=option, nearest_valid=near)


def _header_item(wanted: str, readings: Mapping[str, str]) -> str:
    entry = find(wanted)
    if isinstance(entry, Reading):
        return f"{entry.id};grade={entry.grade};option={readings[entry.id]}"
    return f"{entry.id};grade={entry.grade}"


def _fields(entry: Behaviour | Reading) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in type(entry).__dataclass_fields__}
    filled = {name: value for name, value in values.items() if value not in (None, ())}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in filled.items()}
