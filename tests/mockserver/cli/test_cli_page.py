"""The session of docs/cli.md, carried out as it stands there against a server with the demo world."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "cli.md"
SESSION = re.compile(r"```console\n(.*?)```", re.DOTALL)


@pytest.fixture
def environment(tmp_path):
    """A shell's environment in which `mockserver` is this project's, and a server with the demo world runs."""
    (tmp_path / "mockserver").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mockserver "$@"\n')
    (tmp_path / "mockserver").chmod(0o755)
    unset = {name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_")}
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=unset) as server:
        url = json.loads(server.stdout.readline())["url"]
        yield {**unset, "PATH": f"{tmp_path}:{unset['PATH']}", "MOCKSERVER_URL": url, "TERM": "dumb"}
        server.terminate()


def shown_on_a_terminal(line, environment):
    """Return what a line of shell writes to a terminal of 80 columns, which knows neither colour nor weight."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(["sh", "-c", line], stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL, env=environment):
        os.close(theirs)
        written = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    return "\n".join(each.rstrip() for each in written.decode().splitlines()).strip("\n")


def _read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other end is closed
        return b""


def test_the_session_of_the_page_goes_as_it_is_printed(environment):
    """Every command of the page in order, every line of what it prints."""
    printed = "".join(SESSION.findall(PAGE.read_text(encoding="utf-8"))).strip("\n")
    commands = [line[2:] for line in printed.splitlines() if line.startswith("$ ")]

    happened = [part for line in commands for part in (f"$ {line}", shown_on_a_terminal(line, environment)) if part]
    assert printed.splitlines() == "\n".join(happened).splitlines()
