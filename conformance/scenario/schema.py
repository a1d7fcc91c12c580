"""From what breaks schemas/harness/scenario.json to sentences that say what to write instead."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import jsonschema

from conformance.models import BASE, registry
from conformance.resources import schemas_dir
from conformance.scenario.problems import Wrong, nearest, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.scenario.problems import Path

TYPES: Final = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "an object",
    "string": "text",
}


def violations(document: object) -> list[Wrong]:
    """Return where a document breaks the schema, in the order of the file's keys; none when it is sound."""
    if not isinstance(document, dict):
        return [Wrong("a scenario is an object with the keys format, given, when, then")]
    format_problem = _format_problem(document)
    if format_problem is not None:
        return [format_problem]
    errors = sorted(_validator().iter_errors(document), key=lambda each: [str(part) for part in each.absolute_path])
    return [wrong for error in errors for wrong in _wrongs(error)]


def command_violations(command: Mapping[str, Any]) -> list[Wrong]:
    """Return where a command of the world breaks the schema of its type; none when it is sound."""
    kinds = _command_kinds()
    if command["type"] not in kinds:
        return [unknown("command", command["type"], kinds, ("type",))]
    return [wrong for error in _command_validator(command["type"]).iter_errors(command) for wrong in _wrongs(error)]


@cache
def _command_kinds() -> tuple[str, ...]:
    read = json.loads((schemas_dir() / "models" / "control-command.json").read_text(encoding="utf-8"))
    return tuple(branch["$ref"].rpartition("/")[2] for branch in read["oneOf"])


@cache
def _command_validator(kind: str) -> jsonschema.Draft202012Validator:
    reference = {"$ref": f"{BASE}models/control-command.json#/$defs/{kind}"}
    return jsonschema.Draft202012Validator(reference, registry=registry())


@cache
def schema() -> Mapping[str, Any]:
    """Return the schema of scenario files."""
    read: Mapping[str, Any] = json.loads((schemas_dir() / "harness" / "scenario.json").read_text(encoding="utf-8"))
    return read


@cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema())


def _format_problem(document: Mapping[str, Any]) -> Wrong | None:
    """Return what is wrong with the first key, which says which rules the rest is read by."""
    named = [key for key in ("format", "oversell") if key in document]
    if not named:
        return Wrong("the first key must be 'format: stockproof/scenario/1'")
    if len(named) > 1:
        return Wrong("give either format or oversell", ("oversell",))
    wanted: object = {"format": "stockproof/scenario/1", "oversell": 1}[named[0]]
    given = document[named[0]]
    if given != wanted or isinstance(given, bool):
        return Wrong(f"version {given!r} is not known here; this reads {wanted!r}", (named[0],))
    return None


def _wrongs(error: jsonschema.ValidationError) -> Iterator[Wrong]:
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        yield from _unknown_keys(error, path)
    elif error.validator == "required":
        yield Wrong(f"{_missing(error)!r} is missing", path)
    elif error.validator in {"anyOf", "oneOf"}:
        yield from _inside_branch(error) or [Wrong(f"must be {_title(error)}, not {_shown(error.instance)}", path)]
    else:
        yield Wrong(f"must be {_title(error)}, not {_shown(error.instance)}", path)


def _unknown_keys(error: jsonschema.ValidationError, path: Path) -> Iterator[Wrong]:
    rule: Any = error.schema
    instance: Any = error.instance
    valid = list(rule.get("properties", {}))
    for key in instance:
        if key not in valid:
            yield Wrong(f"unknown key {key!r}", (*path, key), nearest=nearest(key, valid, however_unlike=True))


def _missing(error: jsonschema.ValidationError) -> str:
    wanted: Any = error.validator_value
    instance: Any = error.instance
    return str(next(key for key in wanted if key not in instance))


def _inside_branch(error: jsonschema.ValidationError) -> list[Wrong]:
    """Return what is wrong inside the branch that the value was plainly meant for; nothing when there is none."""
    branches: dict[object, list[jsonschema.ValidationError]] = {}
    for each in error.context or ():
        branches.setdefault(each.relative_schema_path[0], []).append(each)
    for inner in branches.values():
        if all(each.relative_path or each.validator in {"additionalProperties", "required"} for each in inner):
            return [wrong for each in inner for wrong in _wrongs(each)]
    return []


def _title(error: jsonschema.ValidationError) -> str:
    rule = error.schema if isinstance(error.schema, dict) else {}
    if error.validator == "const":
        return repr(error.validator_value)
    if error.validator == "uniqueItems":
        return "a list that names nothing twice"
    if error.validator == "minItems" or error.validator == "minProperties":
        return "something, not empty"
    return str(rule.get("title") or TYPES.get(str(rule.get("type")), "something else"))


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"
