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
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties

from permanence.application.french import NBSP
from permanence.application.list_exports import Cell, CellKind, Column, Sheet
from permanence.domain.instants import to_paris

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMATS = {
    CellKind.TEXT: "@",
    CellKind.FIGURE: "@",
    CellKind.INSTANT: "dd/mm/yyyy hh:mm:ss",
    CellKind.MINUTE: "dd/mm/yyyy hh:mm",
    CellKind.DURATION: "[h]:mm:ss",
    CellKind.COUNT: "#,##0",
    CellKind.POINTS: "0.00",
    CellKind.SECONDS: "0.000",
}
_ON_THE_LEFT = frozenset({CellKind.TEXT, CellKind.INSTANT, CellKind.MINUTE})
_WRAPPED_FROM = 20
_A4 = 9
_LONGEST_TEXT = 32_767
_HEADER_FONT = Font(bold=True, color="FFFFFF")
_HEADER_FILL = PatternFill("solid", fgColor="0A5A5C")


def write_list(*sheets: Sheet) -> bytes:
    """A workbook of one sheet each, row by row."""
    workbook = Workbook(write_only=True)
    workbook.properties.creator, workbook.properties.language = "Permanence", "fr-FR"
    workbook.properties.title = sheets[0].name
    for sheet in sheets:
        _write_sheet(workbook.create_sheet(_sheet_name(sheet.name)), sheet)
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()


def _write_sheet(page: Any, sheet: Sheet) -> None:
    # `page` is a write-only sheet, of which the published types know too little.
    # What stands at the head of the file is written with the first row.
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
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
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", _A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.oddFooter.left.text = "&A"
    if sheet.names_people:
        page.oddFooter.center.text = f"Document nominatif{NBSP}: ne pas diffuser, détruire après usage"
    page.oddFooter.right.text = "&P / &N"


def _header(page: WriteOnlyWorksheet, column: Column) -> ExcelCell:
    cell = WriteOnlyCell(page, value=column.header)
    cell.font, cell.fill = _HEADER_FONT, _HEADER_FILL
    cell.alignment = Alignment(horizontal=_side(column), vertical="center", wrap_text=True)
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
    is_wrapped = column.kind is CellKind.TEXT and column.width > _WRAPPED_FROM
    cell.alignment = Alignment(horizontal=_side(column), vertical="top", wrap_text=is_wrapped)
    return cell


def _side(column: Column) -> str:
    return "left" if column.kind in _ON_THE_LEFT else "right"


def _sheet_name(name: str) -> str:
    """Excel refuses some characters and more than 31 of them."""
    return "".join("-" if character in r"[]:*?/\\" else character for character in name)[:31]
