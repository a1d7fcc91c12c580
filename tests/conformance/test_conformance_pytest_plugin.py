"""The checks as tests of somebody's own pytest: nothing without the option, a test for each check with it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import conformance
from conformance import check
from conformance.checks import load_checks
from conformance.target import Target

MOCK = "mockserver.http.app:create_app"
OPTIONS = ("-p", "conformance.pytest_plugin", "-p", "no:cacheprovider", "-W", "error", "--strict-markers")
ROUNDED = "allocation-percent/10-of-9"
WRONG = """
from mockserver.core import allocation

def up(rule_type, value, units):
    return -(-units * value // 10_000) if rule_type == "PERCENT_OF_AVAILABLE" else min(value, units)

allocation.apply_pair = up

from mockserver.http.app import create_app
"""
NO_WORLDS = """
def app(environ, start_response):
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"nothing here"]
"""


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """An inner pytest in this process forgets what it imported; some extension modules do not bear a second import."""
    assert load_checks()
    Target.open(MOCK).close()


@pytest.fixture(autouse=True)
def _inner_pytest(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The inner pytest has this plugin and no other, whether the project is installed or not."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(conformance.__file__).parents[1]), str(pytester.path)]))
    monkeypatch.syspath_prepend(str(pytester.path))
    pytester.makepyfile(test_own="def test_own(): pass")


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run an inner pytest in this process: quicker, and enough where imports do not matter."""
    return pytester.runpytest_inprocess(*OPTIONS, *arguments)


def judged(pytester: pytest.Pytester, *names: str, target: str = MOCK, more: tuple[str, ...] = ()) -> pytest.RunResult:
    selected = [part for name in names for part in ("--conformance-select", name)]
    return run(pytester, "--conformance-target", target, *selected, *more)


@pytest.fixture
def every_verdict(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make every check end the same way."""

    def to(**ending: object) -> None:
        monkeypatch.setattr(check, "_found", lambda _target, each, _: replace(check._verdict(each), **ending))

    return to


def test_without_the_option_there_are_no_checks(pytester: pytest.Pytester) -> None:
    """Other people's test runs stay as they are."""
    run(pytester).assert_outcomes(passed=1)


def test_without_the_option_nothing_of_the_suite_is_imported(pytester: pytest.Pytester) -> None:
    """The plugin is loaded into every test run, so it costs its own file and nothing else."""
    program = """
import json, sys, pytest
pytest.main(["-q", "-p", "conformance.pytest_plugin", "-p", "no:cacheprovider"])
print(json.dumps(sorted(name for name in sys.modules if name.partition(".")[0] in {"conformance", "httpx", "rich"})))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)

    assert ["conformance", "conformance.pytest_plugin"] == json.loads(done.stdout.splitlines()[-1])


def test_each_check_is_a_test(pytester: pytest.Pytester) -> None:
    """Named by its id, after the tests that were there."""
    result = judged(pytester, "allocation-percent/*", more=("-v",))

    assert result.ret == 0
    result.stdout.fnmatch_lines(["test_own.py::test_own PASSED*", f"conformance::{ROUNDED} PASSED*"])


def test_checks_alone_are_a_test_run_too(pytester: pytest.Pytester) -> None:
    """Also where there is no test file."""
    (pytester.path / "test_own.py").unlink()

    judged(pytester, ROUNDED).assert_outcomes(passed=1)


def test_a_failure_is_told_without_a_traceback(pytester: pytest.Pytester) -> None:
    """Id, source, expected, actual, exchange and a pytest command line that shows it again."""
    pytester.makepyfile(rounding_up=WRONG)
    command = [sys.executable, "-m", "pytest", *OPTIONS, "--conformance-target", "rounding_up:create_app"]
    result = pytester.run(*command, "--conformance-select", ROUNDED)

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            f"FAILED {ROUNDED}",
            "source: *",
            "requirements: OM-ALLOC-05 OM-ALLOC-06",
            "at figures/501",
            "  expected 0",
            "  actual   1",
            "> POST */v1.2/inventory/acknowledge*",
            f"again: pytest --conformance-target rounding_up:create_app --conformance-select {ROUNDED}",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    assert "pytest_plugin.py" not in result.stdout.str()


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ({"skipped_because": "the target lacks it"}, "skipped: the target lacks it"),
        ({"not_run_because": "needs writes"}, "not verified: needs writes"),
    ],
)
def test_what_is_not_judged_is_skipped_with_its_reason(
    pytester: pytest.Pytester, every_verdict: Callable[..., None], ending: dict[str, str], reason: str
) -> None:
    """Never passed."""
    every_verdict(**ending)
    result = judged(pytester, ROUNDED, more=("-rs",))

    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines([f"*{reason}*"])


def test_a_harness_that_breaks_is_no_success(pytester: pytest.Pytester, every_verdict: Callable[..., None]) -> None:
    """It says that the fault is the harness's."""
    every_verdict(harness_error="ZeroDivisionError: boom")
    result = judged(pytester, ROUNDED)

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([f"ERRORED {ROUNDED}", "the harness failed: ZeroDivisionError: boom"])


def test_a_target_that_cannot_be_judged_is_no_success(pytester: pytest.Pytester) -> None:
    """Nobody answers, or it makes no worlds: each check says so, and asks only once."""
    result = judged(pytester, "allocation-percent/*", target="http://127.0.0.1:9")

    assert result.ret == 1
    assert "passed" in result.stdout.lines[-1]
    assert result.parseoutcomes()["passed"] == 1
    result.stdout.fnmatch_lines(["inconclusive: http://127.0.0.1:9: no answer (ConnectError)"])


def test_a_server_without_worlds_is_no_success(pytester: pytest.Pytester) -> None:
    """It was reached, but nothing can be verified."""
    pytester.makepyfile(no_worlds=NO_WORLDS)

    judged(pytester, ROUNDED, target="no_worlds:app").assert_outcomes(passed=1, failed=1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--conformance-target", MOCK, "--conformance-select", "allocation-percent/10-of-8"), "nearest: '*"),
        (("--conformance-target", "no.such.module:app"), "--conformance-target: *"),
        (("--conformance-select", ROUNDED), "--conformance-select needs a --conformance-target"),
        (
            ("--conformance-target", MOCK, "--conformance-select", "ack.paging", "--conformance-level", "documented"),
            "*select no check",
        ),
    ],
)
def test_wrong_usage_is_said(pytester: pytest.Pytester, arguments: tuple[str, ...], said: str) -> None:
    """An unknown id with the nearest one, no target, a target that is none, a selection of nothing."""
    result = run(pytester, *arguments)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: *{said}"])


def test_the_level_leaves_out_what_nobody_documents(pytester: pytest.Pytester) -> None:
    """Readings are questions, so no check of one is left."""
    everything = judged(pytester, "OM-ACK", more=("--collect-only", "-q")).stdout.str()
    documented = judged(pytester, "OM-ACK", more=("--collect-only", "-q", "--conformance-level", "documented"))

    assert "conformance::ack.paging" in everything
    assert "conformance::ack.paging" not in documented.stdout.str()
    assert "conformance::om-ack/" in documented.stdout.str()


def test_the_marker_names_requirements(pytester: pytest.Pytester) -> None:
    """Registered with what it means; `-m` and `-k` select by it."""
    pytester.makepyfile(
        test_own="""
import pytest

@pytest.mark.requirement(id="OM-ALLOC-06")
def test_own(): pass

def test_other(): pass
"""
    )
    by_marker = judged(pytester, "allocation-percent/*", more=("-m", 'requirement(id="OM-ALLOC-06")'))
    by_keyword = judged(pytester, "allocation-percent/*", more=("-k", "OM-ALLOC-06"))

    assert by_marker.parseoutcomes()["passed"] == by_keyword.parseoutcomes()["passed"] + 1
    run(pytester, "--markers").stdout.fnmatch_lines(["@pytest.mark.requirement(id): *"])


def test_junit_properties_tell_requirements_grade_and_source(pytester: pytest.Pytester) -> None:
    """In pytest's own JUnit file."""
    judged(pytester, "ack.paging", more=("--junit-xml", "junit.xml", "-o", "junit_family=xunit1"))
    root = ET.parse(pytester.path / "junit.xml").getroot()  # noqa: S314 - our own file
    (case,) = (each for each in root.iter("testcase") if each.get("name") == "ack.paging")
    properties = [(each.get("name"), each.get("value")) for each in case.iter("property")]

    assert ("grade", "G") in properties
    assert ("reading", "ack.paging=limit") in properties
    assert any(
        name == "requirement" and re.fullmatch(r"[A-Z]+(-[A-Z]+)*-\d\d", value or "") for name, value in properties
    )
    assert any(name == "source" for name, _ in properties)


def test_it_goes_with_shuffling_and_spreading(pytester: pytest.Pytester) -> None:
    """pytest-randomly and pytest-xdist see the checks as any other tests."""
    result = pytester.runpytest_subprocess(
        *OPTIONS, "-p", "pytest_randomly", "-p", "xdist", "-n", "2",
        "--conformance-target", MOCK, "--conformance-select", "allocation-percent/*", "-q",
    )  # fmt: skip

    assert result.ret == 0
    assert result.parseoutcomes()["passed"] > 5


def test_a_control_token_comes_from_the_environment(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not from the command line, where others could read it."""
    closed = "tests.conformance.closed:make"
    monkeypatch.setenv("CONFORMANCE_CONTROL_TOKEN", "open-sesame")
    judged(pytester, ROUNDED, target=closed).assert_outcomes(passed=2)
    monkeypatch.setenv("CONFORMANCE_CONTROL_TOKEN", "wrong")
    result = judged(pytester, ROUNDED, target=closed)

    result.assert_outcomes(passed=1, failed=1)
    assert "wrong" not in result.stdout.str().replace("is wrong", "")
