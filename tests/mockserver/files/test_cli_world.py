"""``mockserver world``: what it prints and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import world as module
from mockserver.cli.world import world as command
from mockserver.files.stock_import import ImportReport, Refusal
from mockserver.files.world_file import load_world, read_world

if TYPE_CHECKING:
    from pathlib import Path

HEADER = (
    "Master SKU,Brand,Location,Draw Rank,Active,Is Pickable?,Is Receivable?,"
    "On Hand Stock,Locked Inventory,Location Min. Level"
)
GOOD = "TEE-BLUE-S,,A-01,1,TRUE,TRUE,TRUE,33,2,5"
BAD = "TEE-BLEU-S,,A-01,1,TRUE,TRUE,TRUE,33,2,5"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_valid_worlds_are_told_and_end_with_0(tmp_path: Path) -> None:
    """Several worlds may be given, shipped ones by name."""
    result = run("validate", "demo", written(tmp_path, "w.yaml", "format: stockproof/world/1"))

    assert result.exit_code == 0
    assert "demo.yaml: valid (14 products, 31 listings, 3 orders, 13 variants)" in result.stdout
    assert "w.yaml: valid (0 products, 0 listings, 0 orders, 0 variants)" in result.stdout


def test_both_kinds_of_problem_look_alike(tmp_path: Path) -> None:
    """What the schema finds and what the core finds: file:line: path: message (value; nearest valid)."""
    schema = written(
        tmp_path,
        "a.yaml",
        "format: stockproof/world/1\n"
        "order_manager:\n  stock:\n    - {on_hnad: 1, master_sku: A, warehouse: 1, on_hand: x}\n",
    )
    core = written(tmp_path, "b.yaml", "format: stockproof/world/1\nlinks:\n  - {sales_channel: 5394, seller: 1}\n")

    result = run("validate", schema, core)

    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"{schema}:4: order_manager.stock[0].on_hand: must be a whole number")
    assert lines[0].endswith('(value "x")')
    assert lines[1] == f"{schema}:4: order_manager.stock[0].on_hnad: unknown key 'on_hnad' (nearest valid: on_hand)"
    assert lines[2].startswith(f"{core}:3: links[0].")
    assert "(value 5394" in lines[2]


def test_broken_text_is_a_problem_with_its_place(tmp_path: Path) -> None:
    """Line and column, and exit code 1."""
    path = written(tmp_path, "w.yaml", "format: [\n")

    result = run("validate", path)

    assert result.exit_code == 1
    assert result.stdout.startswith(f"{path}:2:1: broken YAML")


def test_missing_file_ends_with_2_and_names_the_nearest() -> None:
    """A file that is none outweighs problems in the others."""
    result = run("validate", "demo", "dmeo")

    assert result.exit_code == 2
    assert "nearest valid: demo" in result.stdout


def test_validate_wants_a_file() -> None:
    """No file is a mistake in the call."""
    assert run("validate").exit_code == 2


def test_duplicate_credentials_are_told_without_them(tmp_path: Path) -> None:
    """The core finds the duplicate; the credential itself is not printed."""
    path = written(
        tmp_path, "w.yaml", "format: stockproof/world/1\norder_manager: {tokens: [{token: s3cr3t}, {token: s3cr3t}]}\n"
    )

    result = run("validate", path)

    assert result.exit_code == 1
    assert "order_manager.tokens[1]" in result.stdout
    assert "s3cr3t" not in result.output


def test_generated_world_is_valid(tmp_path: Path) -> None:
    """What ``generate`` writes, ``validate`` takes."""
    path = tmp_path / "big.json"

    assert run("generate", "--listings", 300, "--seed", 5, "--out", path).exit_code == 0
    assert run("validate", path).exit_code == 0
    assert len(read_world(path)["order_manager"]["listings"]) == 300


def test_generate_writes_to_stdout_the_same_bytes_as_to_a_file(tmp_path: Path) -> None:
    """Same numbers, same bytes, wherever they go."""
    path = tmp_path / "w.json"
    run("generate", "--listings", 40, "--seed", 5, "--out", path)

    assert run("generate", "--listings", 40, "--seed", 5).stdout_bytes == path.read_bytes()


@pytest.mark.parametrize("arguments", [("--listings", 0), ("--listings", "x"), (), ("--listings", 1, "--seed", -1)])
def test_generate_refuses_numbers_out_of_range(arguments: tuple[object, ...]) -> None:
    """A mistake in the call ends with 2."""
    assert run("generate", *arguments).exit_code == 2


def test_generate_writes_json_only(tmp_path: Path) -> None:
    """A name that ends in .yaml would promise something else."""
    result = run("generate", "--listings", 1, "--out", tmp_path / "w.yaml")

    assert result.exit_code == 2
    assert "ends in .json" in result.stderr


def test_generate_tells_when_it_cannot_write(tmp_path: Path) -> None:
    """A folder that does not exist is told in the system's words."""
    result = run("generate", "--listings", 1, "--out", tmp_path / "none" / "w.json")

    assert result.exit_code == 2
    assert "No such file or directory" in result.output


def test_imported_stock_is_reported_as_json_in_a_pipe(tmp_path: Path) -> None:
    """Every row taken: exit code 0, and one JSON object on stdout."""
    sheet = written(tmp_path, "s.csv", f"{HEADER}\n{GOOD}\n")

    result = run("import-stock", "demo", sheet, "--warehouse", 1)

    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"new": 0, "updated": 1, "refused": []}


def test_refused_rows_end_with_1_and_the_others_are_written(tmp_path: Path) -> None:
    """The updated world has the rows that were taken."""
    sheet = written(tmp_path, "s.csv", f"{HEADER}\n{BAD}\n{GOOD}\n")
    out = tmp_path / "new.yaml"

    result = run("import-stock", "demo", sheet, "--warehouse", 1, "--out", out)

    assert result.exit_code == 1
    [refusal] = json.loads(result.stdout)["refused"]
    assert refusal == {
        "row": 2,
        "column": "Master SKU",
        "value": "TEE-BLEU-S",
        "reason": "no such master SKU",
        "nearest": "TEE-BLUE-S",
    }
    changed = load_world("demo")
    changed["order_manager"]["stock"][0]["on_hand"] = 33
    assert load_world(str(out)) == changed


def test_updated_world_can_be_written_as_json(tmp_path: Path) -> None:
    """The suffix decides."""
    sheet = written(tmp_path, "s.csv", f"{HEADER}\n")
    out = tmp_path / "new.json"

    assert run("import-stock", "demo", sheet, "--warehouse", 1, "--out", out).exit_code == 0
    assert load_world(str(out)) == load_world("demo")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("demo", "SHEET", "--warehouse", 9), "no warehouse 9; the world has: 1 East, 2 West 3PL, 3 Furniture vendor"),
        (("demo", "SHEET", "--warehouse", 1, "--layout", "external"), "Master SKU, (not read), On Hand Stock"),
        (("demo", "none.csv", "--warehouse", 1), "No such file"),
        (("dmeo", "SHEET", "--warehouse", 1), "nearest valid: demo"),
        (("demo", "SHEET", "--warehouse", 1, "--out", "w.txt"), "ends in .yaml"),
        (("demo", "SHEET", "--warehouse", 1, "--out", "none/w.yaml"), "No such file"),
        (("demo", "SHEET", "--warehouse", "East"), "not a valid integer"),
    ],
)
def test_import_that_cannot_be_done_ends_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[object, ...], message: str
) -> None:
    """World, warehouse, sheet, layout or output that cannot be used: said on stderr, nothing on stdout."""
    monkeypatch.chdir(tmp_path)
    sheet = written(tmp_path, "s.csv", f"{HEADER}\n{GOOD}\n")

    result = run("import-stock", *[sheet if argument == "SHEET" else argument for argument in arguments])

    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_report_is_a_table_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """For people: one line a refusal, and the sums; what the cells hold is not taken for markup."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "dumb")
    refusals = (
        Refusal(2, "Master SKU", "[red]A", "no such master SKU", "A"),
        Refusal(2, "Draw Rank", None, "must be filled"),
    )

    module._print_report(ImportReport(new=1, updated=2, refused=refusals))

    printed = capsys.readouterr().out
    assert "[red]A" in printed
    assert "1 new, 2 updated, 1 rows refused" in printed


def test_command_starts_without_the_heavy_libraries() -> None:
    """``--help`` should not wait for workbook, table and YAML readers."""
    code = (
        "import sys, mockserver.cli.world\n"
        "print([name for name in ('openpyxl', 'rich', 'yaml', 'jsonschema_rs', 'orjson') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
