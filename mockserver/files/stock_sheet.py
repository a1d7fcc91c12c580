"""
Rows of a spreadsheet, from CSV or XLSX, within bounds.

CSV may be comma, semicolon or tab separated, UTF-8 or UTF-16 with a byte order mark, as Excel writes it.
Of a workbook the first worksheet is read; of a formula, the value that the workbook holds.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openpyxl.workbook import Workbook

Row = tuple[int, tuple[object, ...]]

MAX_ROWS: Final = 1_048_576  # what a worksheet can hold
MAX_BYTES: Final = 256 * 1024**2
MAX_UNPACKED_BYTES: Final = 512 * 1024**2
MAX_COLUMNS: Final = 64
_WORKBOOK_SUFFIXES: Final = (".xlsx", ".xlsm")
_TEXT_SUFFIXES: Final = (".csv", ".tsv", ".txt")
_DELIMITERS: Final = ",;\t"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


class StockSheetError(Exception):
    """A sheet that cannot be used at all."""


def read_rows(path: Path) -> Iterator[Row]:
    """
    Yield the rows of a sheet that are not blank, each with its number from 1; empty cells are None.

    Raises:
        StockSheetError: if the file cannot be read, is of another kind than its suffix says, or is too large.
    """
    suffix = path.suffix.lower()
    if suffix not in _WORKBOOK_SUFFIXES + _TEXT_SUFFIXES:
        raise StockSheetError(f"{path}: a stock sheet ends in {', '.join(_TEXT_SUFFIXES + _WORKBOOK_SUFFIXES)}")
    content = _content(path)
    rows = _workbook_rows(content, path) if suffix in _WORKBOOK_SUFFIXES else _text_rows(content, path)
    for number, cells in rows:
        if number > MAX_ROWS:
            raise StockSheetError(f"{path}: more than {MAX_ROWS} rows")
        trimmed = _without_blank_end(cells)
        if trimmed:
            yield number, trimmed


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise StockSheetError(f"{path}: larger than {MAX_BYTES} bytes")
        return path.read_bytes()
    except OSError as error:
        raise StockSheetError(f"{path}: {error.strerror or 'cannot be read'}") from error


def _without_blank_end(cells: tuple[object, ...]) -> tuple[object, ...]:
    end = len(cells)
    while end and is_blank(cells[end - 1]):
        end -= 1
    return tuple(None if is_blank(cell) else cell for cell in cells[:end])


def is_blank(cell: object) -> bool:
    """Return whether a cell looks empty."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _text_rows(content: bytes, path: Path) -> Iterator[Row]:
    try:
        text = content.decode("utf-16" if content.startswith(_UTF16_MARKS) else "utf-8-sig")
    except UnicodeDecodeError:
        raise StockSheetError(f"{path}: not UTF-8; in Excel save it as 'CSV UTF-8'") from None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, tuple(cells)
    except csv.Error as error:
        raise StockSheetError(f"{path}: broken CSV at line {reader.line_num}: {error}") from None


def _delimiter(text: str) -> str:
    """Return the delimiter that comes first in the heading, outside of quotes: no layout's first heading holds one."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(header.split('"')[::2])
    return next((character for character in bare if character in _DELIMITERS), ",")


def _workbook_rows(content: bytes, path: Path) -> Iterator[Row]:
    _check_archive(content, path)
    import openpyxl  # most runs read no workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions, none of which is read
        try:
            workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            yield from _worksheet_rows(workbook)
        except StockSheetError:
            raise
        except Exception as error:
            # A damaged workbook fails in a dozen ways inside the library: KeyError, ParseError, ValueError ...
            raise StockSheetError(f"{path}: cannot be read as a workbook ({type(error).__name__}: {error})") from error


def _worksheet_rows(workbook: Workbook) -> Iterator[Row]:
    if not workbook.worksheets:
        raise StockSheetError("the workbook has no worksheet")
    sheet: Any = workbook.worksheets[0]
    sheet.reset_dimensions()  # what the file says about its own size need not be so
    rows = sheet.iter_rows(max_col=MAX_COLUMNS, max_row=MAX_ROWS + 1, values_only=True)
    yield from enumerate(rows, start=1)


def _check_archive(content: bytes, path: Path) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # Reading stops at the size that the directory states, so the stated sizes are a true bound.
            unpacked = sum(member.file_size for member in archive.infolist())
            if unpacked > MAX_UNPACKED_BYTES:
                raise StockSheetError(f"{path}: unpacks to more than {MAX_UNPACKED_BYTES} bytes")
            for member in archive.infolist():
                _refuse_entities(archive, member, path)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        message = f"{path}: no XLSX workbook (is it an old .xls, or protected by a password?)"
        raise StockSheetError(message) from error


def _refuse_entities(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    with archive.open(member) as part:
        if b"<!DOCTYPE" in part.read(1024):
            raise StockSheetError(f"{path}: {member.filename} declares a document type, which no workbook does")
