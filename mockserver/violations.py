"""What is wrong with a body, in words for the sender: where, what, and the nearest valid name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from mockserver.core.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    import jsonschema_rs

# A message quotes the offending value; a body of megabytes must not come back in the answer.
_LONGEST_MESSAGE: Final = 300
_LONGEST_NAME: Final = 60


class Violation(NamedTuple):
    """One broken rule: where in the body (JSON pointer, "" for all of it) and what is wrong there."""

    pointer: str
    message: str


def _pointer(path: list[str | int]) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def violations_of(error: jsonschema_rs.ValidationError, schema: Mapping[str, Any]) -> list[Violation]:
    """
    Return what one error means to the sender: of a failed choice by `type`, only what the named type breaks.

    ``schema`` is the whole schema that the error's path leads into.
    """
    branches: list[list[jsonschema_rs.ValidationError]] | None = getattr(error.kind, "context", None)
    if branches is None:
        return _plain(error, schema)
    meant = [branch for branch in branches if not any(_names_other_type(error, inner) for inner in branch)]
    if len(meant) == 1:
        return [violation for inner in meant[0] for violation in violations_of(inner, schema)]
    if not meant:
        return [_unknown_type(error, branches)]
    return [Violation(_pointer(error.instance_path), _missing_choice(meant) or _clipped(error.message))]


def _plain(error: jsonschema_rs.ValidationError, schema: Mapping[str, Any]) -> list[Violation]:
    place = _pointer(error.instance_path)
    if error.schema_path[-1:] != ["additionalProperties"]:
        return [Violation(place, _clipped(error.message))]
    unknown = cast("list[str]", error.kind.as_dict()["unexpected"])
    valid = list(_at(schema, error.schema_path[:-1]).get("properties", {}))
    return [Violation(place, _unknown_key(key, valid)) for key in unknown]


def _at(schema: Mapping[str, Any], path: list[str | int]) -> Mapping[str, Any]:
    found: Any = schema
    for step in path:
        found = found[step]
    return cast("Mapping[str, Any]", found)


def _unknown_key(key: str, valid: list[str]) -> str:
    near = nearest(key[:_LONGEST_NAME], valid)
    hint = f"nearest valid: {near!r}" if near else f"valid: {', '.join(valid)}"
    return f"unknown key {key[:_LONGEST_NAME]!r}; {hint}"


def _missing_choice(branches: list[list[jsonschema_rs.ValidationError]]) -> str | None:
    """Return the keys of which one must be given, where that is what every branch asks for."""
    if any(inner.schema_path[-1:] != ["required"] for branch in branches for inner in branch):
        return None
    keys = [str(inner.kind.as_dict()["property"]) for branch in branches for inner in branch]
    return f"one of {', '.join(keys)} must be given"


def _names_other_type(choice: jsonschema_rs.ValidationError, inner: jsonschema_rs.ValidationError) -> bool:
    return inner.schema_path[-1:] == ["const"] and inner.instance_path == [*choice.instance_path, "type"]


def _unknown_type(
    choice: jsonschema_rs.ValidationError, branches: list[list[jsonschema_rs.ValidationError]]
) -> Violation:
    known = {
        str(getattr(inner.kind, "expected_value", ""))
        for branch in branches
        for inner in branch
        if _names_other_type(choice, inner)
    }
    sent = str(cast("Mapping[str, object]", choice.instance)["type"])[:_LONGEST_NAME]
    message = f"{sent!r} is no type known here; nearest valid: {nearest(sent, sorted(known))!r}"
    return Violation(_pointer([*choice.instance_path, "type"]), message)


def _clipped(message: str) -> str:
    return message if len(message) <= _LONGEST_MESSAGE else message[: _LONGEST_MESSAGE - 1] + "…"
