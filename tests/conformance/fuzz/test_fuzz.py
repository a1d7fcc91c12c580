"""Fuzzing a server: the mock survives, wrong ones are found out, and the seed decides what is asked."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from conformance.cli.fuzz import command
from conformance.fuzz.known import known_values
from conformance.fuzz.maker import Callers, Maker
from conformance.fuzz.run import Options, run_fuzz
from conformance.fuzz.stage import world_document
from conformance.fuzz.wire import WireRequest
from conformance.offline.contracts import named
from conformance.target import Target
from conformance.verdict import Run

MOCK = "mockserver.http.app:create_app()"


def fuzzed(where: str, *ids: str, **options: Any) -> Run:
    with Target.open(where) as target:
        return run_fuzz(target, Options(**{"ids": ids, "examples": 3, "seconds": 6, **options}))


def wrong(name: str) -> str:
    return f"tests.conformance.fuzz.servers:{name}()"


def test_the_mock_survives():
    """Every operation of both APIs, alone and in sequences, with every audit at each step."""
    run = fuzzed(MOCK, seconds=10)

    assert {verdict.id: [str(each) for each in verdict.differences] for verdict in run.of("failed")} == {}
    assert run.exit_code == 0
    assert len(run.of("passed")) == len(run.verdicts) > 50


@pytest.mark.parametrize(
    ("server", "ids", "expected"),
    [
        ("failing", ("listSalesChannels",), "below 500: nobody asked it to fail"),
        ("misshapen", ("listSalesChannels",), "'name' is a required property"),
        ("forgetful", ("adjustStock", "fuzz.feed-complete"), None),
        ("restless", ("listWarehouses", "fuzz.conservation"), None),
        ("restless", ("listWarehouses", "fuzz.nothing-changed"), None),
        ("restless", ("listWarehouses", "fuzz.isolation"), None),
    ],
)
def test_a_wrong_server_fails_the_check_that_is_meant_for_it(server, ids, expected):
    """The failure says what was expected, and shows the requests as command lines."""
    # Enough time that the bound is never what ends it: then the seed alone decides what is sent.
    run = fuzzed(wrong(server), *ids, apis=("order-manager",), examples=8, seconds=90)
    verdict = next(each for each in run.of("failed") if each.id == ids[-1])

    assert run.exit_code == 1
    assert expected is None or str(verdict.differences[0].expected) == expected
    assert verdict.requirements
    assert verdict.again.startswith(f"conformance fuzz --target '{wrong(server)}' --seed 1 ")
    assert all(each["note"].startswith("curl -sS -X ") for each in verdict.exchanges)


def test_no_credential_in_what_is_told():
    """The traffic of a failure is shown with the token blanked out."""
    run = fuzzed(wrong("misshapen"), "listSalesChannels", apis=("order-manager",))
    (verdict,) = run.of("failed")
    told = json.dumps(verdict.as_json())

    assert "$CREDENTIAL" in told
    assert "fuzz-token" not in told
    assert verdict.exchanges[-1]["request"]["headers"]["Authorization"] == "[credential]"


def test_whoever_lets_anybody_in_is_found_out():
    """Each operation is asked once without a credential."""
    run = fuzzed(wrong("open_to_all"), "listWarehouses", "fuzz.credentials", apis=("order-manager",))
    (verdict,) = run.of("failed")

    assert len(verdict.exchanges) == 1
    assert verdict.differences[0].expected == "401: no credential was given"


def test_a_server_that_cannot_be_reached_is_inconclusive():
    """Exit 3: nothing can be said."""
    run = fuzzed("http://127.0.0.1:9")

    assert run.exit_code == 3
    assert "no answer" in (run.inconclusive_because or "")


def made_up(seed: int) -> list[WireRequest]:
    operation = named("putInventories")
    assert operation is not None
    requests: list[WireRequest] = []
    Maker("marketplacer", seed, known_values(world_document())).alone(operation, 8, requests.append, Callers(""))
    return requests


def test_the_seed_decides_what_is_asked():
    """The same seed asks the same, byte for byte; another one asks something else."""
    assert made_up(3) == made_up(3)
    assert made_up(3) != made_up(4)


def test_an_unknown_id_is_a_usage_error():
    """Exit 2, and the nearest id is offered."""
    result = CliRunner().invoke(command, ["--target", MOCK, "listVariant"])

    assert result.exit_code == 2
    assert "nearest: 'listVariants'" in result.output


def test_json_on_the_command_line():
    """The verdicts in the shared form, and the exit code in both places."""
    arguments = ["--target", MOCK, "--api", "marketplacer", "--examples", "2", "--json", "listAdverts"]
    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    told = json.loads(result.stdout)

    assert result.return_value == told["exit_code"] == 0
    assert [verdict["id"] for verdict in told["verdicts"]] == ["listAdverts"]
