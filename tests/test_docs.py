"""The documents say what is so: their code runs, their links lead somewhere, their commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from conformance.cli import main as conformance
from mockserver.cli import main as mockserver

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "fixtures").glob("*.md")])
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


def python_blocks() -> list[object]:
    return [
        pytest.param(code, id=f"{page.name}-{number}")
        for page in PAGES
        for number, code in enumerate(PYTHON.findall(page.read_text()), start=1)
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path):
    """A relative link names a file of the project."""
    missing = [target for target in LINK.findall(page.read_text()) if not (page.parent / target).exists()]

    assert [] == missing


@pytest.mark.parametrize("code", python_blocks())
def test_every_python_example_runs(code: str):
    """What a page shows as Python runs as it stands, its own assertions included."""
    if "def test_" in code:
        pytest.skip("run by pytest itself in tests/mockserver/test_pytest_plugin.py")
    exec(compile(code, "example", "exec"), {"__name__": "example"})


@pytest.mark.parametrize("command", mockserver.list_commands(click.Context(mockserver)))
def test_every_command_of_mockserver_is_in_the_readme(command: str):
    """A row of the README's table that begins with `mockserver` names each command, and each explains itself."""
    done = CliRunner().invoke(mockserver, [command, "--help"])
    rows = [line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("| `mockserver ")]

    assert 0 == done.exit_code
    assert any(re.search(rf"`(mockserver )?{command}[` ]", row) for row in rows)


def test_the_readme_names_every_command_of_conformance():
    """The README's table names each command of the suite."""
    listed = CliRunner().invoke(conformance, ["--help"]).output
    commands = re.findall(r"^  (\w+)  ", listed.partition("Commands:")[2], re.MULTILINE)
    readme = (ROOT / "README.md").read_text()

    assert commands
    assert [] == [command for command in commands if f"conformance {command}" not in readme]


def test_an_unknown_command_is_answered_with_the_nearest():
    """A typing error costs one look."""
    done = CliRunner().invoke(mockserver, ["serv"])

    assert 2 == done.exit_code
    assert "'serve'" in done.output


def test_no_page_or_module_names_a_place_of_one_machine():
    """The project can be read anywhere: no absolute path of a developer's machine stands in it."""
    texts = [*PAGES, *ROOT.glob("mockserver/**/*.py"), *ROOT.glob("conformance/**/*.py"), ROOT / "Makefile"]
    # Spelled in two halves, so that this file does not find itself.
    places = re.compile("/(wo" + "rk|ro" + "ot|ho" + "me)/")

    assert [] == [str(path) for path in texts if places.search(path.read_text())]
