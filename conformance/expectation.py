"""What an answer must be, and where it is something else (schemas/harness/case.json, expect)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from conformance.meaning import ABSENT, at_pointer, differences
from conformance.models import violations
from conformance.verdict import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.target import Answer

TYPES: Final = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
NOTHING: Final = object()


def unmet(expected: Mapping[str, Any], answer: Answer, path: str) -> Iterator[Difference]:
    """Yield every expectation that an answer does not meet; with a wrong status, the body is not looked at."""
    wanted = expected["status"]
    if answer.status not in (wanted if isinstance(wanted, list) else [wanted]):
        yield Difference(f"{path}/status", wanted, f"{answer.status} {answer.excerpt}".rstrip())
        return
    yield from _headers(expected, answer, path)
    if expected.get("empty") and answer.body:
        yield Difference(f"{path}/body", "no byte", answer.excerpt)
    yield from _body(expected, answer.json, path)


def _headers(expected: Mapping[str, Any], answer: Answer, path: str) -> Iterator[Difference]:
    # A media type is written in capital or small letters alike (RFC 9110, 8.3.1).
    media_type = answer.headers.get("content-type", ABSENT).split(";")[0].strip().lower()
    if "media_type" in expected and media_type != expected["media_type"]:
        yield Difference(f"{path}/media_type", expected["media_type"], media_type)
    for name, pattern in expected.get("headers", {}).items():
        value = answer.headers.get(name.lower())
        if value is None or not re.fullmatch(pattern, value):
            yield Difference(f"{path}/headers/{name}", pattern, value)


def _body(expected: Mapping[str, Any], body: object, path: str) -> Iterator[Difference]:
    if "schema" in expected:
        yield from violations(expected["schema"], body, f"{path}/body")
    if "body" in expected:
        yield from differences(expected["body"], body, f"{path}/body")
    for pointer, value in expected.get("at", {}).items():
        yield from differences(value, at_pointer(body, pointer, ABSENT), f"{path}/body{pointer}")
    for pointer, wanted in expected.get("types", {}).items():
        found = _type_of(at_pointer(body, pointer, NOTHING))
        if found != wanted:
            yield Difference(f"{path}/body{pointer} (type)", wanted, found)
    for pointer, length in expected.get("length", {}).items():
        yield from _length(at_pointer(body, pointer, ABSENT), length, f"{path}/body{pointer} (length)")
    for pointer, members in expected.get("members", {}).items():
        yield from _members(members, at_pointer(body, pointer, ABSENT), f"{path}/body{pointer}")


def _type_of(value: object) -> str:
    if value is NOTHING:
        return "absent"
    return "null" if value is None else TYPES[type(value)]


def _length(array: object, wanted: int, path: str) -> Iterator[Difference]:
    found = len(array) if isinstance(array, list) else ABSENT
    if found != wanted:
        yield Difference(path, wanted, found)


def _members(wanted: list[Any], array: object, path: str) -> Iterator[Difference]:
    """Yield the members that none of the elements equals, and the elements that are too many."""
    if not isinstance(array, list):
        yield Difference(path, wanted, array)
        return
    left = list(array)
    for member in wanted:
        equal = next((each for each in left if not any(differences(member, each, ""))), NOTHING)
        if equal is NOTHING:
            yield Difference(f"{path} (a member)", member, ABSENT)
        else:
            left.remove(equal)
    if len(array) > len(wanted):
        yield Difference(f"{path} (length)", len(wanted), len(array))
