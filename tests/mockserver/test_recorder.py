"""The request journal: bounded, in order, and without credentials."""

from __future__ import annotations

import json

import pytest

from mockserver.recorder import REDACTED, Recorder, Redaction


def record(recorder, *, path="/v1/listings", query="", headers=None, body=b"", answer=b"[]", answer_headers=()):
    recorder.record(
        0, "order-manager", "listListings", "GET", path, query, headers or {}, body, 200, tuple(answer_headers), answer
    )


def told(**given):
    recorder = Recorder()
    secrets = given.pop("secrets", ())
    record(recorder, **given)
    return next(recorder.exchanges(secrets))


def test_an_exchange_is_told_with_what_it_rested_on():
    """Plain JSON types, bodies parsed."""
    exchange = told(
        answer=b'[{"a":1}]', answer_headers=[("X-Mock-Behaviours", "OM-API-05;grade=C, ack.due;grade=G;option=x")]
    )

    assert exchange["behaviours"] == ["OM-API-05", "ack.due"]
    assert (exchange["at"], exchange["request_body"], exchange["response_body"]) == (
        "1970-01-01T00:00:00Z",
        None,
        [{"a": 1}],
    )
    json.dumps(exchange)


def test_the_last_ten_thousand_are_kept_and_numbers_go_on():
    """An endless run costs no endless memory."""
    recorder = Recorder()
    for _ in range(10_005):
        record(recorder)
    ids = [each["id"] for each in recorder.exchanges()]
    assert (len(ids), ids[0], ids[-1]) == (10_000, 6, 10_005)

    recorder.clear()
    record(recorder)

    assert [each["id"] for each in recorder.exchanges()] == [10_006]


def test_a_body_is_cut_at_sixty_four_kibibytes():
    """What is cut off is no JSON any more, so it is told as text."""
    exchange = told(body=json.dumps(["x" * 100_000]).encode())

    assert len(exchange["request_body"]) == 64 * 1024


@pytest.mark.parametrize(
    "name", ["Authorization", "marketplacer-api-key", "Cookie", "Set-Cookie", "Proxy-Authorization"]
)
def test_headers_of_credentials_are_blotted_out(name):
    """Whatever is in them, in whatever case they are spelled."""
    assert told(headers={name: "abc"})["request_headers"] == {name: REDACTED}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("code=abc&state=x", f"code={REDACTED}&state=x"),
        ("a=1&client_secret=s%26t&b=2", f"a=1&client_secret={REDACTED}&b=2"),
        ("TOKEN=abc", f"TOKEN={REDACTED}"),
        ("%63ode=abc", f"code={REDACTED}"),
        ("barcode=123&postcode=9&codes=1", "barcode=123&postcode=9&codes=1"),
        ("code=", f"code={REDACTED}"),
        ("code", "code"),
        ("redirect_uri=http://x/?code=abc", f"redirect_uri=http://x/?code={REDACTED}"),
    ],
)
def test_secret_fields_of_a_query_are_blotted_out(query, shown):
    """By the whole name: a barcode is no code."""
    assert told(query=query)["query"] == shown


def test_a_redirects_address_is_told_without_its_code():
    """The code is a credential until it is used."""
    exchange = told(answer_headers=[("Location", "http://x/cb?code=abc&cid=demo")])

    assert exchange["response_headers"]["Location"] == f"http://x/cb?code={REDACTED}&cid=demo"


def test_secret_fields_of_json_are_blotted_out_at_any_depth():
    """Only where they hold text: an error's numeric code is none."""
    body = {"errors": [{"code": 404, "more": {"access_token": "abc", "Api_Key": "def"}}], "token": ["kept"]}

    assert told(answer=json.dumps(body).encode())["response_body"] == {
        "errors": [{"code": 404, "more": {"access_token": REDACTED, "Api_Key": REDACTED}}],
        "token": ["kept"],
    }


@pytest.mark.parametrize(
    "body",
    [
        b'{"token": "abc-def", ',
        b'{"token" : "abc-def',
        b"grant_type=x&code=abc-def",
        b'{"a\\"token": 1, "secret":"abc-\\"def"',
    ],
)
def test_secret_fields_of_forms_and_of_broken_json_are_blotted_out(body):
    """What cannot be parsed can still be read."""
    shown = told(body=body)["request_body"]

    assert REDACTED in shown
    assert "abc" not in shown
    assert "def" not in shown


def test_a_known_secret_is_blotted_out_wherever_it_is():
    """Path, query, other headers, keys and values; also percent-encoded."""
    secret = "very/secret+1"
    exchange = told(
        secrets=[secret],
        path=f"/v1/{secret}",
        query="q=very%2Fsecret%2B1",
        headers={"x-key": f"<{secret}>"},
        body=json.dumps({secret: [secret]}).encode(),
        answer=f"no {secret} here".encode(),
    )

    assert "secret" not in json.dumps(exchange)


def test_a_secret_of_a_few_letters_does_not_blot_out_ordinary_words():
    """A toy token such as "a" would leave nothing to read."""
    assert Redaction(["a", "list"]).text("/v1/listings") == "/v1/listings"


def test_of_two_secrets_the_longer_is_taken_out_whole():
    """One may begin with the other."""
    assert Redaction(["secret-1", "secret-10"]).text("secret-10 secret-1") == f"{REDACTED} {REDACTED}"


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[" * 5_000, b'"\\ud800"', b"\x00", "ü".encode("latin-1")])
def test_any_bytes_can_be_told(body):
    """As text where they are no JSON."""
    json.dumps(told(body=body, answer=body), ensure_ascii=False).encode()


def kept_ids(recorder):
    return [each.number for each in recorder._kept]


def test_large_exchanges_take_sixty_four_mebibytes_at_most():
    """Ten thousand answers of 64 KiB would take 640 MB: the oldest go first, and numbers go on."""
    recorder = Recorder()
    large = b"x" * (64 * 1024)
    for _ in range(1_100):
        record(recorder, answer=large)

    ids = kept_ids(recorder)
    assert 1_000 < len(ids) <= 1_024
    assert sum(len(each.answer) for each in recorder._kept) <= 64 * 1024 * 1024
    assert ids == list(range(ids[0], 1_101))


def test_large_ones_that_have_fallen_out_count_no_more():
    """Small requests push them out by number; then there is room for as many again."""
    recorder = Recorder()
    large = b"x" * (64 * 1024)
    for _ in range(1_000):
        record(recorder, answer=large)
    for _ in range(10_000):
        record(recorder)
    for _ in range(1_000):
        record(recorder, answer=large)

    assert len(kept_ids(recorder)) == 10_000
    recorder.clear()
    for _ in range(1_000):
        record(recorder, body=large)
    assert len(kept_ids(recorder)) == 1_000


def test_long_headers_and_addresses_count_too():
    """A body is not the only thing that is long."""
    recorder = Recorder()
    for _ in range(1_100):
        record(recorder, query="q" * 32 * 1024, headers={"x-long": "h" * 32 * 1024})

    assert 1_000 < len(kept_ids(recorder)) <= 1_024
