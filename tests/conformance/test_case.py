"""Cases: how a fault is put into a sound one, how names are filled in, and what an expectation notices."""

from __future__ import annotations

import json

import pytest

from conformance.case import Case, carry_out, faulty, filled, load_cases, with_fault
from conformance.expectation import unmet
from conformance.target import Answer, Target
from conformance.verdict import NotVerified

REQUEST = {"api": "marketplacer", "method": "PUT", "path": "/x", "query": {"a": "1"}, "body": {"data": [{"n": 1}]}}
STEP = {"request": REQUEST, "expect": {"status": 200}}
REFUSED = {"status": 422}


def fault(**how):
    return {"name": "wrong", "step": 0, "expect": REFUSED, **how}


@pytest.mark.parametrize(
    ("how", "request_with_it"),
    [
        ({"at": "/method", "to": "POST"}, {**REQUEST, "method": "POST"}),
        ({"at": "/query/a"}, {**REQUEST, "query": {}}),
        ({"at": "/body/data/0/n", "to": "one"}, {**REQUEST, "body": {"data": [{"n": "one"}]}}),
        ({"at": "/body/data/0"}, {**REQUEST, "body": {"data": []}}),
        ({"at": "/headers/X-Odd", "to": "1"}, {**REQUEST, "headers": {"X-Odd": "1"}}),
        ({"at": "/text", "to": "{"}, {key: value for key, value in REQUEST.items() if key != "body"} | {"text": "{"}),
    ],
)
def test_a_fault_changes_or_takes_away_one_place(how, request_with_it):
    """The step with the fault is the sound one save for that place, and expects what the fault says."""
    before = json.dumps(STEP)

    assert {"request": request_with_it, "expect": REFUSED} == with_fault(STEP, fault(**how))
    assert before == json.dumps(STEP)


def test_names_are_filled_in_where_they_stand():
    """A text that is one place becomes the value itself; inside a text, and in a query, it becomes text."""
    known = {"variant": 7, "sku": "TEE"}
    written = {"path": "/variants/${variant}", "query": {"id": "${variant}"}, "body": ["${variant}", "${sku}-M", 1]}

    assert {"path": "/variants/7", "query": {"id": "7"}, "body": [7, "TEE-M", 1]} == filled(written, known)


def test_a_name_without_a_value_is_not_verified():
    """Nobody can say anything about a case whose names mean nothing on the target."""
    with pytest.raises(NotVerified, match="variant"):
        filled("/variants/${variant}", {})


ANSWER = Answer(
    200, {"content-type": "application/json; charset=utf-8", "etag": "abc"}, b'{"data": [{"id": 1, "n": null}]}'
)


@pytest.mark.parametrize(
    ("expected", "path"),
    [
        ({"status": 201}, "x/status"),
        ({"status": [201, 204]}, "x/status"),
        ({"status": 200, "media_type": "text/plain"}, "x/media_type"),
        ({"status": 200, "headers": {"ETag": "ab"}}, "x/headers/ETag"),
        ({"status": 200, "headers": {"X-None": ".*"}}, "x/headers/X-None"),
        ({"status": 200, "body": {"data": []}}, "x/body/data (length)"),
        ({"status": 200, "at": {"/data/0/id": 2}}, "x/body/data/0/id"),
        ({"status": 200, "types": {"/data/0/n": "number"}}, "x/body/data/0/n (type)"),
        ({"status": 200, "types": {"/data/0/none": "null"}}, "x/body/data/0/none (type)"),
        ({"status": 200, "length": {"/data": 2}}, "x/body/data (length)"),
        ({"status": 200, "length": {"/none": 0}}, "x/body/none (length)"),
        ({"status": 200, "members": {"/data": [{"id": 2}]}}, "x/body/data (a member)"),
        ({"status": 200, "members": {"/data": []}}, "x/body/data (length)"),
        ({"status": 200, "empty": True}, "x/body"),
        ({"status": 200, "schema": "mp-error.json"}, "x/body"),
    ],
)
def test_each_expectation_can_fail(expected, path):
    """An expectation that nothing breaks would be none."""
    assert path in [each.path for each in unmet(expected, ANSWER, "x")]


@pytest.mark.parametrize(
    "expected",
    [
        {"status": [200, 204], "media_type": "application/json", "headers": {"etag": "a.c"}},
        {"status": 200, "body": {"data": [{"id": "1"}]}, "at": {"/data/0": {"id": 1}}, "length": {"/data": 1}},
        {"status": 200, "types": {"/data/0/n": "null", "/none": "absent", "": "object"}, "members": {"/data": [{}]}},
    ],
)
def test_what_is_as_expected_is_no_difference(expected):
    """Ids as text, extra fields and parameters of a media type are tolerated."""
    assert [] == list(unmet(expected, ANSWER, "x"))


SOUND = Case("a/sound", "t", "s", "D", ("MP-API-01",), {}, (STEP,), "w")


def test_a_negative_case_says_nothing_where_its_base_fails():
    """A server that refuses everything does not refuse the fault."""
    row = {"id": "a/bad", "title": "t", "source": "s", "grade": "D", "requirements": ["MP-API-03"], "why": "w"}
    negative = faulty({**row, "base": "a/sound", "fault": fault(at="/method", to="POST")}, wrong_base())
    with Target.open("mockserver.http.app:create_app()") as target, pytest.raises(NotVerified, match="a/sound"):
        list(carry_out(target, negative, {}))


def wrong_base():
    world = {"format": "stockproof/world/1", "marketplacer": {"sellers": [{"id": 1, "name": "One"}]}}
    return Case("a/sound", "t", "s", "D", ("MP-API-01",), world, (STEP,), "w")


def test_only_reading_requests_are_no_writes():
    """To read the feed is to move its marker, so a POST always counts as a write."""
    get = Case("a/get", "t", "s", "D", ("MP-API-01",), {}, ({"request": {**REQUEST, "method": "GET"}},), "w", bind={})
    commands = Case("a/commands", "t", "s", "D", ("MP-API-01",), {}, ({"commands": []},), "w", bind={})

    assert (True, False) == (SOUND.writes, get.writes)
    assert (False, True, False) == (SOUND.portable, get.portable, commands.portable)


def test_the_shipped_cases_have_ids_of_their_own():
    """An id names one check."""
    ids = [case.id for case in load_cases()]

    assert len(ids) == len(set(ids))
