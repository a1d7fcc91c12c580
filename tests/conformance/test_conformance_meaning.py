"""What counts as a difference between two bodies, and what a probe observes of an answer."""

from __future__ import annotations

import json

import pytest

from conformance.meaning import at_pointer, differences
from conformance.probes import observation
from conformance.steps import StepResult
from conformance.target import Answer

SAME = {
    "unknown extra fields": ({"a": 1}, {"a": 1, "b": 2}),
    "ids as text": ({"id": 1, "seller_id": 2, "listingId": 3}, {"id": "1", "seller_id": "2", "listingId": "3"}),
    "prices equal as numbers": ({"price": "500", "sale_price": "27.38"}, {"price": "500.0", "sale_price": 27.38}),
    "no price": ({"price": None}, {"price": None}),
    "nested": ({"data": [{"a": [1, 2]}]}, {"data": [{"a": [1, 2], "x": 0}], "meta": {}}),
}
DIFFERENT = {
    "another number": ({"a": 1}, {"a": 2}, "/a"),
    "a missing field": ({"a": None}, {}, "/a"),
    "a shorter array": ([1, 2], [1], " (length)"),
    "a longer array": ([1], [1, 2], " (length)"),
    "true for one": ({"a": 1}, {"a": True}, "/a"),
    "one for true": ({"a": True}, {"a": 1}, "/a"),
    "text for a number": ({"count_on_hand": 7}, {"count_on_hand": "7"}, "/count_on_hand"),
    "another price": ({"price": "500"}, {"price": "501"}, "/price"),
    "a price for none": ({"price": None}, {"price": "0"}, "/price"),
    "no price for one": ({"price": "0"}, {"price": None}, "/price"),
    "words for a price": ({"price": "500"}, {"price": "much"}, "/price"),
    "another id": ({"id": 1}, {"id": "2"}, "/id"),
    "no id": ({"id": 1}, {"id": None}, "/id"),
    "an object for an array": ([1], {"0": 1}, ""),
    "an array for an object": ({"a": 1}, [1], ""),
    "another order": ([1, 2], [2, 1], "/0"),
}


@pytest.mark.parametrize(("expected", "actual"), SAME.values(), ids=SAME.keys())
def test_what_no_integration_could_notice_is_no_difference(expected: object, actual: object) -> None:
    """Extra fields, ids as text and prices written otherwise are tolerated."""
    assert list(differences(expected, actual, "")) == []


@pytest.mark.parametrize(("expected", "actual", "path"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_difference_names_its_place(expected: object, actual: object, path: str) -> None:
    """Everything else is a difference, and its path leads to it."""
    assert next(differences(expected, actual, "")).path == path


def test_pointer_leads_to_a_value_or_to_nothing() -> None:
    """JSON pointers as in RFC 6901; what is not there is the default."""
    document = {"a": [{"b": 1}], "c/d": {"e~f": 2}, "": 3}

    assert at_pointer(document, "") is document
    assert at_pointer(document, "/a/0/b") == 1
    assert at_pointer(document, "/c~1d/e~0f") == 2
    assert at_pointer(document, "/") == 3
    assert at_pointer(document, "/a/1/b", "nothing") == "nothing"
    assert at_pointer(document, "/a/b") is None
    assert at_pointer(7, "/a") is None


def answered(body: object, status: int = 200, **headers: str) -> StepResult:
    encoded = body if isinstance(body, bytes) else json.dumps(body).encode()
    return StepResult(answer=Answer(status, {name.replace("_", "-"): text for name, text in headers.items()}, encoded))


ROWS = [{"id": 2, "n": {"x": 1}}, {"id": 1}]
OBSERVED = {
    "status": ({"what": "status"}, 200),
    "the first step": ({"what": "status", "step": 0}, 404),
    "a header": ({"what": "headers", "name": "Content-Type"}, "application/json"),
    "no header": ({"what": "headers", "name": "X-None"}, None),
    "a value": ({"what": "json", "pointer": "/rows/0/id"}, 2),
    "no value": ({"what": "json", "pointer": "/none"}, None),
    "members": ({"what": "json", "pointer": "/rows", "select": ["id", "/n/x"]}, [[2, 1], [1, None]]),
    "members in order": ({"what": "json", "pointer": "/rows", "select": ["id"], "sort": True}, [[1], [2]]),
    "members of nothing": ({"what": "json", "pointer": "/none", "select": ["id"]}, []),
    "part of a text": ({"what": "json", "pointer": "/next", "find": "page=([0-9]+)"}, "3"),
    "part of no text": ({"what": "json", "pointer": "/rows", "find": "page=([0-9]+)"}, None),
    "array": ({"what": "type", "pointer": "/rows"}, "array"),
    "object": ({"what": "type"}, "object"),
    "string": ({"what": "type", "pointer": "/next"}, "string"),
    "number": ({"what": "type", "pointer": "/rows/0/id"}, "number"),
    "boolean": ({"what": "type", "pointer": "/yes"}, "boolean"),
    "null": ({"what": "type", "pointer": "/null"}, "null"),
    "absent": ({"what": "type", "pointer": "/none"}, "absent"),
}


@pytest.mark.parametrize(("wanted", "seen"), OBSERVED.values(), ids=OBSERVED.keys())
def test_observation_of_an_answer(wanted: dict[str, object], seen: object) -> None:
    """A probe looks at the status, a header, a value, members of an array, or the type of what is there."""
    body = {"rows": ROWS, "next": "/x?page=3", "yes": True, "null": None}
    results = [answered({}, 404), answered(body, content_type="application/json; charset=utf-8"), StepResult()]

    assert observation(wanted, results) == seen


def test_several_observations_make_a_list() -> None:
    """A list of observations gives a list of what was seen."""
    assert observation([{"what": "status"}, {"what": "type"}], [answered(b"", 204)]) == [204, "absent"]


def test_body_that_is_no_json_has_no_values() -> None:
    """Text that is no JSON is nothing to point into."""
    assert observation({"what": "json", "pointer": "/a"}, [answered(b"<html>")]) is None
