"""``mockserver world``: check world files, make large ones, take in stock sheets."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from mockserver.files.stock_import import ImportReport, Layout

PROBLEMS = 1
UNUSABLE = 2


@click.group()
def world() -> None:
    """Check world files, make large ones, take in stock sheets."""


@world.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def validate(files: tuple[str, ...]) -> None:
    """
    Check world files, or shipped worlds by name, and print each problem on a line.

    Exit code 0: all are valid. 1: some have problems. 2: some are no world file at all.
    """
    sys.exit(max(_validate(name) for name in files))


def _validate(name: str) -> int:
    from mockserver.files.world_file import UnusableFile, WorldFileError, build_world, find_world, load_world

    try:
        document = load_world(name)
        path = find_world(name)
        build_world(document, source=str(path), text_file=path)
    except WorldFileError as error:
        click.echo(str(error))
        return UNUSABLE if isinstance(error, UnusableFile) else PROBLEMS
    click.echo(f"{path}: valid ({_summary(document)})")
    return 0


def _summary(document: dict[str, Any]) -> str:
    account = document.get("order_manager", {})
    counts = {name: len(account.get(name, ())) for name in ("products", "listings", "orders")}
    counts["variants"] = len(document.get("marketplacer", {}).get("variants", ()))
    return ", ".join(f"{count} {name}" for name, count in counts.items())


@world.command()
@click.option("--listings", type=click.IntRange(1, 10_000_000), required=True, help="How many listings the world has.")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), default=1, show_default=True, help="Same seed, same bytes.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A .json file; else stdout.")
def generate(listings: int, seed: int, out: Path | None) -> None:
    """Write a believable world of any size, as JSON."""
    from mockserver.files.world_generator import generate as pieces_of

    if out is not None and out.suffix.lower() != ".json":
        _fail(f"{out}: a generated world is JSON, so its name ends in .json")
    try:
        with click.open_file(str(out or "-"), "wb") as stream:
            for piece in pieces_of(listings, seed):
                stream.write(piece)
    except BrokenPipeError:
        raise
    except OSError as error:
        _fail(f"{out}: {error.strerror}")


@world.command("import-stock")
@click.argument("world_file", metavar="WORLD")
@click.argument("sheet", metavar="SHEET", type=click.Path(path_type=Path))
@click.option("--warehouse", type=int, required=True, metavar="ID", help="The warehouse that the sheet is of.")
@click.option("--layout", type=click.Choice(["in-house", "external"]), help="Else by the warehouse's type.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the updated world goes.")
def import_stock(world_file: str, sheet: Path, warehouse: int, layout: Layout | None, out: Path | None) -> None:
    """
    Take a stock sheet (CSV or XLSX) into one warehouse of a world, and report row by row what was refused.

    Exit code 0: every row was taken. 1: some were refused. 2: the world or the sheet cannot be used.
    """
    from mockserver.files import stock_import
    from mockserver.files.world_file import WorldFileError, load_world

    _check_suffix(out)
    try:
        document, report = stock_import.import_stock(load_world(world_file), sheet, warehouse=warehouse, layout=layout)
    except (WorldFileError, stock_import.StockSheetError) as error:
        _fail(str(error))
    if out is not None:
        _write(document, out)
    _print_report(report)
    sys.exit(PROBLEMS if report.refused else 0)


def _check_suffix(out: Path | None) -> None:
    if out is not None and out.suffix.lower() not in {".json", ".yaml", ".yml"}:
        _fail(f"{out}: a world file ends in .yaml, .yml, .json")


def _write(document: dict[str, Any], out: Path) -> None:
    from mockserver.files import yaml_tree

    is_json = out.suffix.lower() == ".json"
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n" if is_json else yaml_tree.dump(document)
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        _fail(f"{out}: {error.strerror}")


def _print_report(report: ImportReport) -> None:
    if sys.stdout.isatty():
        _print_table(report)
    else:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))


def _print_table(report: ImportReport) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if report.refused:
        table = Table("Row", "Column", "Value", "Why it was refused", "Nearest valid", title="Refused")
        for refusal in report.refused:
            cells = (str(refusal.row), refusal.column, refusal.value, refusal.reason, refusal.nearest)
            table.add_row(*(_plain(cell) for cell in cells))
        console.print(table)
    rows = len({refusal.row for refusal in report.refused})
    console.print(f"{report.new} new, {report.updated} updated, {rows} rows refused", highlight=False)


def _plain(cell: str | None) -> str:
    from rich.markup import escape

    return escape(cell or "")


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(UNUSABLE)
