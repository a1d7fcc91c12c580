"""A real server in another process, and the command as a person or a program calls it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import main, tables
from mockserver.testing import ServedWorld, StockproofServer


@dataclass
class CommandLine:
    """Calls `mockserver` against one world. Its stdout is a pipe, unless ``terminal`` says that somebody looks."""

    world: ServedWorld
    monkeypatch: pytest.MonkeyPatch

    def run(self, *arguments: object, **environment: str) -> Result:
        chosen = {"MOCKSERVER_URL": self.world.url, "MOCKSERVER_WORLD_ID": self.world.id, "COLUMNS": "120"}
        return CliRunner().invoke(main, [str(each) for each in arguments], env={**chosen, **environment})

    def json(self, *arguments: object) -> Any:
        done = self.run(*arguments)
        assert (0, "") == (done.exit_code, done.stderr)
        return json.loads(done.stdout)

    def text(self, *arguments: object) -> str:
        """What a terminal shows."""
        with self.monkeypatch.context() as patched:
            patched.setattr(tables, "on_terminal", lambda: True)
            done = self.run(*arguments)
        assert (0, "") == (done.exit_code, done.stderr)
        return "\n".join(line.rstrip() for line in done.stdout.splitlines())


@pytest.fixture(scope="session")
def server():
    """One server for all tests; each has a world of its own on it."""
    with StockproofServer() as running:
        yield running


@pytest.fixture
def world(server):
    """The demo world, fresh."""
    with server.world("demo") as served:
        yield served


@pytest.fixture
def cli(world, monkeypatch):
    """The command, pointed at that world by the environment."""
    monkeypatch.delenv("MOCKSERVER_CONTROL_TOKEN", raising=False)
    return CommandLine(world, monkeypatch)
