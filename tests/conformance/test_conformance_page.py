"""The commands of docs/conformance.md, carried out as they stand there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.cli import main
from conformance.target_file import read_target_file

PAGE = (Path(__file__).parents[2] / "docs" / "conformance.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n\$ conformance (.*)\n((?:.*\n)*?)```", PAGE)


@pytest.mark.parametrize(("line", "printed"), BLOCKS, ids=[line.split()[0] for line, _ in BLOCKS])
def test_a_command_does_what_the_page_shows(line, printed):
    """It ends with 0, and prints what stands below it."""
    result = CliRunner().invoke(main, shlex.split(line))

    assert 0 == result.exit_code, result.output
    assert not printed or printed == result.stdout


def test_the_target_file_of_the_page_can_be_used(tmp_path):
    """As it stands there, the environment given."""
    text = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1]
    file = tmp_path / "target.yaml"
    file.write_text(text, encoding="utf-8")

    assert {"7": "k"} == read_target_file(file, {"MARKETPLACER_API_KEY": "k"}).api_keys
