"""Reading recordings: the formats, and what is said of a file that is none."""

import base64
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.cli.validate import command
from conformance.offline import recording as reader
from conformance.offline.contracts import NotJson
from conformance.offline.judge import judge
from conformance.offline.recording import BadRecording, read_recording
from mockserver.testing import mock_world

HAR = Path(__file__).parents[2] / "data" / "har"


def validate(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(each) for each in arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.return_value, result.output


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "file"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def entry(**parts: object) -> dict[str, object]:
    request = {"method": "get", "url": "https://x.example/v1/warehouses", "headers": []}
    return {"request": request, "response": {"status": 200, "headers": [], "content": {}}, **parts}


def har(*entries: object) -> str:
    return json.dumps({"log": {"entries": list(entries)}})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"log": {\n  "entries": [,]}}', "line 2, column 15"),
        ('{"log": {"entries": 5}}', "log/entries: must be an array"),
        ('{"log": {}}', "log/entries: must be an array, and is missing"),
        (har(entry(request={"method": 5, "url": "x"})), "log/entries/0/request/method: must be text"),
        (har(entry(request={"method": "GET /", "url": "x"})), "log/entries/0/request/method"),
        (har(entry(startedDateTime="yesterday")), "log/entries/0/startedDateTime"),
        (har(entry(response={"status": True})), "log/entries/0/response/status: must be a whole number"),
        (
            har(entry(response={"status": 200, "content": {"text": "%", "encoding": "base64"}})),
            "log/entries/0/response/content/text: no base64",
        ),
        ('{"requests": [{"path": "/"}]}', "requests/0/method"),
        ('{"requests": [{"path": "/", "method": "GET", "request_headers": {"a": 1}}]}', "requests/0/request_headers/a"),
        ('{"count": 2, "requests": []}', "requests: 0 of 2 are here"),
        ("[" * 100_000, "nested more than 100 deep"),
        ("[" * 200 + "]" * 200, "nested more than 100 deep"),
        ("[" + "9" * 10_000 + "]", "too many digits"),
        (b"\xff\xfe", "byte 0: no UTF-8"),
        ("", "line 1, column 1"),
        ("5", "neither a HAR file"),
        ('{"type": "header"}\n{"type": "verdict", "id": "a"}', "line 2/exchanges"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_file_that_is_no_recording_says_where(tmp_path, text, says):
    """The place first, then what is wrong there."""
    with pytest.raises(BadRecording, match=says.replace("/", r"\/")):
        read_recording(written(tmp_path, text), None)


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    """A recording of gigabytes must not take the machine down."""
    monkeypatch.setattr(reader, "MOST_BYTES", 10)

    with pytest.raises(BadRecording, match="more than 10 are not read"):
        read_recording(written(tmp_path, har()), None)


def test_a_missing_file_is_a_usage_error(tmp_path):
    """Exit 2, as for every file that cannot be used."""
    with pytest.raises(BadRecording, match="No such file"):
        read_recording(tmp_path / "none.har", None)


def test_a_bad_file_exits_2(tmp_path):
    """A bad file says nothing of the integration."""
    result = CliRunner().invoke(command, [str(written(tmp_path, "{"))])

    assert result.exit_code == 2
    assert "line 1, column 2" in result.output


@pytest.mark.parametrize(
    ("name", "code"), [("sync-consistent", 0), ("lost-update-violated", 1), ("empty", 3), ("lost-update-undecided", 3)]
)
def test_exit_codes(name, code):
    """0 consistent, 1 violated, 3 undecided."""
    assert validate(HAR / f"{name}.har")[0] == code


def test_json_tells_each_rule_with_its_outcome():
    """For a program: the shared verdict and the word of this command."""
    code, output = validate(HAR / "stale-overwrite-violated.har", "--json")
    told = {verdict["id"]: verdict for verdict in json.loads(output)["verdicts"]}

    assert code == 1
    assert told["history.stale-overwrite"]["outcome"] == "violated"
    assert told["history.whole-counts"]["outcome"] == "consistent"
    assert "secret-of-the-recording" not in output


def test_only_the_given_address_counts():
    """A browser records more than one server."""
    assert validate(HAR / "sync-consistent.har", "--api-url", "https://elsewhere.example")[0] == 3
    everything = ("--api-url", "https://om.example", "--api-url", "https://mp.example")
    assert validate(HAR / "sync-consistent.har", *everything)[0] == 0


def test_bodies_in_base64_are_read(tmp_path):
    """As proxies write what they take for binary."""
    content = {"text": base64.b64encode(b'[{"a": 1}]').decode(), "encoding": "base64"}
    path = written(tmp_path, har(entry(response={"status": 200, "content": content})))
    (exchange,) = read_recording(path, "har")[0].exchanges

    assert exchange.response_body == [{"a": 1}]
    assert exchange.operation is not None
    assert exchange.operation.id == "listWarehouses"


def test_entries_are_put_in_the_order_in_which_they_began(tmp_path):
    """A slow request is written down after a quick one that began later."""
    late, early = "2026-01-05T09:00:02Z", "2026-01-05T09:00:01+00:00"
    path = written(tmp_path, har(entry(startedDateTime=late), entry(startedDateTime=early)))

    assert [each.where for each in read_recording(path, None)[0].exchanges] == ["log/entries/1", "log/entries/0"]


def journal_of_a_sync(tmp_path: Path, count: int) -> Path:
    """Read the feed, look the variant up and push, against the mock; return its request journal."""
    with mock_world("demo") as world:
        client = world.wsgi_app.test_client()
        om = {"Authorization": f"Bearer {world.tokens[0]}"}
        mp = {"Authorization": f"Bearer {world.api_keys[1]}", "Content-Type": "application/vnd.api+json"}
        while client.post("/v1.2/inventory/acknowledge?salesChannelId=5394", headers=om).json:
            pass
        for sku in ("TEE-BLUE-S-MP", "POSTER-A2-MP"):
            client.get(f"/api/v2/client/variants?sku={sku}", headers=mp)
        body = {"data": [{"attributes": {"seller_id": 1, "count_on_hand": count}}]}
        client.put("/api/v2/client/variants/1/inventories", headers=mp, json=body)
        entries = list(world.requests())
    return written(tmp_path, json.dumps({"requests": entries[::-1]}, default=str))


def test_the_request_journal_of_the_mock_is_judged(tmp_path):
    """9 was told of the first listing and 8 pushed: a lost update, whatever else the journal leaves open."""
    (recording,) = read_recording(journal_of_a_sync(tmp_path, 8), None)
    found = {verdict.id: verdict for verdict in judge([recording], "").verdicts}
    differences = {each.path.rsplit("/", 1)[1]: each.actual for each in found["history.lost-update"].differences}

    assert differences == {"TEE-BLUE-S-MP": "pushed 8", "POSTER-A2-MP": "never pushed"}
    assert found["schema.requests"].status == "passed"
    assert found["schema.responses"].status == "passed"


def test_what_a_fault_kept_back_never_arrived(tmp_path):
    """The journal holds an answer that the caller did not get: to its caller it failed."""
    one = {"id": 1, "method": "GET", "path": "/v1/warehouses", "status": 200, "response_body": []}
    path = written(tmp_path, json.dumps([{**one, "fault": {"delivered": False}}, {**one, "id": 2}]))

    assert [each.status for each in read_recording(path, None)[0].exchanges] == [None, 200]


def test_a_journal_body_that_is_text_is_no_json(tmp_path):
    """The journal tells what could not be parsed as text."""
    row = {"method": "PUT", "path": "/api/v2/client/variants/1/inventories", "status": 400, "request_body": "{"}
    (exchange,) = read_recording(written(tmp_path, json.dumps([row])), None)[0].exchanges

    assert exchange.request_body == NotJson("{")


def test_a_raw_run_file_holds_a_history_for_each_verdict(tmp_path):
    """What another command of this suite kept can be judged again; bodies that were cut are left alone."""
    push = {"method": "PUT", "url": "http://x/api/v2/client/variants/1/inventories", "headers": {}}
    good = {**push, "headers": {"Content-Type": "application/vnd.api+json"}}
    wrong = {**good, "body": '{"data": [{"attributes": {"count_on_hand": -1}}]}'}
    cut = {**good, "body": '{"data": [{"attri… (9000 bytes)'}
    answer = {"status": None, "headers": {}, "body": None}
    lines = [
        {"type": "header"},
        {
            "type": "verdict",
            "id": "one",
            "exchanges": [{"at": 0.5, "request": wrong, "response": answer, "note": None}],
        },
        {"type": "verdict", "id": "two", "exchanges": [{"at": 0.5, "request": cut, "response": answer, "note": None}]},
        {"type": "verdict", "id": "three", "exchanges": []},
        {"type": "footer"},
    ]
    recordings = read_recording(written(tmp_path, "\n".join(json.dumps(line) for line in lines)), None)
    found = {verdict.id: verdict for verdict in judge(recordings, "").verdicts}

    assert [each.name for each in recordings] == ["one", "two"]
    assert found["history.whole-counts"].differences[0].path.startswith("one/exchanges/0/request")
    assert found["schema.requests"].status == "passed"
