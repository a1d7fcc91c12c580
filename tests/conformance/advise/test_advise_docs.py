"""docs/advise.md says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from click.testing import CliRunner

from conformance.advise.reading import read_question
from conformance.cli import main

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "advise.md"


def test_the_page_shows_what_the_command_prints(monkeypatch):
    """Run as it stands, at a width of 100, trailing blanks aside."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    (block,) = re.findall(r"```console\n\$ conformance (.*?)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    done = CliRunner().invoke(main, block[0].split(), env={"NO_COLOR": "1"})

    assert done.exit_code == 0
    assert [line.rstrip() for line in done.stdout.splitlines()] == block[1].splitlines()


def test_the_page_shows_a_question_that_is_understood(tmp_path):
    """Every key of the example, with its comments."""
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "question.yaml"
    file.write_text(block, encoding="utf-8")

    assert read_question(file).shares == (0.625, 0.375)
    assert set(yaml.safe_load(block)) == {
        "format", "title", "sku", "stock", "demand", "channels", "sync", "target", "current_rule", "favoured", "seed",
    }  # fmt: skip
