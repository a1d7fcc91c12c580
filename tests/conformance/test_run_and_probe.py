"""`conformance run` and `conformance probe` as a person or a CI job calls them."""

from __future__ import annotations

import json
import shlex
import threading

import httpx
import pytest
import yaml
from click.testing import CliRunner
from werkzeug.serving import make_server

from conformance import catalogue
from conformance.check import Expecting, judge
from conformance.checks import from_readings
from conformance.cli import main
from conformance.report import read_raw
from conformance.target import Target
from mockserver.core import allocation
from mockserver.http.app import create_app
from mockserver.settings import Settings

MOCK = "mockserver.http.app:create_app()"
QUICK = "allocation-percent"


def conformance(*arguments, **environment):
    return CliRunner().invoke(main, list(arguments), env={"CONFORMANCE_TARGET": None, **environment})


@pytest.fixture
def rounding_up(monkeypatch):
    def up(rule_type, value, units):
        return -(-units * value // 10_000) if rule_type == "PERCENT_OF_AVAILABLE" else min(value, units)

    monkeypatch.setattr(allocation, "apply_pair", up)


@pytest.fixture
def serving():
    """Return a function that serves the mock with some settings, and gives its address."""
    servers = []

    def serve(**settings):
        server = make_server("127.0.0.1", 0, create_app(Settings(**settings)), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()


def test_the_mock_passes_all():
    """Every vector, case, reading and sequence, without an exception."""
    result = conformance("run", "--target", MOCK, "--json")
    report = json.loads(result.stdout)

    assert 0 == result.exit_code
    assert len(report["verdicts"]) == report["counts"]["passed"] > 500


@pytest.mark.usefixtures("rounding_up")
def test_parallel_workers_give_the_verdicts_of_a_sequence():
    """More than 200 checks of a wrong server, some failed and some not, eight at once."""
    families = ("OM-ALLOC", "OM-AVAIL", "OM-ACK")
    alone, together = (
        json.loads(conformance("run", "--target", MOCK, *families, "--json", *more).stdout)["verdicts"]
        for more in ((), ("--workers", "8"))
    )

    assert len(alone) > 200
    assert {"passed", "failed"} == {each["status"] for each in alone}
    assert [(each["id"], each["status"], each["differences"]) for each in alone] == [
        (each["id"], each["status"], each["differences"]) for each in together
    ]


@pytest.mark.usefixtures("rounding_up")
def test_a_failure_says_all_and_its_command_line_shows_it_again(tmp_path):
    """Requirement, source, expected, actual, the redacted exchange, and one line that repeats it."""
    result = conformance("run", "--target", MOCK, QUICK, "--raw", str(tmp_path / "raw.jsonl"))
    failed = [each for each in read_raw(tmp_path / "raw.jsonl").verdicts if each.status == "failed"]

    assert 1 == result.exit_code
    assert failed
    for verdict in failed:
        assert verdict.requirements
        assert verdict.source
        assert verdict.differences
        assert verdict.exchanges
        again = conformance(*shlex.split(verdict.again)[1:])
        assert 1 == again.exit_code
        assert f"FAILED {verdict.id}" in again.stdout
    for part in ("OM-ALLOC-06", "source:", "expected 0", "actual   1", "> POST", "again: conformance run --target"):
        assert part in result.stdout


@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        (("--target", "http://127.0.0.1:9", QUICK), 3, "no answer"),
        (("--target", MOCK, QUICK, "--exclude", "*"), 3, "nothing"),
        (("--target", MOCK, "no-such-check"), 2, "nothing is called"),
        (("--target", "nowhere"), 2, "neither a URL nor module:attribute"),
        ((), 2, "nothing says what is judged"),
        (("--target", MOCK, "--config", "none.yaml"), 2, "none.yaml"),
        (("--target", MOCK, "--readings", "none.yaml"), 2, "none.yaml"),
        (("--target", MOCK, "--dialect", "none.json", QUICK), 2, "none.json"),
        (("--target", MOCK, "--level", "some"), 2, "Invalid value"),
        (("--target", MOCK, "--workers", "0"), 2, "Invalid value"),
    ],
)
def test_what_cannot_be_judged_has_its_exit_code(arguments, exit_code, words):
    """3 for a dead target and for an empty selection, 2 for what was said wrong."""
    result = conformance("run", *arguments)

    assert exit_code == result.exit_code
    assert words in result.output


def test_a_harness_that_breaks_exits_4(monkeypatch):
    """Our fault is nobody else's."""
    monkeypatch.setattr("conformance.vectors.take", lambda *_: 1 / 0)

    result = conformance("run", "--target", MOCK, "feed")

    assert 4 == result.exit_code
    assert "ZeroDivisionError" in result.output


def test_every_option_has_a_twin_in_the_environment():
    """CI sets variables."""
    result = conformance("run", QUICK, CONFORMANCE_TARGET=MOCK, CONFORMANCE_JSON="1")

    assert 0 == result.exit_code
    assert json.loads(result.stdout)["counts"]["failed"] == 0


def test_a_sandbox_is_not_verified_rather_than_passed(tmp_path, serving):
    """On a server that makes no worlds only portable cases are carried out; the rest is inconclusive."""
    url = serving(world="demo")
    config = tmp_path / "target.yaml"
    config.write_text(
        yaml.safe_dump(
            {
                "format": "stockproof/target/1",
                "order_manager": {"url": url, "tokens": [{"env": "OM_TOKEN"}]},
                "lacks": ["IM-SYNC", "IM-OM"],
                "ids": {"channel": 5394, "warehouse": 1},
            }
        ),
        encoding="utf-8",
    )

    result = conformance("run", "--config", str(config), "--json", OM_TOKEN="om-demo-token")
    report = json.loads(result.stdout)

    assert 3 == result.exit_code
    assert report["counts"]["passed"] > 0
    assert report["counts"]["skipped"] > 0
    assert report["counts"]["failed"] == report["counts"]["errored"] == 0
    assert "om-demo-token" not in result.stdout


def test_a_server_of_other_readings_fails_and_passes_once_they_are_expected(tmp_path, serving):
    """What contradicts the expected option fails; told of the option, the run passes."""
    url = serving(readings={"ack.envelope": "object", "mp.id-type": "string"})
    file = tmp_path / "readings.yaml"

    assert 1 == conformance("run", "--target", url, "ack.envelope", "mp.id-type", "feed-wire").exit_code
    assert 0 == conformance("probe", "--target", url, "--out", str(file)).exit_code
    assert "object" == yaml.safe_load(file.read_text(encoding="utf-8"))["readings"]["ack.envelope"]
    result = conformance("run", "--target", url, "--readings", str(file))
    assert 0 == result.exit_code, result.output


def test_a_server_of_another_dialect_is_understood(tmp_path, serving):
    """Checks are written in the default names; a dialect file puts them into the account's own."""
    file = tmp_path / "dialect.json"
    names = {"parameters": {"channel": "channel"}, "row": {"figure": "qty", "listing_id": "id"}}
    file.write_text(json.dumps({"format": "stockproof/dialect/1", **names}), encoding="utf-8")
    url = serving(dialect=file)

    assert 1 == conformance("run", "--target", url, "feed-wire", QUICK).exit_code
    result = conformance("run", "--target", url, "--dialect", str(file), "OM-ACK", "OM-ALLOC")
    assert 0 == result.exit_code, result.output


OPTIONS = [(reading.id, option) for reading in catalogue.readings().values() for option in reading.options]


@pytest.mark.parametrize(("reading", "option"), OPTIONS, ids=[f"{reading}={option}" for reading, option in OPTIONS])
def test_served_probed_and_got_back(reading, option):
    """For every reading and every option: a server that follows it is found to follow it."""
    check = next(each for each in from_readings.checks() if each.reading == reading)
    app = create_app(Settings(readings={reading: option}))
    client = httpx.Client(transport=httpx.WSGITransport(app=app))
    with Target("mock", client, "http://127.0.0.1") as target:
        defaults = catalogue.defaults()
        verdict = judge(target, check, Expecting(readings=defaults, switched=defaults))

    assert option == verdict.followed.option


def test_probe_says_what_it_could_not_find_out():
    """A dead server gives an empty file and exit code 3."""
    result = conformance("probe", "--target", "http://127.0.0.1:9", "ack.envelope")

    assert 3 == result.exit_code
    assert "ack.envelope: not found out" in result.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ack.envelop: array", "nearest: 'ack.envelope'"),
        ("ack.envelope: objekt", "nearest: 'object'"),
        ("- 1", "expected readings"),
        ("a: [", "while parsing"),
    ],
)
def test_a_bad_readings_file_offers_the_nearest(tmp_path, text, words):
    """As the server does with the same file."""
    file = tmp_path / "readings.yaml"
    file.write_text(text, encoding="utf-8")

    result = conformance("run", "--target", MOCK, "--readings", str(file), QUICK)

    assert 2 == result.exit_code
    assert words in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--target", MOCK, "--html", "nowhere/page.html"),
        ("run", "--target", MOCK, "--raw", "nowhere/run.jsonl"),
        ("probe", "--target", MOCK, "--out", "nowhere/readings.yaml"),
        ("certify", "--command", "true", "--json", "nowhere/report.json"),
        ("hunt", "nothing.yaml", "--out", "nowhere/witness.yaml"),
        ("replay", "nothing.yaml", "--html", "nowhere/page.html"),
        ("advise", "nothing.yaml", "--scenario", "nowhere/scenario.yaml"),
    ],
)
def test_a_report_that_cannot_be_written_is_refused_before_anything_runs(arguments, monkeypatch):
    """A long run does not end in losing what it found."""
    monkeypatch.setattr("conformance.target.Target.open", lambda *_, **__: 1 / 0)

    result = conformance(*arguments)

    assert 2 == result.exit_code, result.output
    assert "there is no folder 'nowhere'" in result.output
