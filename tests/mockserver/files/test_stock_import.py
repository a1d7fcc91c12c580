"""Stock sheets as the vendor documents them (OM-IMP-01): both layouts, CSV and XLSX, strictly."""

from __future__ import annotations

import copy
import csv
import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.files.stock_import import ImportReport, StockSheetError, import_stock
from mockserver.files.world_file import build_world, check_world
from mockserver.files.world_generator import generate_document

if TYPE_CHECKING:
    from pathlib import Path

IN_HOUSE = [
    "Master SKU",
    "Brand",
    "Location",
    "Draw Rank",
    "Active",
    "Is Pickable?",
    "Is Receivable?",
    "On Hand Stock",
    "Locked Inventory",
    "Location Min. Level",
]
EXTERNAL = ["Master SKU", "Name", "On Hand Stock"]

WORLD: dict[str, Any] = {
    "format": "stockproof/world/1",
    "order_manager": {
        "warehouses": [{"name": "East"}, {"id": 7, "name": "3PL", "type": "THIRD_PARTY_LOGISTICS"}],
        "products": [
            {"master_sku": "TEE-BLUE"},
            {"master_sku": "TEE-RED"},
            {"master_sku": "12345"},
            {"master_sku": "TEE", "type": "VIRTUAL_PRODUCT"},
        ],
        "stock": [
            {
                "master_sku": "TEE-BLUE",
                "warehouse": 1,
                "location": "A-01",
                "on_hand": 20,
                "locked": 2,
                "allocated": 3,
                "minimum": 5,
            },
            {"master_sku": "TEE-BLUE", "warehouse": 7, "location": "GLOBAL", "on_hand": 9, "in_transit": 4},
        ],
    },
}
FULL_ROW = ["TEE-BLUE", "Kiln", "A-01", 2, "TRUE", "true", "False", 30, 4, 6]


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


def stock_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = document["order_manager"]["stock"]
    return rows


def refused(report: ImportReport) -> list[tuple[int, str, str | None]]:
    return [(refusal.row, refusal.column, refusal.value) for refusal in report.refused]


@SHEETS
def test_in_house_sheet_updates_the_location_it_names(tmp_path: Path, sheet: Any) -> None:
    """All ten columns in their order; what the sheet does not know, such as allocated units, stays."""
    document, report = import_stock(WORLD, sheet(tmp_path, [IN_HOUSE, FULL_ROW]), warehouse=1)

    assert report == ImportReport(new=0, updated=1, refused=())
    assert stock_of(document)[0] == {
        "master_sku": "TEE-BLUE",
        "warehouse": 1,
        "location": "A-01",
        "on_hand": 30,
        "locked": 4,
        "allocated": 3,
        "minimum": 6,
        "draw_rank": 2,
        "receivable": False,
    }
    assert stock_of(document)[1:] == stock_of(WORLD)[1:]


@SHEETS
def test_row_of_required_cells_alone_is_an_unnamed_closed_location(tmp_path: Path, sheet: Any) -> None:
    """An empty Location makes an unnamed one; empty Active, Is Pickable? and Is Receivable? mean FALSE."""
    row = ["TEE-RED", None, None, 1, None, None, None, 8, None, None]

    document, report = import_stock(WORLD, sheet(tmp_path, [IN_HOUSE, row]), warehouse=1)

    assert report == ImportReport(new=1, updated=0, refused=())
    closed = {"active": False, "pickable": False, "receivable": False}
    assert stock_of(document)[2] == {"master_sku": "TEE-RED", "warehouse": 1, "on_hand": 8, **closed}
    check_world(document, source="imported")
    build_world(document, source="imported")


def test_empty_locked_and_minimum_keep_what_is_there(tmp_path: Path) -> None:
    """The sheet says nothing about them then, and a lock that falls away unasked would oversell."""
    row = ["TEE-BLUE", "", "A-01", 1, "TRUE", "TRUE", "TRUE", 30, "", ""]

    document, _ = import_stock(WORLD, csv_sheet(tmp_path, [IN_HOUSE, row]), warehouse=1)

    assert (stock_of(document)[0]["locked"], stock_of(document)[0]["minimum"]) == (2, 5)


@SHEETS
def test_external_sheet_is_read_by_its_columns_a_and_c(tmp_path: Path, sheet: Any) -> None:
    """3PL and dropship warehouses: Master SKU in column A, On Hand Stock in column C, the rest is not looked at."""
    rows = [[*EXTERNAL, "Note"], ["TEE-BLUE", "whatever", 15, "x"], ["TEE-RED", None, 0, None]]

    document, report = import_stock(WORLD, sheet(tmp_path, rows), warehouse=7)

    assert report == ImportReport(new=1, updated=1, refused=())
    blue = {"master_sku": "TEE-BLUE", "warehouse": 7, "location": "GLOBAL", "on_hand": 15, "in_transit": 4}
    assert stock_of(document)[1:] == [blue, {"master_sku": "TEE-RED", "warehouse": 7, "on_hand": 0}]


def test_layout_can_be_said(tmp_path: Path) -> None:
    """A 3PL that keeps locations may be given the in-house sheet."""
    row = ["TEE-BLUE", "", "GLOBAL", 1, "TRUE", "TRUE", "TRUE", 3, "", ""]

    document, _ = import_stock(WORLD, csv_sheet(tmp_path, [IN_HOUSE, row]), warehouse=7, layout="in-house")

    assert stock_of(document)[1]["on_hand"] == 3


def test_document_given_is_not_changed(tmp_path: Path) -> None:
    """A new document is returned."""
    before = copy.deepcopy(WORLD)

    import_stock(WORLD, csv_sheet(tmp_path, [IN_HOUSE, FULL_ROW]), warehouse=1)

    assert before == WORLD


@pytest.mark.parametrize("cell", ["12", 12, 12.0, " 12 ", "012"])
def test_whole_number_may_be_text_or_a_whole_float(tmp_path: Path, cell: Any) -> None:
    """Excel keeps 12 as 12.0, and text cells are common."""
    document, report = import_stock(WORLD, xlsx_sheet(tmp_path, [EXTERNAL, ["TEE-RED", "", cell]]), warehouse=7)

    assert report.refused == ()
    assert stock_of(document)[2]["on_hand"] == 12


@pytest.mark.parametrize(
    "cell",
    [
        "1e3",
        "12.5",
        12.5,
        "-1",
        -1,
        "NaN",
        "inf",
        "1,000",
        "1_000",
        "0x10",
        "+5",
        "٣",
        True,
        "twelve",
        10**9 + 1,
        "9" * 400,
    ],
)
def test_anything_else_is_no_count(tmp_path: Path, cell: Any) -> None:
    """Whole, non-negative, at most a thousand million, and written plainly."""
    document, report = import_stock(WORLD, xlsx_sheet(tmp_path, [EXTERNAL, ["TEE-RED", "", cell]]), warehouse=7)

    [refusal] = report.refused
    assert (refusal.row, refusal.column) == (2, "On Hand Stock")
    assert "whole number" in refusal.reason
    assert stock_of(document) == stock_of(WORLD)


@pytest.mark.parametrize(
    ("cell", "expected"), [("TRUE", True), ("true", True), (True, True), ("fAlSe", False), (False, False), ("", False)]
)
def test_truth_is_true_or_false_in_any_case(tmp_path: Path, cell: Any, expected: bool) -> None:
    """TRUE and FALSE as text or as Excel's own; empty means FALSE."""
    row = ["TEE-RED", "", "B-01", 1, "TRUE", cell, "TRUE", 8, "", ""]

    document, _ = import_stock(WORLD, xlsx_sheet(tmp_path, [IN_HOUSE, row]), warehouse=1)

    assert stock_of(document)[2].get("pickable", True) is expected


@pytest.mark.parametrize("cell", ["yes", "1", 1, "T", "WAHR"])
def test_other_words_for_truth_are_refused(tmp_path: Path, cell: Any) -> None:
    """Nothing is guessed."""
    row = ["TEE-RED", "", "B-01", 1, cell, "TRUE", "TRUE", 8, "", ""]

    _, report = import_stock(WORLD, xlsx_sheet(tmp_path, [IN_HOUSE, row]), warehouse=1)

    assert refused(report) == [(2, "Active", str(cell))]


@pytest.mark.parametrize("cell", [True, "A\nB", "A" * 256])
def test_location_is_one_short_line_of_text(tmp_path: Path, cell: Any) -> None:
    """What a world file could not hold is refused here."""
    row = ["TEE-RED", "", cell, 1, "TRUE", "TRUE", "TRUE", 8, "", ""]

    _, report = import_stock(WORLD, xlsx_sheet(tmp_path, [IN_HOUSE, row]), warehouse=1)

    assert [refusal.column for refusal in report.refused] == ["Location"]


def test_required_cells_must_be_filled_and_each_is_told(tmp_path: Path) -> None:
    """Master SKU, Draw Rank and On Hand Stock are required; a row with any fault is not taken."""
    row = ["", "Kiln", "A-01", "", "TRUE", "TRUE", "TRUE", " ", "", ""]

    document, report = import_stock(WORLD, csv_sheet(tmp_path, [IN_HOUSE, row]), warehouse=1)

    assert refused(report) == [(2, "Master SKU", None), (2, "Draw Rank", None), (2, "On Hand Stock", None)]
    assert stock_of(document) == stock_of(WORLD)


def test_unknown_sku_names_the_nearest_and_the_other_rows_are_taken(tmp_path: Path) -> None:
    """One wrong row does not stop the rest."""
    rows = [EXTERNAL, ["TEE-BLEU", "", 1], ["TEE-RED", "", 2]]

    _, report = import_stock(WORLD, csv_sheet(tmp_path, rows), warehouse=7)

    assert (report.new, refused(report)) == (1, [(2, "Master SKU", "TEE-BLEU")])
    assert report.refused[0].nearest == "TEE-BLUE"


@pytest.mark.parametrize("sku", ["tee-blue", " TEE-BLUE", "TEE-BLUE "])
def test_sku_is_compared_exactly(tmp_path: Path, sku: str) -> None:
    """Capital letters and blanks count."""
    _, report = import_stock(WORLD, csv_sheet(tmp_path, [EXTERNAL, [sku, "", 1]]), warehouse=7)

    assert [refusal.nearest for refusal in report.refused] == ["TEE-BLUE"]


@pytest.mark.parametrize("cell", [12345, 12345.0, "12345"])
def test_sku_of_digits_alone_may_be_a_number_cell(tmp_path: Path, cell: Any) -> None:
    """Excel turns such SKUs into numbers."""
    _, report = import_stock(WORLD, xlsx_sheet(tmp_path, [EXTERNAL, [cell, "", 1]]), warehouse=7)

    assert report.new == 1


def test_variation_parent_takes_no_stock(tmp_path: Path) -> None:
    """A VIRTUAL_PRODUCT has no stock of its own."""
    _, report = import_stock(WORLD, csv_sheet(tmp_path, [EXTERNAL, ["TEE", "", 1]]), warehouse=7)

    assert refused(report) == [(2, "Master SKU", "TEE")]


def test_second_row_for_one_place_is_refused(tmp_path: Path) -> None:
    """Duplicates in the sheet: the first stands, and the refusal says where it is."""
    rows = [IN_HOUSE, FULL_ROW, ["TEE-BLUE", "", "A-02", 1, "", "", "", 1, "", ""], FULL_ROW]

    _, report = import_stock(WORLD, csv_sheet(tmp_path, rows), warehouse=1)

    assert (report.new, report.updated) == (1, 1)
    assert [(refusal.row, refusal.reason) for refusal in report.refused] == [
        (4, "row 2 named this location of this master SKU already")
    ]


def test_external_row_for_several_locations_is_refused(tmp_path: Path) -> None:
    """The external layout names no location, so it cannot choose among two."""
    document = copy.deepcopy(WORLD)
    stock_of(document).append({"master_sku": "TEE-BLUE", "warehouse": 7, "location": "DOCK", "on_hand": 1})

    _, report = import_stock(document, csv_sheet(tmp_path, [EXTERNAL, ["TEE-BLUE", "", 1]]), warehouse=7)

    assert refused(report) == [(2, "Master SKU", "TEE-BLUE")]


def test_cells_to_the_right_of_the_last_column_are_refused(tmp_path: Path) -> None:
    """A shifted row would put a number under the wrong heading."""
    _, report = import_stock(WORLD, csv_sheet(tmp_path, [IN_HOUSE, [*FULL_ROW, "stray"]]), warehouse=1)

    assert refused(report) == [(2, "(none)", "stray")]


def test_blank_rows_are_passed_over_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    """Row numbers are those the spreadsheet shows."""
    rows = [EXTERNAL, [None, None, None], ["NONE", "", 1]]

    _, report = import_stock(WORLD, xlsx_sheet(tmp_path, rows), warehouse=7)

    assert [refusal.row for refusal in report.refused] == [3]


def test_formula_counts_by_the_value_the_workbook_holds(tmp_path: Path) -> None:
    """A formula without a stored value is an empty cell; nothing is computed here."""
    _, report = import_stock(WORLD, xlsx_sheet(tmp_path, [EXTERNAL, ["TEE-RED", "", "=1+1"]]), warehouse=7)

    assert refused(report) == [(2, "On Hand Stock", None)]


def test_file_that_is_no_sheet_is_refused(tmp_path: Path) -> None:
    """The sheet's own error, with the file's name."""
    with pytest.raises(StockSheetError, match=r"none\.csv: No such file"):
        import_stock(WORLD, tmp_path / "none.csv", warehouse=7)


def test_empty_file_is_told_as_such(tmp_path: Path) -> None:
    """No heading, no sheet."""
    with pytest.raises(StockSheetError, match="found: nothing"):
        import_stock(WORLD, csv_sheet(tmp_path, []), warehouse=7)


@pytest.mark.parametrize(
    ("header", "warehouse", "expected"),
    [
        (IN_HOUSE[:-1], 1, "Location Min. Level"),
        ([*IN_HOUSE, "More"], 1, "Location Min. Level"),
        ([IN_HOUSE[1], IN_HOUSE[0], *IN_HOUSE[2:]], 1, "Master SKU, Brand, Location"),
        (EXTERNAL, 1, "Location Min. Level"),
        (IN_HOUSE, 7, "Master SKU, (not read), On Hand Stock"),
        (["Master SKU", "On Hand Stock"], 7, "Master SKU, (not read), On Hand Stock"),
    ],
)
def test_wrong_heading_names_the_columns_expected(
    tmp_path: Path, header: list[str], warehouse: int, expected: str
) -> None:
    """Columns are taken by place, so their headings must be the documented ones."""
    with pytest.raises(StockSheetError) as caught:
        import_stock(WORLD, csv_sheet(tmp_path, [header]), warehouse=warehouse)

    assert expected in str(caught.value)


def test_headings_may_differ_in_case_and_blanks(tmp_path: Path) -> None:
    """Nobody mistakes ``master sku `` for something else."""
    header = [f" {heading.upper()} " for heading in IN_HOUSE]

    assert import_stock(WORLD, csv_sheet(tmp_path, [header, FULL_ROW]), warehouse=1)[1].updated == 1


def test_unknown_warehouse_names_those_there_are(tmp_path: Path) -> None:
    """Warehouses without an id have the one they are assigned."""
    with pytest.raises(StockSheetError, match="no warehouse 2; the world has: 1 East, 7 3PL"):
        import_stock(WORLD, csv_sheet(tmp_path, [EXTERNAL]), warehouse=2)


def exported(document: dict[str, Any], warehouse: int) -> list[list[Any]]:
    """Write a warehouse's stock as the in-house sheet, as the vendor's export would."""
    rows: list[list[Any]] = [IN_HOUSE]
    for row in stock_of(document):
        if row["warehouse"] == warehouse:
            flags = ["TRUE" if row.get(key, True) else "FALSE" for key in ("active", "pickable", "receivable")]
            levels = [row["on_hand"], row.get("locked", 0), row.get("minimum", 0)]
            rows.append([row["master_sku"], "", row.get("location", ""), row.get("draw_rank", 1), *flags, *levels])
    return rows


@SHEETS
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(listings=st.integers(1, 120), seed=st.integers(0, 2**32))
def test_importing_what_was_exported_changes_nothing(tmp_path: Path, sheet: Any, listings: int, seed: int) -> None:
    """A sheet that says what the world says leaves the world as it is, to the key."""
    document = generate_document(listings, seed)
    rows = exported(document, 1)

    imported, report = import_stock(document, sheet(tmp_path, rows), warehouse=1, layout="in-house")

    assert imported == document
    assert report == ImportReport(new=0, updated=len(rows) - 1, refused=())


@SHEETS
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(listings=st.integers(1, 120), seed=st.integers(0, 2**32))
def test_sheet_restores_what_was_lost(tmp_path: Path, sheet: Any, listings: int, seed: int) -> None:
    """Exported, emptied and imported again, a warehouse has the same rows (but for units on their way)."""
    document = generate_document(listings, seed)
    rows = exported(document, 1)
    before = [{**row, "in_transit": 0} for row in stock_of(document) if row["warehouse"] == 1]
    others = [row for row in stock_of(document) if row["warehouse"] != 1]
    emptied = {**document, "order_manager": {**document["order_manager"], "stock": others}}

    imported, report = import_stock(emptied, sheet(tmp_path, rows), warehouse=1, layout="in-house")

    restored = [{"locked": 0, "minimum": 0, **row, "in_transit": 0} for row in stock_of(imported)[len(others) :]]
    assert restored == [{"locked": 0, "minimum": 0, **row} for row in before]
    assert report.new == len(before)
    check_world(imported, source="imported")
