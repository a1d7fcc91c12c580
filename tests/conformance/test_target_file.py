"""Target files: servers that make no worlds, such as a vendor's sandbox."""

from __future__ import annotations

import json

import httpx
import pytest

from conformance.case import Case, carry_out
from conformance.check import Check, Expecting, Finding, judge
from conformance.target_file import BadTargetFile, BlackBox, TargetFile, read_target_file

REQUEST = {"api": "marketplacer", "as": {"seller": "${owner}"}, "method": "GET", "path": "/variants/${variant}"}


def portable(**request):
    step = {"request": {**REQUEST, **request}, "expect": {"status": 200}, "save": {"id": "/id"}}
    return Case("a/b", "t", "s", "D", ("MP-API-01",), {}, (step,), "w", bind={"owner": 1, "variant": 2})


def declared(**how):
    usual = {"urls": {"marketplacer": "https://sandbox.invalid"}, "api_keys": {"77": "the-key"}, "ids": IDS}
    return TargetFile(**{**usual, **how})


IDS = {"owner": 77, "variant": 5}


def judged(case, file=None, *, allow_writes=False, answers=lambda _request: httpx.Response(200, json={"id": 5})):
    """Return the verdict on a case, and the requests that were sent for it."""
    seen = []

    def answer(request):
        seen.append(request)
        return answers(request)

    def carried_out(target, _expecting):
        return Finding(tuple(carry_out(target, case, {})))

    client = httpx.Client(transport=httpx.MockTransport(answer))
    check = Check("a/b", "case", "t", ("MP-API-01",), "s", "D", "w", carried_out, dict)
    return judge(BlackBox(file or declared(), allow_writes=allow_writes, client=client), check, Expecting()), seen


@pytest.mark.parametrize(
    ("case", "file", "reason"),
    [
        (portable(method="PUT"), None, "it writes"),
        (portable(api="order_manager"), None, "no order_manager"),
        (portable(), declared(ids={"owner": 77}), "'variant'"),
        (portable(), declared(api_keys={}), "no API key of seller 77"),
        (portable(**{"api": "marketplacer", "as": {"token": 0}}), None, "0 access tokens"),
        (Case("a/b", "t", "s", "D", ("MP-API-01",), {}, portable().steps, "w"), None, "a world of its own"),
    ],
)
def test_what_cannot_be_carried_out_is_not_verified_and_sends_nothing(case, file, reason):
    """Never passed, and never tried half."""
    verdict, seen = judged(case, file)

    assert "not-run" == verdict.status
    assert reason in verdict.reason
    assert [] == seen


def test_writes_go_out_when_they_are_allowed():
    """--allow-writes is the word of the one who owns the account."""
    verdict, seen = judged(portable(method="PUT", body={}), allow_writes=True)

    assert "passed" == verdict.status
    assert ["PUT"] == [request.method for request in seen]


def written(tmp_path, text):
    path = tmp_path / "target.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_credentials_come_from_the_environment(tmp_path):
    """A file can be shared when the secrets stand elsewhere."""
    text = """
format: stockproof/target/1
name: Sandbox
order_manager: {url: "https://om.invalid", tokens: [{env: OM_TOKEN}]}
marketplacer: {url: "https://mp.invalid", api_keys: {"1": {env: MP_KEY}}}
lacks: [MP-HOOK]
ids: {variant: 5}
readings: {mp.id-type: string}
"""
    file = read_target_file(written(tmp_path, text), {"OM_TOKEN": "t-1", "MP_KEY": "k-1"})

    assert ("Sandbox", ("t-1",), {"1": "k-1"}) == (file.name, file.tokens, file.api_keys)
    assert (frozenset({"MP-HOOK"}), {"variant": 5}, {"mp.id-type": "string"}) == (file.lacks, file.ids, file.readings)
    assert "t-1" not in repr(file)
    assert "k-1" not in repr(file)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("format: stockproof/target/1\nmarketplacerr: {}", "nearest: 'marketplacer'"),
        ("format: stockproof/target/2", "format"),
        ("format: stockproof/target/1\nmarketplacer: {url: nowhere}", "url"),
        ("format: stockproof/target/1\norder_manager: {url: 'http://x', tokens: [{env: NOT_SET}]}", "NOT_SET"),
        ("- a\n- b", "not of type"),
        (": :", "found ':'"),
    ],
)
def test_a_bad_file_says_where_and_why(tmp_path, text, message):
    """With the nearest key, or the variable that is missing."""
    with pytest.raises(BadTargetFile, match=message):
        read_target_file(written(tmp_path, text), {})


def test_a_missing_file_is_a_bad_one(tmp_path):
    """The text names it."""
    with pytest.raises(BadTargetFile, match=r"none\.yaml"):
        read_target_file(tmp_path / "none.yaml", {})


def test_what_the_vendor_echoes_of_a_credential_is_blanked_out():
    """A report may be published."""
    verdict, _ = judged(portable(), answers=lambda _request: httpx.Response(500, json={"saw": "the-key"}))

    assert "failed" == verdict.status
    assert "the-key" not in json.dumps(verdict.as_json())
