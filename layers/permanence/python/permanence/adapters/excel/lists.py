"""Lists as Excel files: real dates and numbers, frozen headers, and no cell that Excel could take for a formula."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO
from textwrap import wrap
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from permanence.application.timeline.french import NBSP, unsplit
from permanence.application.timeline.sheets import Cell, CellKind, Column, OwnKind, Plain, Sheet
from permanence.domain.instants import to_paris
from permanence.domain.writable_text import writable

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMATS = {
    CellKind.TEXT: "@",
    CellKind.FIGURE: "@",
    CellKind.INSTANT: "dd/mm/yyyy hh:mm:ss",
    CellKind.MINUTE: "dd/mm/yyyy hh:mm",
    CellKind.DURATION: "[h]:mm:ss",
    CellKind.COUNT: "#,##0",
    CellKind.PERCENT: f"0.00{NBSP}%",
    CellKind.TARGET: f'"> "0{NBSP}%',
    CellKind.POINTS: "+0.00;-0.00;0.00",
    CellKind.SECONDS: "0.000",
}
_OF_A_HUNDRED = frozenset({CellKind.PERCENT, CellKind.TARGET})
_ON_THE_LEFT = frozenset({CellKind.TEXT, CellKind.INSTANT, CellKind.MINUTE})
_WRAPPED_FROM = 20
_A4 = 9
_LINE_POINTS = 15
_TALLEST_POINTS = 409
_LONGEST_TEXT = 32_767
_EXCEL_BEGINS = datetime(1899, 12, 30)  # noqa: DTZ001 - days are counted on the clock of the reader
_A_DAY = timedelta(days=1)


def write_list(*sheets: Sheet, written_at: datetime) -> bytes:
    """A workbook of one sheet each, row by row; `written_at` (UTC) dates it. The same sheets give the same bytes."""
    file = BytesIO()
    with Workbook(file, {"constant_memory": True}) as workbook:
        workbook.set_properties({"author": "Permanence", "title": sheets[0].name, "created": written_at})
        for sheet in sheets:
            _write_sheet(workbook, workbook.add_worksheet(sheet_name(sheet.name)), sheet)
    return file.getvalue()


def _write_sheet(workbook: Workbook, page: Worksheet, sheet: Sheet) -> None:
    last = len(sheet.columns) - 1
    for index, column in enumerate(sheet.columns):
        page.set_column(index, index, column.width)
    _lay_out(page, sheet)
    _write_header(workbook, page, sheet.columns)
    writers = [_Writer(workbook, page, index, column) for index, column in enumerate(sheet.columns)]
    wrapped = [(index, column.width) for index, column in enumerate(sheet.columns) if _is_wrapped(column)]
    count = 0
    for count, row in enumerate(sheet.rows, start=1):
        lines = max((_lines(row[index], width) for index, width in wrapped), default=1)
        if lines > 1:
            # Nobody measures the rows of a file that comes from elsewhere: unsaid, LibreOffice lets them overlap.
            page.set_row(count, min(lines * _LINE_POINTS, _TALLEST_POINTS))
        for writer, value in zip(writers, row, strict=True):
            writer.write(count, value)
    page.autofilter(0, 0, count, last)


def _lay_out(page: Worksheet, sheet: Sheet) -> None:
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    warning = f"Document nominatif{NBSP}: ne pas diffuser, détruire après usage" if sheet.names_people else ""
    page.set_footer(f"&L&A&C{warning}&R&P / &N")


def _write_header(workbook: Workbook, page: Worksheet, columns: Sequence[Column]) -> None:
    lines = max(_lines(column.header, column.width) for column in columns)
    page.set_row(0, lines * _LINE_POINTS)
    colours = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#0A5A5C"}
    for index, column in enumerate(columns):
        laid = {**_side(column), "valign": "vcenter", "text_wrap": True}
        page.write_string(0, index, column.header, workbook.add_format({**colours, **laid}))


class _Writer:
    """Writes the cells of one column. A format is made once for each kind: it is most of what a cell would cost."""

    def __init__(self, workbook: Workbook, page: Worksheet, index: int, column: Column) -> None:
        self._workbook, self._page, self._index, self._kind = workbook, page, index, column.kind
        self._is_wrapped = _is_wrapped(column)
        self._laid = {**_side(column), "valign": "top", "text_wrap": self._is_wrapped}
        # What someone typed stays text, also after the reader has edited the cell.
        self._text = workbook.add_format({**self._laid, "num_format": "@", "quote_prefix": True})
        self._formats: dict[CellKind, Format] = {}

    def write(self, row: int, value: Cell) -> None:
        if isinstance(value, OwnKind):
            self._write(row, value.value, value.kind)
        else:
            self._write(row, value, self._kind)

    def _write(self, row: int, value: Plain, kind: CellKind) -> None:
        match value:
            case None | "":
                return
            case str():
                text = writable(unsplit(value) if self._is_wrapped else value)[:_LONGEST_TEXT]
                self._page.write_string(row, self._index, text, self._text)
                return
            case datetime():
                number = (to_paris(value).replace(tzinfo=None) - _EXCEL_BEGINS) / _A_DAY
            case timedelta():
                number = value / _A_DAY
            case _:
                number = float(value / 100 if kind in _OF_A_HUNDRED else value)
        self._page.write_number(row, self._index, number, self._format(kind))

    def _format(self, kind: CellKind) -> Format:
        if kind not in self._formats:
            self._formats[kind] = self._workbook.add_format({**self._laid, "num_format": _FORMATS[kind]})
        return self._formats[kind]


def _side(column: Column) -> dict[str, Any]:
    """A text stands off the number before it."""
    return {"align": "left", "indent": 1} if column.kind in _ON_THE_LEFT else {"align": "right"}


def _is_wrapped(column: Column) -> bool:
    return column.kind is CellKind.TEXT and column.width > _WRAPPED_FROM


def _lines(value: object, width: int) -> int:
    """How many lines of so many characters a text takes at most."""
    if not isinstance(value, str) or (len(value) < width and "\n" not in value):
        return 1
    return sum(max(1, len(wrap(line, width - 1))) for line in value.splitlines())


def sheet_name(name: str) -> str:
    """Excel refuses some characters and more than 31 of them."""
    return "".join("-" if character in r"[]:*?/\\" else character for character in name)[:31]
