"""From a JSON Schema validator's error to a sentence that says what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.core.errors import nearest
from mockserver.files.world_problems import Problem, as_segments, path_text, shown_value, unknown_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema_rs import ValidationError

_TYPE_WORDS: Final = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number, written without a decimal point",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "text",
}


def problem_of(error: ValidationError, schema: Mapping[str, Any], source: str) -> Iterator[Problem]:
    """Yield the problems of one validation error; one for each key when several keys are unknown."""
    segments = as_segments(error.instance_path)
    *parents, keyword = as_segments(error.schema_path)
    node = _node(schema, parents)
    if keyword == "additionalProperties":
        valid = sorted(node.get("properties", {}))
        yield from (unknown_key(source, segments, key, valid) for key in error.kind.as_dict()["unexpected"])
    elif keyword in {"required", "dependentRequired"}:
        yield Problem(source, _missing(error, str(keyword)), path_text(segments))
    elif keyword == "oneOf":
        yield Problem(source, _choice(node), path_text(segments))
    else:
        value = shown_value(error.instance, segments)
        message, near = _bad_value(error.instance, node, str(keyword), hidden=value == "…")
        yield Problem(source, message, path_text(segments), value=value, nearest=near)


def _node(schema: Mapping[str, Any], parents: list[str | int]) -> Mapping[str, Any]:
    node: Any = schema
    for step in parents:
        node = node[step]
    return node if isinstance(node, dict) else {}


def _missing(error: ValidationError, keyword: str) -> str:
    if keyword == "required":
        return f"required key {error.kind.as_dict()['property']!r} is missing"
    return "min_rule_type and min_value are given together or not at all"


def _choice(node: Mapping[str, Any]) -> str:
    keys = [key for branch in node["oneOf"] for key in branch["required"]]
    return f"exactly one of {' and '.join(keys)} must be given"


def _bad_value(value: object, node: Mapping[str, Any], keyword: str, *, hidden: bool) -> tuple[str, str | None]:
    if keyword == "enum":
        near = None if hidden else nearest(value, node["enum"])
        return f"must be one of {', '.join(node['enum'])}", near
    if keyword == "const":
        return f"must be {node['const']}", str(node["const"])
    if keyword == "uniqueItems":
        return "names something twice", None
    if keyword in {"minItems", "maxItems"}:
        return f"must be {node.get('title', 'a list of at least one')}", None
    return _expected(value, node, keyword), None


def _expected(value: object, node: Mapping[str, Any], keyword: str) -> str:
    if keyword == "anyOf":
        return 'must be null or a decimal number as text, like "27.38"'
    wanted = node.get("title") if keyword != "type" else None
    wanted = wanted or _TYPE_WORDS.get(str(node.get("type")), "something else")
    quotes = "; put it in quotes" if keyword == "type" and wanted == "text" and isinstance(value, int | float) else ""
    return f"must be {wanted}{quotes}"
