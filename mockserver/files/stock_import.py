"""
Order Manager's stock import sheets, taken into a world document.

Source: OM-IMP-01. Two layouts: *in-house*, ten columns in a fixed order, one row a location; *external* for 3PL and
dropship warehouses, where only columns A and C are read. What the vendor leaves open is our decision: in an update an
empty Locked Inventory or Location Min. Level keeps what is there, in a new row it is 0; Brand is not taken over;
a row with any fault is refused as a whole.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from mockserver.core.errors import nearest
from mockserver.files.stock_sheet import StockSheetError, is_blank, read_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["ImportReport", "Layout", "Refusal", "StockSheetError", "import_stock"]

Layout = Literal["in-house", "external"]

MAX_UNITS: Final = 1_000_000_000
# To find the SKU spelled most like a wrong one takes a look at every SKU there is.
_MOST_HINTS: Final = 20
_LONGEST_TEXT: Final = 255
_WHOLE_NUMBER: Final = re.compile(r"[0-9]{1,15}")
_DEFAULTS: Final[Mapping[str, object]] = {
    "location": "",
    "locked": 0,
    "minimum": 0,
    "draw_rank": 1,
    "pickable": True,
    "receivable": True,
    "active": True,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One cell, or one row, of the sheet that was not taken, and why. ``row`` counts from 1, the header included."""

    row: int
    column: str
    value: str | None
    reason: str
    nearest: str | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How many stock rows are new, how many the sheet found there and wrote over, and what was refused."""

    new: int
    updated: int
    refused: tuple[Refusal, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain JSON types."""
        return asdict(self)


class _BadCell(Exception):
    """A cell that does not hold what its column asks for."""


def _text(cell: object) -> str:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise _BadCell("must be text")
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    if len(text) > _LONGEST_TEXT or any(character < " " for character in text):
        raise _BadCell(f"must be at most {_LONGEST_TEXT} characters without line breaks")
    return text


def _whole_number(cell: object) -> int:
    """Return a count. Excel holds 12 as 12.0; text must be digits alone, so that 1e3 or 1,000 is nobody's guess."""
    if isinstance(cell, str) and _WHOLE_NUMBER.fullmatch(cell.strip()):
        cell = int(cell.strip())
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, bool) or not isinstance(cell, int) or not 0 <= cell <= MAX_UNITS:
        raise _BadCell(f"must be a whole number from 0 to {MAX_UNITS}")
    return cell


def _truth(cell: object) -> bool:
    if isinstance(cell, bool):
        return cell
    word = cell.strip().upper() if isinstance(cell, str) else ""
    if word not in {"TRUE", "FALSE"}:
        raise _BadCell("must be TRUE or FALSE")
    return word == "TRUE"


@dataclass(frozen=True, slots=True)
class _Column:
    """One column: its heading, the world file's key, how to read a cell, and what an empty cell means."""

    heading: str
    key: str | None = None
    read: Callable[[object], object] = _text
    required: bool = False
    if_empty: object = None


_MASTER_SKU: Final = _Column("Master SKU", "master_sku", required=True)
_ON_HAND: Final = _Column("On Hand Stock", "on_hand", _whole_number, required=True)
_ANYTHING: Final = _Column("(not read)")
_COLUMNS: Final[Mapping[Layout, tuple[_Column, ...]]] = {
    "in-house": (
        _MASTER_SKU,
        _Column("Brand"),
        _Column("Location", "location", if_empty=""),
        _Column("Draw Rank", "draw_rank", _whole_number, required=True),
        _Column("Active", "active", _truth, if_empty=False),
        _Column("Is Pickable?", "pickable", _truth, if_empty=False),
        _Column("Is Receivable?", "receivable", _truth, if_empty=False),
        _ON_HAND,
        _Column("Locked Inventory", "locked", _whole_number),
        _Column("Location Min. Level", "minimum", _whole_number),
    ),
    "external": (_MASTER_SKU, _ANYTHING, _ON_HAND),
}


def import_stock(
    document: Mapping[str, Any], sheet_path: Path, *, warehouse: int, layout: Layout | None = None
) -> tuple[dict[str, Any], ImportReport]:
    """
    Return a checked world document with a sheet's rows written into one of its warehouses, and what became of them.

    The document given is not changed. Without ``layout`` the warehouse's type decides: in-house for
    DIRECT_FULFILLMENT, external for all others. Rows for what the sheet does not name stay as they are.

    Raises:
        StockSheetError: if there is no such warehouse, or the file is no sheet of that layout.
    """
    chosen = layout or _layout_of(document, warehouse)
    rows = read_rows(sheet_path)
    _check_header(next(rows, (1, ()))[1], chosen, sheet_path)
    intake = _Intake(document, warehouse, chosen)
    for number, cells in rows:
        intake.take(number, cells)
    account = {**document.get("order_manager", {}), "stock": intake.stock}
    return {**document, "order_manager": account}, ImportReport(intake.new, intake.updated, tuple(intake.refused))


def _layout_of(document: Mapping[str, Any], warehouse: int) -> Layout:
    entries = document.get("order_manager", {}).get("warehouses", [])
    by_id = dict(zip(_ids(entries), entries, strict=True))
    if warehouse not in by_id:
        known = ", ".join(f"{own_id} {entry['name']}" for own_id, entry in sorted(by_id.items()))
        raise StockSheetError(f"no warehouse {warehouse}; the world has: {known or 'none'}")
    kind = by_id[warehouse].get("type", "DIRECT_FULFILLMENT")
    return "in-house" if kind == "DIRECT_FULFILLMENT" else "external"


def _ids(entries: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    """Yield the entries' ids; those left out are 1, 2, 3 ... past those that are taken."""
    taken = {entry["id"] for entry in entries if "id" in entry}
    free = (number for number in range(1, len(entries) + len(taken) + 1) if number not in taken)
    for entry in entries:
        yield entry["id"] if "id" in entry else next(free)


def _check_header(cells: Sequence[object], layout: Layout, path: Path) -> None:
    columns = _COLUMNS[layout]
    found = [str(cell or "").strip() for cell in cells]
    wanted = [None if column is _ANYTHING else column.heading for column in columns]
    shown = (found + [""] * len(wanted))[: len(wanted)]
    fits = all(name is None or name.casefold() == cell.casefold() for name, cell in zip(wanted, shown, strict=True))
    if fits and (layout == "external" or len(found) == len(wanted)):
        return
    expected = ", ".join(column.heading for column in columns)
    found_text = ", ".join(cell or "(empty)" for cell in found[:12]) or "nothing"
    raise StockSheetError(f"{path}: the first row of the {layout} layout is: {expected}; found: {found_text}")


@dataclass(slots=True)
class _Intake:
    """The stock rows of the world while a sheet is taken in."""

    document: Mapping[str, Any]
    warehouse: int
    layout: Layout
    new: int = 0
    updated: int = 0
    refused: list[Refusal] = field(default_factory=list)
    stock: list[dict[str, Any]] = field(init=False)
    _types: dict[str, str] = field(init=False)
    _present: dict[str, dict[str, int]] = field(init=False)
    _seen: dict[tuple[str, str], int] = field(default_factory=dict)
    _hints: int = 0

    def __post_init__(self) -> None:
        account = self.document.get("order_manager", {})
        self.stock = list(account.get("stock", ()))
        self._types = {each["master_sku"]: each.get("type", "CORE_PRODUCT") for each in account.get("products", ())}
        self._present = {}
        for index, row in enumerate(self.stock):
            if row["warehouse"] == self.warehouse:
                self._present.setdefault(row["master_sku"], {})[row.get("location", "")] = index

    def take(self, number: int, cells: Sequence[object]) -> None:
        """Take one row of the sheet, or note why not."""
        columns = _COLUMNS[self.layout]
        values, refusals = _read_row(number, cells, columns)
        if self.layout == "in-house" and len(cells) > len(columns):
            beyond = str(cells[len(columns)])[:_LONGEST_TEXT]
            refusals.append(Refusal(number, "(none)", beyond, "stands to the right of the last column"))
        refusals += () if refusals else self._misfits(number, values)
        if refusals:
            self.refused += refusals
            return
        sku = values["master_sku"]
        places = self._present.get(sku, {})
        location = next(iter(places), "") if self.layout == "external" else values["location"]
        self._seen[sku, values.get("location", "")] = number
        self._write(places.get(location), {**values, "location": location})

    def _misfits(self, number: int, values: Mapping[str, Any]) -> list[Refusal]:
        """Return why well-formed values do not fit this world, or what the sheet said before."""
        sku, location = values["master_sku"], values.get("location", "")
        if sku not in self._types:
            return [Refusal(number, _MASTER_SKU.heading, sku, "no such master SKU", self._hint(sku))]
        if self._types[sku] == "VIRTUAL_PRODUCT":
            return [Refusal(number, _MASTER_SKU.heading, sku, "the parent of variations holds no stock")]
        if (sku, location) in self._seen:
            earlier = self._seen[sku, location]
            what = "master SKU" if self.layout == "external" else "location of this master SKU"
            return [Refusal(number, _MASTER_SKU.heading, sku, f"row {earlier} named this {what} already")]
        if self.layout == "external" and len(self._present.get(sku, ())) > 1:
            reason = "has several locations here, and the external layout names none; use the in-house layout"
            return [Refusal(number, _MASTER_SKU.heading, sku, reason)]
        return []

    def _hint(self, sku: str) -> str | None:
        self._hints += 1
        return nearest(sku, self._types) if self._hints <= _MOST_HINTS else None

    def _write(self, index: int | None, values: Mapping[str, Any]) -> None:
        """Write only what differs, so that a sheet which says what the world says changes nothing."""
        if index is None:
            self.new += 1
            row = {"master_sku": values["master_sku"], "warehouse": self.warehouse}
            self.stock.append(row | _differences(row, values))
            return
        self.updated += 1
        self.stock[index] = self.stock[index] | _differences(self.stock[index], values)


def _differences(row: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if row.get(key, _DEFAULTS.get(key)) != value}


def _read_row(number: int, cells: Sequence[object], columns: Iterable[_Column]) -> tuple[dict[str, Any], list[Refusal]]:
    """Return the values of a row by key, without those that an empty cell leaves open, and the cells that are wrong."""
    values: dict[str, Any] = {}
    refusals: list[Refusal] = []
    padded = iter((*cells, *(None for _ in range(10))))
    for column, cell in zip(columns, padded, strict=False):
        if column.key is None:
            continue
        if is_blank(cell):
            _take_empty(number, column, values, refusals)
            continue
        try:
            values[column.key] = column.read(cell)
        except _BadCell as error:
            refusals.append(Refusal(number, column.heading, str(cell)[:_LONGEST_TEXT], str(error)))
    return values, refusals


def _take_empty(number: int, column: _Column, values: dict[str, Any], refusals: list[Refusal]) -> None:
    if column.required:
        refusals.append(Refusal(number, column.heading, None, "must be filled"))
    elif column.if_empty is not None and column.key is not None:
        values[column.key] = column.if_empty
