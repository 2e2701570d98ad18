"""Lists as Excel files: real dates, frozen headers, and no cell that Excel could take for a formula."""

from datetime import datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from permanence.application.list_exports import Cell, CellKind, Column, Sheet
from permanence.domain.instants import to_paris

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMATS = {
    CellKind.TEXT: "@",
    CellKind.INSTANT: "dd/mm/yyyy hh:mm:ss",
    CellKind.DURATION: "[h]:mm:ss",
    CellKind.COUNT: "0",
    CellKind.POINTS: "0.00",
    CellKind.SECONDS: "0.000",
}
_LONGEST_TEXT = 32_767
_HEADER_FONT = Font(bold=True, color="FFFFFF")
_HEADER_FILL = PatternFill("solid", fgColor="0A5A5C")


def write_list(*sheets: Sheet) -> bytes:
    """A workbook of one sheet each, row by row."""
    workbook = Workbook(write_only=True)
    for sheet in sheets:
        _write_sheet(workbook.create_sheet(_sheet_name(sheet.name)), sheet)
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()


def _write_sheet(page: Any, sheet: Sheet) -> None:
    # `page` is a write-only sheet, of which the published types know too little.
    page.freeze_panes = "A2"
    for index, column in enumerate(sheet.columns, start=1):
        page.column_dimensions[get_column_letter(index)].width = column.width
    page.append([_header(page, column) for column in sheet.columns])
    count = 1
    for row in sheet.rows:
        page.append([_cell(page, value, column) for value, column in zip(row, sheet.columns, strict=True)])
        count += 1
    page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{count}"
    page.print_title_rows = "1:1"
    page.page_setup.orientation = "landscape"
    page.oddFooter.center.text = "Document nominatif : ne pas diffuser, détruire après usage"


def _header(page: WriteOnlyWorksheet, column: Column) -> ExcelCell:
    cell = WriteOnlyCell(page, value=column.header)
    cell.font, cell.fill = _HEADER_FONT, _HEADER_FILL
    return cell


def _cell(page: WriteOnlyWorksheet, value: Cell, column: Column) -> ExcelCell:
    cell = WriteOnlyCell(page)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST_TEXT]
        # What someone typed stays text, also after the reader has edited the cell.
        cell.data_type = "s"
        cell.quotePrefix = True
    elif isinstance(value, datetime):
        cell.value = to_paris(value).replace(tzinfo=None)
    elif value is not None:
        cell.value = value
    cell.number_format = _FORMATS[column.kind]
    cell.alignment = Alignment(vertical="top", wrap_text=column.kind is CellKind.TEXT and column.width > 30)
    return cell


def _sheet_name(name: str) -> str:
    """Excel refuses some characters and more than 31 of them."""
    return "".join("-" if character in r"[]:*?/\\" else character for character in name)[:31]
