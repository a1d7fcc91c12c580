"""How the command looks: help at once, nearest names, tables for eyes, JSON for programs."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

import pytest
from click.testing import CliRunner

from mockserver.cli import main
from mockserver.cli.printable import printable
from mockserver.cli.tables import cell

COMMANDS = [
    "stock",
    "order",
    "sell",
    "listing",
    "rule",
    "exclusion",
    "explain",
    "requests",
    "clock",
    "faults",
    "journal",
    "snapshot",
]


def on_a_terminal(*arguments, **environment):
    """Return what the command writes to a terminal."""
    ours, theirs = pty.openpty()
    chosen = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **environment}
    command = [sys.executable, "-m", "mockserver", *map(str, arguments)]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL, env=chosen):
        os.close(theirs)
        written = b""
        while piece := _read(ours):
            written += piece
    os.close(ours)
    return written.decode()


def _read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other end is closed
        return b""


def test_a_terminal_gets_a_table_and_json_when_asked(world):
    """Who looks is told by the terminal itself."""
    environment = {"MOCKSERVER_URL": world.url, "MOCKSERVER_WORLD_ID": world.id}

    assert "─" in on_a_terminal("stock", "list", "TEE-BLUE-S", **environment)
    assert 20 == json.loads(on_a_terminal("stock", "list", "TEE-BLUE-S", "--json", **environment))[0]["on_hand"]


def test_no_color_is_honoured(world):
    """Without colours there is no sequence that sets one."""
    environment = {"MOCKSERVER_URL": world.url, "MOCKSERVER_WORLD_ID": world.id, "NO_COLOR": "1"}

    assert "\x1b[3" not in on_a_terminal("explain", 501, **environment)


@pytest.mark.parametrize("columns", ["40", "80"])
def test_nothing_is_cut_on_a_narrow_terminal(cli, columns):
    """Long texts are folded; every SKU stands there whole."""
    cli.monkeypatch.setattr("mockserver.cli.tables.on_terminal", lambda: True)

    assert "NOTEBOOK-A5" in cli.run("stock", "list", COLUMNS=columns).stdout


def test_what_a_world_holds_cannot_drive_the_terminal(cli):
    """Control characters are spelled out, markup is text."""
    cli.json("order", "create", "--channel", 5394, "--number", "[red]A\x9b31m", "TEE-BLUE-S-MP:1")

    shown = cli.text("order", "list", "--channel", 5394)
    assert "[red]A\\x9b31m" in shown
    assert "\x9b" not in shown
    assert "\\x1b[31mred\n\ttext" == printable("\x1b[31mred\n\ttext")


def test_values_read_as_people_write_them():
    """Yes and no, a dash for nothing, parts held together."""
    assert ["yes", "no", "-", "1, 2"] == [cell(True), cell(False), cell(None), cell([1, 2])]
    assert "a=[{b=1 c=no}, -] d={e=2}" == cell({"a": [{"b": 1, "c": False}, None], "d": {"e": 2}})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    """With its subcommands and options; no server is asked."""
    done = CliRunner().invoke(main, [command, "--help"])

    assert 0 == done.exit_code
    assert "Usage: " in done.output


@pytest.mark.parametrize(
    ("arguments", "nearest"),
    [
        (["stok"], "stock"),
        (["stock", "sett"], "set"),
        (["order", "cancle"], "cancel"),
        (["clock", "advence"], "advance"),
        (["snapshot", "restor"], "restore"),
        (["stock", "list", "--warehose", "1"], "--warehouse"),
    ],
    ids=str,
)
def test_a_typing_error_is_answered_with_the_nearest(arguments, nearest):
    """Commands, subcommands and options: exit code 2."""
    done = CliRunner().invoke(main, arguments)

    assert 2 == done.exit_code
    assert f"Did you mean {nearest!r}?" in done.output


def test_help_is_written_without_loading_what_commands_need():
    """It has to be there at once."""
    program = (
        "import sys; from mockserver.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    loaded = set(done.stdout.split())
    assert not loaded & {"httpx", "rich", "orjson", "flask", "http.client", "mockserver.cli.stock", "mockserver.core"}
    assert all(f"  {command} " in done.stdout for command in COMMANDS)
