"""The pytest plugin: silent until a fixture is asked for, then a fresh world a test."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import mockserver

ROOT = Path(__file__).parents[2]
OPTIONS = ("-p", "mockserver.pytest_plugin", "-p", "no:cacheprovider", "-W", "error", "--strict-markers")
SHUFFLED = ("-p", "pytest_randomly")
SPREAD = ("-p", "xdist", "-n", "2")
EXAMPLES = [
    block
    for block in re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "testing.md").read_text(), re.DOTALL)
    if "def test_" in block
]
ASK = """
import json, urllib.request

def ask(world, channel=5394):
    url = f"{world.order_manager_url}/v1.2/inventory/acknowledge?salesChannelId={channel}"
    headers = {"Authorization": f"Bearer {world.tokens[0]}"}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers, method="POST")) as answer:
        return json.load(answer)
"""


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run an inner pytest in this process: quicker, and enough where imports do not matter."""
    return pytester.runpytest_inprocess(*OPTIONS, *arguments)


def run_apart(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run an inner pytest in a process of its own."""
    return pytester.runpytest_subprocess(*OPTIONS, *arguments)


@pytest.fixture(autouse=True)
def _inner_pytest(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The inner pytest has our plugin and no other, whether the project is installed or not."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(Path(mockserver.__file__).parents[1]))
    pytester.makepyfile(asking=ASK)


# -- unused ------------------------------------------------------------------------------------------


def test_the_plugin_imports_nothing_heavy():
    """Loading it costs every test run on the machine; so neither Flask nor clients nor the world come along."""
    code = (
        "import sys, pytest; before = set(sys.modules); import mockserver.pytest_plugin;"
        "print(sorted(name for name in set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "['mockserver', 'mockserver.pytest_plugin']"


def test_a_run_that_does_not_use_it_looks_and_imports_as_if_it_were_not_there(pytester: pytest.Pytester):
    """No line of output, no warning, no import of ours beyond the plugin."""
    pytester.makepyfile(
        """
        import sys

        def test_one():
            heavy = {"flask", "granian", "responses", "requests", "httpx", "mockserver.testing", "mockserver.worlds"}
            assert not heavy & set(sys.modules)
        """
    )
    result = run_apart(pytester)

    result.assert_outcomes(passed=1, warnings=0)
    assert "stockproof" not in result.stdout.str().lower()
    assert result.stderr.str() == ""


def test_help_tells_marker_fixtures_and_option(pytester: pytest.Pytester):
    """--markers, --fixtures and --help know them."""
    markers, fixtures, options = (run(pytester, flag).stdout for flag in ("--markers", "--fixtures", "--help"))

    markers.fnmatch_lines("@pytest.mark.stockproof(world=*, readings=*): the world that*")
    for name in ("stockproof_server *session*", "stockproof_world", "stockproof_inprocess", "stockproof_clock"):
        fixtures.fnmatch_lines(f"{name} -- *")
    options.fnmatch_lines_random(["*--stockproof-world=NAME|FILE*", "*stockproof_world (*"])


# -- a fresh world a test ----------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [(), SHUFFLED, SPREAD], ids=["ordered", "shuffled", "spread"])
def test_each_test_has_a_fresh_world_on_one_server(pytester: pytest.Pytester, arguments: tuple[str, ...]):
    """Every first call tells all twelve listings; no token, id or state is met twice."""
    pytester.makepyfile(
        """
        import os, pathlib, pytest
        from asking import ask

        SEEN = pathlib.Path(__file__).parent / "seen"

        @pytest.mark.parametrize("number", range(8))
        def test_fresh(number, stockproof_world, stockproof_server):
            assert len(ask(stockproof_world)) == 12
            stockproof_world.run({"type": "stock.set", "master_sku": "CHAIR-ASH", "warehouse": 3, "on_hand": number})
            worker = os.environ.get("PYTEST_XDIST_WORKER", "only")
            SEEN.mkdir(exist_ok=True)
            line = f"{worker} {stockproof_server.url} {stockproof_world.id} {stockproof_world.tokens[0]}"
            (SEEN / str(number)).write_text(line)
        """
    )
    result = run_apart(pytester, *arguments)
    seen = [path.read_text().split() for path in (pytester.path / "seen").iterdir()]

    result.assert_outcomes(passed=8)
    assert len({token for *_, token in seen}) == len({world for _, _, world, _ in seen}) == 8
    # One server for each worker that ran tests, and none is shared.
    assert len({worker for worker, *_ in seen}) == len({url for _, url, *_ in seen})


def test_a_world_is_dropped_after_its_test(pytester: pytest.Pytester):
    """The server keeps nothing that no test needs; it is gone itself at the end."""
    pytester.makepyfile(
        """
        import pathlib, urllib.error, pytest
        from asking import ask

        used = []

        @pytest.mark.parametrize("number", range(2))
        def test_one(number, stockproof_world):
            for earlier in used:
                with pytest.raises(urllib.error.HTTPError, match="401"):
                    ask(earlier)
            used.append(stockproof_world)
            pathlib.Path("url").write_text(stockproof_world.url)
        """
    )
    run(pytester).assert_outcomes(passed=2)
    code = f"import urllib.request; urllib.request.urlopen({(pytester.path / 'url').read_text()!r}, timeout=5)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "refused" in done.stderr


def test_worlds_in_this_process_need_no_server(pytester: pytest.Pytester):
    """`requests` reaches a fresh world at the vendor's address."""
    pytester.makepyfile(
        """
        import sys, pytest, requests

        @pytest.mark.parametrize("number", range(3))
        def test_fresh(number, stockproof_inprocess, stockproof_clock):
            headers = {"Authorization": f"Bearer {stockproof_inprocess.tokens[0]}"}
            url = "https://app.skubana.com/service/v1.2/inventory/acknowledge?salesChannelId=5394"
            assert len(requests.post(url, headers=headers, timeout=5).json()) == 12
            stockproof_clock.advance("PT1H")
            assert stockproof_inprocess.now.hour == 10
            assert "mockserver.serving" not in sys.modules
        """
    )
    run_apart(pytester).assert_outcomes(passed=3)


def test_the_clock_is_that_of_the_world_in_use(pytester: pytest.Pytester):
    """Alone it is the served world's; with two worlds it must be said which."""
    pytester.makepyfile(
        """
        def test_served(stockproof_clock, stockproof_world):
            stockproof_clock.advance("PT1H")
            assert stockproof_world.now == stockproof_clock.now

        def test_alone(stockproof_clock):
            assert stockproof_clock.advance_to("2026-01-06T00:00:00Z").day == 6

        def test_two(stockproof_clock, stockproof_world, stockproof_inprocess):
            pass
        """
    )
    result = run(pytester)

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines("*two worlds, two clocks*")


# -- which world -------------------------------------------------------------------------------------

ONE_CUP = """
format: stockproof/world/1
order_manager:
  warehouses: [{id: 1, name: Only}]
  sales_channels: [{id: 5394, name: Only}]
  products: [{master_sku: CUP}]
  stock: [{master_sku: CUP, warehouse: 1, on_hand: 5}]
  listings: [{listing_sku: CUP-1, master_sku: CUP, sales_channel: 5394}]
"""


@pytest.mark.parametrize("fixture", ["stockproof_world", "stockproof_inprocess"])
def test_markers_choose_world_and_readings(pytester: pytest.Pytester, fixture: str):
    """The nearest marker that names a world; readings of class and test add up, the nearer one first."""
    pytester.makefile(".yaml", cup=ONE_CUP)
    pytester.makepyfile(
        f"""
        import pytest

        def readings(world):
            chosen = world.document()["readings"]
            return chosen.get("ack.first-call"), chosen.get("ack.nothing-new")

        @pytest.mark.stockproof(world="cup.yaml", readings={{"ack.first-call": "nothing"}})
        class TestCup:
            def test_class(self, {fixture}):
                assert {fixture}.figure("CUP-1") == 5
                assert readings({fixture})[0] == "nothing"

            @pytest.mark.stockproof(readings={{"ack.nothing-new": "no-content"}})
            def test_both(self, {fixture}):
                assert {fixture}.figure("CUP-1") == 5
                assert readings({fixture}) == ("nothing", "no-content")

            @pytest.mark.stockproof(world="demo", readings={{"ack.first-call": "all-active"}})
            def test_nearest(self, {fixture}):
                assert {fixture}.figure("TEAPOT-MP") == 50
                assert readings({fixture})[0] == "all-active"

        @pytest.mark.stockproof(world={{"format": "stockproof/world/1"}})
        def test_document({fixture}):
            assert {fixture}.document()["order_manager"]["listings"] == []

        def test_default({fixture}):
            assert {fixture}.figure("TEAPOT-MP") == 50
        """
    )
    run(pytester).assert_outcomes(passed=5)


def test_the_ini_file_chooses_and_the_option_comes_before_it(pytester: pytest.Pytester):
    """Files are relative to the root of the tests, wherever pytest is started."""
    pytester.makefile(".yaml", cup=ONE_CUP)
    pytester.makeini("[pytest]\nstockproof_world = cup.yaml")
    below = pytester.mkdir("below")
    (below / "test_cup.py").write_text("def test_cup(stockproof_inprocess): stockproof_inprocess.figure('CUP-1')")
    (below / "test_tea.py").write_text("def test_tea(stockproof_inprocess): stockproof_inprocess.figure('TEAPOT-MP')")
    pytester.chdir()

    run(pytester, "below/test_cup.py").assert_outcomes(passed=1)
    run(pytester, "--stockproof-world", "demo", "below/test_tea.py").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        ("world='demoo'", "*no such file, and no shipped world*demo*"),
        ("readings={'ack.first-cal': 'nothing'}", "*ack.first-call*"),
        ("wrld='demo'", "*unknown to the marker stockproof: wrld; it is stockproof(world=*"),
        ("'demo'", "*unknown to the marker stockproof: 'demo'; it is stockproof(world=*"),
    ],
)
def test_a_choice_that_cannot_be_met_is_an_error_that_says_why(pytester: pytest.Pytester, marker: str, told: str):
    """With the nearest valid value."""
    pytester.makepyfile(
        f"""
        import pytest

        @pytest.mark.stockproof({marker})
        def test_it(stockproof_inprocess):
            pass
        """
    )
    result = run(pytester)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(told)


# -- failures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [(), SPREAD], ids=["one process", "spread"])
def test_a_failed_test_shows_what_its_worlds_were_asked(pytester: pytest.Pytester, arguments: tuple[str, ...]):
    """The last twenty requests, credentials blotted out; nothing for tests that pass."""
    pytester.makepyfile(
        """
        import requests
        from asking import ask

        def test_fails(stockproof_world):
            for _ in range(23):
                ask(stockproof_world)
            assert stockproof_world.tokens[0] == 1, "see"

        def test_fails_in_process(stockproof_inprocess):
            assert False

        def test_passes(stockproof_world):
            ask(stockproof_world)
        """
    )
    result = run_apart(pytester, *arguments)
    shown = result.stdout.str()

    result.assert_outcomes(failed=2, passed=1)
    first = "#4 2026-01-05T09:00:00Z POST /v1.2/inventory/acknowledge?salesChannelId=5394 -> 200"
    assert shown.count("stockproof_world: last requests") == shown.count("stockproof_inprocess: last requests") == 1
    assert shown.count("-> 200") == 20
    assert first in shown
    assert "(3 earlier ones left out)" in shown
    assert "none; a request whose credential is unknown" in shown


def test_long_bodies_are_shortened_and_secrets_blotted_out(pytester: pytest.Pytester):
    """A report is read by people, and kept by machines."""
    pytester.makepyfile(
        """
        import requests

        def test_fails(stockproof_inprocess):
            app, secret = next(iter(stockproof_inprocess.apps.items()))
            requests.post("https://app.skubana.com/oauth/token", timeout=5,
                          data={"client_id": app, "client_secret": secret, "code": "sesame", "pad": "x" * 500})
            raise SystemError
        """
    )
    shown = run(pytester).stdout.str().partition("last requests")[2]

    assert "client_secret=[redacted]" in shown
    assert "demo-app-secret" not in shown
    assert "sesame" not in shown
    assert "… (" in shown


def test_a_failure_is_told_when_the_server_has_died(pytester: pytest.Pytester):
    """The report says so instead of failing itself."""
    pytester.makepyfile(
        """
        def test_fails(stockproof_world, stockproof_server):
            stockproof_server.stop()
            assert False
        """
    )
    result = run(pytester)

    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines_random(["they cannot be read: the mock server at http*", "*ServerGone*"])


# -- the documentation -------------------------------------------------------------------------------


@pytest.mark.parametrize("example", EXAMPLES, ids=range(1, len(EXAMPLES) + 1))
def test_the_examples_of_the_documentation_pass(pytester: pytest.Pytester, example: str):
    """docs/testing.md, each test file in it as it stands."""
    pytester.makepyfile(example)

    run(pytester).assert_outcomes(passed=example.count("def test_"))


def test_the_documentation_has_examples():
    """The test above has something to run."""
    assert EXAMPLES
