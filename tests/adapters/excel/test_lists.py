"""What a workbook of ours is to Excel and LibreOffice: numbers, rows that do not overlap, a file that opens."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.worksheet.worksheet import Worksheet

from permanence.adapters.excel.lists import write_list
from permanence.application.timeline.sheets import Cell, CellKind, Column, OwnKind, Sheet

AT = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


def page_of(*rows: tuple[Cell, ...], kinds: tuple[CellKind, ...] = (CellKind.TEXT,), width: int = 30) -> Worksheet:
    """The sheet of some rows, as a reader of Excel files finds it."""
    columns = tuple(Column(f"Colonne {n}", kind, width) for n, kind in enumerate(kinds))
    (page,) = load_workbook(BytesIO(write_list(Sheet("Liste", columns, rows), written_at=AT))).worksheets
    return page


def cell_of(value: Cell, kind: CellKind) -> ExcelCell:
    cell = page_of((value,), kinds=(kind,))["A2"]
    assert isinstance(cell, ExcelCell)
    return cell


def test_a_percentage_is_a_number_that_excel_shows_as_one() -> None:
    cell = cell_of(OwnKind(CellKind.PERCENT, Decimal("73.66")), CellKind.FIGURE)
    assert (cell.data_type, cell.value, cell.number_format) == ("n", 0.7366, "0.00\u00a0%")


def test_a_target_is_a_number_to_be_exceeded() -> None:
    cell = cell_of(85, CellKind.TARGET)
    assert (cell.value, cell.number_format) == (0.85, '"> "0\u00a0%')


def test_a_gap_shows_its_sign() -> None:
    cell = cell_of(Decimal("-11.34"), CellKind.POINTS)
    assert (cell.value, cell.number_format) == (-11.34, "+0.00;-0.00;0.00")


def test_one_column_holds_rates_counts_and_durations_each_as_what_it_is() -> None:
    figures = (
        OwnKind(CellKind.PERCENT, Decimal("84.00")),
        OwnKind(CellKind.COUNT, 2704),
        OwnKind(CellKind.DURATION, timedelta(seconds=12)),
        OwnKind(CellKind.TEXT, "sans objet"),
    )
    page = page_of(*((figure,) for figure in figures), kinds=(CellKind.FIGURE,))
    formats = [row[0].number_format for row in page.iter_rows(min_row=2)]
    assert formats == ["0.00\u00a0%", "#,##0", "[h]:mm:ss", "@"]


def test_an_instant_is_a_date_on_the_clocks_of_paris() -> None:
    cell = cell_of(datetime(2026, 11, 21, 22, 12, 30, tzinfo=UTC), CellKind.INSTANT)
    assert str(cell.value) == "2026-11-21 23:12:30"


def test_a_row_is_as_tall_as_the_text_that_wraps_in_it() -> None:
    page = page_of(("court",), ("un texte bien plus long que la colonne " * 3,), ("deux\nlignes",))
    heights = [page.row_dimensions[n].height for n in (2, 3, 4)]
    assert heights == [None, 60, 30]


def test_the_same_list_gives_the_same_bytes() -> None:
    sheet = Sheet("Liste", (Column("A", CellKind.TEXT, 30),), (("a",),))
    assert write_list(sheet, written_at=AT) == write_list(sheet, written_at=AT)


@given(st.text(st.characters(codec=None), max_size=40))
def test_no_text_makes_a_file_unreadable(text: str) -> None:
    page = page_of((text,), ("la suite",))
    assert page["A3"].value == "la suite"


def test_the_name_of_the_landlord_is_not_split_where_a_text_wraps() -> None:
    assert page_of(("Renvoyé vers Habitat 70",), width=30)["A2"].value == "Renvoyé vers Habitat\u00a070"


def test_a_text_does_not_touch_the_number_before_it() -> None:
    page = page_of((1, "oui"), kinds=(CellKind.COUNT, CellKind.TEXT))
    assert (page["A2"].alignment.indent, page["B1"].alignment.indent, page["B2"].alignment.indent) == (0, 1, 1)
