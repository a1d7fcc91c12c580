"""The integration as a process: how it is named, what it finds, how it ends."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from conformance.certify.process import CannotStart, Integration, Over, TookTooLong, command_of, environment
from conformance.certify.variables import BadVariable, is_secret, parsed, renamed


def integration(folder: Path, code: str) -> Integration:
    return Integration([sys.executable, "-c", code], {**os.environ, "GREETING": "hello"}, folder)


def test_a_script_is_found_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`python my_sync.py` names a file of the caller's folder."""
    (tmp_path / "my_sync.py").touch()
    monkeypatch.chdir(tmp_path)

    assert command_of("python my_sync.py --once 'a b'") == ["python", str(tmp_path / "my_sync.py"), "--once", "a b"]


@pytest.mark.parametrize("text", ["", "   ", "python 'unfinished"])
def test_no_command_is_an_error(text: str):
    """It is told before anything starts."""
    with pytest.raises(CannotStart):
        command_of(text)


def test_an_unknown_program_is_an_error(tmp_path: Path):
    """The message names it."""
    with pytest.raises(CannotStart, match="no-such-program"):
        Integration(["no-such-program"], {}, tmp_path).start()


def test_it_runs_in_a_folder_of_its_own_with_its_variables(tmp_path: Path):
    """Empty at first, kept across runs."""
    started = integration(tmp_path, "import os; print(os.environ['GREETING'], os.listdir('.')); open('kept', 'w')")
    for _ in range(2):
        started.start()
        started.wait()

    assert started.tail.split("\n")[:2] == ["hello []", "hello ['kept']"]
    assert started.codes == [0, 0]


def test_a_run_that_takes_too_long_is_killed_with_its_children(tmp_path: Path):
    """Nothing of it goes on."""
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    started = integration(tmp_path, code)
    started.start()
    began = time.monotonic()

    with pytest.raises(TookTooLong):
        started.wait(0.3)
    assert time.monotonic() - began < 10
    assert not started.is_running


def test_what_a_run_leaves_running_is_ended(tmp_path: Path):
    """A child in the background would go on writing."""
    code = (
        "import subprocess, sys; "
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], stdout=subprocess.DEVNULL).pid)"
    )
    started = integration(tmp_path, code)
    started.start()
    started.wait()
    child = int(started.tail)

    assert is_gone(child)


def is_gone(number: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return True
        if b" Z " in Path(f"/proc/{number}/stat").read_bytes():
            return True
        time.sleep(0.01)
    return False


def test_a_daemon_is_asked_to_stop(tmp_path: Path):
    """SIGTERM first."""
    code = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit(0)))\n"
        "print('up', flush=True)\ntime.sleep(60)"
    )
    started = integration(tmp_path, code)
    started.start()
    deadline = time.monotonic() + 10
    while "up" not in started.tail and time.monotonic() < deadline:
        time.sleep(0.01)
    started.stop()

    assert "bye" in started.tail


def test_what_was_ended_for_good_is_not_started_again(tmp_path: Path):
    """A run that is broken off must not go on in other threads."""
    started = integration(tmp_path, "pass")
    started.end()

    with pytest.raises(Over):
        started.start()


def test_the_callers_environment_passes_through(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """And modules are found where the caller is."""
    monkeypatch.setenv("OF_THE_CALLER", "1")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", "intranet")
    found = environment({"OWN": "2"})

    assert (found["OF_THE_CALLER"], found["OWN"]) == ("1", "2")
    assert found["NO_PROXY"] == "intranet,127.0.0.1"
    assert found["PYTHONPATH"].split(os.pathsep) == ["/elsewhere", str(tmp_path)]


VALUES = {"ORDER_MANAGER_URL": "http://om", "ORDER_MANAGER_TOKEN": "t"}


@pytest.mark.parametrize(
    ("wish", "name", "value"),
    [
        ("OM_URL=ORDER_MANAGER_URL", "OM_URL", "http://om"),
        ("ORDER_MANAGER_URL=OM_URL", "OM_URL", "http://om"),
        ("BASE={ORDER_MANAGER_URL}/service", "BASE", "http://om/service"),
        ("LOG_LEVEL=debug", "LOG_LEVEL", "debug"),
        ("EMPTY=", "EMPTY", ""),
    ],
)
def test_variables_are_renamed_filled_in_and_added(wish: str, name: str, value: str):
    """What --env takes."""
    assert renamed(VALUES, [parsed(wish)])[name] == value


@pytest.mark.parametrize("text", ["NAME", "=value", "1NAME=x", "A B=c"])
def test_what_sets_no_variable_is_an_error(text: str):
    """It is told before anything starts."""
    with pytest.raises(BadVariable):
        parsed(text)


def test_names_that_look_like_credentials_are_known():
    """Their values are not repeated in a command line."""
    assert [is_secret(name) for name in ("API_KEY", "Token2", "DB_PASSWORD", "LOG_LEVEL")] == [True, True, True, False]
