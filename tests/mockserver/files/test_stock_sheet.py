"""Rows of CSV and XLSX files, within bounds; files that are none."""

from __future__ import annotations

import contextlib
import csv
import io
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.files import stock_sheet
from mockserver.files.stock_sheet import StockSheetError, read_rows

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [["Master SKU", "Name", "On Hand Stock"], ["TEE", "Männer", "4"]]
READ = [(1, ("Master SKU", "Name", "On Hand Stock")), (2, ("TEE", "Männer", "4"))]


def csv_sheet(folder: Path, rows: list[list[Any]], *, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path = folder / "sheet.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def xlsx_sheet(folder: Path, rows: list[list[Any]]) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    path = folder / "sheet.xlsx"
    workbook.save(path)
    return path


SHEETS = pytest.mark.parametrize("sheet", [csv_sheet, xlsx_sheet])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_is_read_as_excel_writes_it(tmp_path: Path, delimiter: str, encoding: str) -> None:
    """Byte order marks, semicolons and tabs depend on the country, not on the sheet."""
    assert list(read_rows(csv_sheet(tmp_path, ROWS, delimiter=delimiter, encoding=encoding))) == READ


def test_quoted_cells_may_hold_the_other_delimiters(tmp_path: Path) -> None:
    """The delimiter is the first outside of quotes in the heading, however many others follow."""
    rows = [["Master SKU", "Name; colour; size; brand", "On Hand Stock"], ["TEE", 'a, b; "c"', "4"]]

    assert list(read_rows(csv_sheet(tmp_path, rows))) == [(1, tuple(rows[0])), (2, tuple(rows[1]))]


def test_single_column_has_no_delimiter(tmp_path: Path) -> None:
    """A file of one column is read as such."""
    assert list(read_rows(csv_sheet(tmp_path, [["A"], ["1"]]))) == [(1, ("A",)), (2, ("1",))]


def test_workbook_cells_keep_their_kinds(tmp_path: Path) -> None:
    """Numbers, truth values and text come as they are; the blank end of a row is cut off."""
    rows = [["A", "B"], [1, 2.5, True, None, "x", "  ", None]]

    assert list(read_rows(xlsx_sheet(tmp_path, rows))) == [(1, ("A", "B")), (2, (1, 2.5, True, None, "x"))]


@SHEETS
def test_blank_rows_are_left_out_and_still_counted(tmp_path: Path, sheet: Any) -> None:
    """Row numbers are those that the spreadsheet shows."""
    assert [number for number, _ in read_rows(sheet(tmp_path, [["A"], ["", " "], ["x"]]))] == [1, 3]


def zipped(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("sheet.xlsx", b"Master SKU,Brand\n", "no XLSX workbook"),
        ("sheet.xlsx", b"", "no XLSX workbook"),
        ("sheet.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "protected by a password"),
        ("sheet.xlsx", zipped(other=b"x"), "cannot be read as a workbook"),
        ("sheet.xlsx", zipped(sheet=b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>'), "document type"),
        ("sheet.csv", b"\xff\xfe\x00", "not UTF-8"),
        ("sheet.csv", "Master SKU,Männer".encode("cp1252"), "CSV UTF-8"),
        ("sheet.csv", b'Master SKU,x,On Hand Stock\n"TEE"x,1,1\n', "broken CSV at line 2"),
        ("sheet.csv", b"a" * 200_000, "broken CSV"),
        ("sheet.xls", b"", "a stock sheet ends in"),
        ("folder.csv", None, "Is a directory"),
    ],
)
def test_file_that_is_no_sheet_is_refused_clearly(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    """A damaged, protected or foreign file is told as what it is."""
    path = tmp_path / name
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)

    with pytest.raises(StockSheetError) as caught:
        list(read_rows(path))

    assert message in str(caught.value)


def test_workbook_that_unpacks_beyond_the_bound_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small archive can hold gigabytes; its stated sizes are looked at before it is unpacked."""
    monkeypatch.setattr(stock_sheet, "MAX_UNPACKED_BYTES", 1_000_000)
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(zipped(sheet=b"\0" * 2_000_000))
    assert path.stat().st_size < 10_000

    with pytest.raises(StockSheetError, match="unpacks to more than"):
        list(read_rows(path))


@SHEETS
def test_rows_beyond_the_bound_are_refused(tmp_path: Path, sheet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more rows than a worksheet can hold."""
    monkeypatch.setattr(stock_sheet, "MAX_ROWS", 3)

    with pytest.raises(StockSheetError, match="more than 3 rows"):
        list(read_rows(sheet(tmp_path, [["A"]] * 4)))


def test_file_beyond_the_bound_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size is looked at before the content."""
    monkeypatch.setattr(stock_sheet, "MAX_BYTES", 10)

    with pytest.raises(StockSheetError, match="larger than 10 bytes"):
        list(read_rows(csv_sheet(tmp_path, ROWS)))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.sampled_from(["noise.csv", "noise.xlsx"]))
def test_noise_gives_rows_or_a_refusal(tmp_path: Path, content: bytes, name: str) -> None:
    """Whatever bytes come, the answer is rows or the sheet's own error."""
    path = tmp_path / name
    path.write_bytes(content)

    with contextlib.suppress(StockSheetError):
        assert all(cells for _, cells in read_rows(path))
