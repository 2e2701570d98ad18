"""Excel files as people send them, by openpyxl's parsers, within bounds (R30).

What is hidden is named and not read; cells under merged ones, broken formulas and such as nobody computed are marked.
"""

import struct
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError, iterparse
from zipfile import BadZipFile, ZipFile

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import FORMULA_TAG, MERGE_TAG, ROW_TAG, WorkSheetParser
from openpyxl.worksheet.cell_range import CellRange

from permanence.adapters.excel.bounds import look_at
from permanence.domain.reference.tables import (
    Cell,
    Mark,
    MarkKind,
    RawRow,
    RawSheet,
    UnreadableCode,
    UnreadableFile,
)

MOST_SHEETS, MOST_ROWS, MOST_COLUMNS = 30, 60_000, 100
MOST_HELD = 200_000  # elements of one row, or of what stands around the rows; Excel's widest row has 16,384 cells
MOST_MERGED = 100_000
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The name of a stream that every Office file with a password has ([MS-OFFCRYPTO] 2.3).
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MERGED_CELL_TAG = MERGE_TAG.removesuffix("s")
_BROKEN = (
    BadZipFile,
    InvalidFileException,
    ParseError,
    zlib.error,
    struct.error,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What zipfile and openpyxl raise on a file that is damaged: they have no word of their own for it."""


def read_excel(data: bytes, tell: Callable[[int], None] = lambda _: None) -> tuple[RawSheet, ...]:
    """Every sheet; `tell` hears how many rows have been read, every thousand. Raises UnreadableFile."""
    if data.startswith(_COMPOUND):
        raise UnreadableFile(UnreadableCode.ENCRYPTED if _ENCRYPTED in data else UnreadableCode.OLD_EXCEL)
    try:
        with ZipFile(BytesIO(data)) as archive:
            look_at(archive)
        with warnings.catch_warnings():
            # What openpyxl will not carry over (extensions, conditional formats) is nothing that anybody reads here.
            warnings.simplefilter("ignore")
            return tuple(_sheets(data, tell))
    except _BROKEN as error:
        raise UnreadableFile(UnreadableCode.BROKEN) from error


def _sheets(data: bytes, tell: Callable[[int], None]) -> Iterator[RawSheet]:
    """By the steps of openpyxl's `load_workbook` but the sheets: it would look for the size of each one first."""
    book = ExcelReader(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    with book.archive:
        book.read_manifest()
        book.read_strings()
        book.read_workbook()
        apply_stylesheet(book.archive, book.wb)
        known = [(sheet, part) for sheet, part in book.parser.find_sheets() if part.Type.endswith("/worksheet")]
        if not known:
            raise UnreadableFile(UnreadableCode.EMPTY)
        if len(known) > MOST_SHEETS:
            raise UnreadableFile(UnreadableCode.TOO_MANY_SHEETS, count=str(len(known)), limit=str(MOST_SHEETS))
        before = 0
        for sheet, part in known:
            if sheet.state != "visible":
                yield RawSheet(sheet.name, (), is_hidden=True)
                continue
            with book.archive.open(part.target) as source:
                rows = _Rows(book, sheet.name, before, tell).read(source)
            before += len(rows)
            yield RawSheet(sheet.name, rows)


class _Parser(WorkSheetParser):
    """openpyxl's own parser of rows, that also tells of a formula without a value."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            cell["value"] = Mark(MarkKind.FORMULA, None)
        return cell


class _Rows:
    """The rows of one sheet as openpyxl's read-only sheet would yield them, with the marks."""

    def __init__(self, book: Any, title: str, before: int, tell: Callable[[int], None]) -> None:
        self._title, self._before, self._tell = title, before, tell
        self._parser = _Parser(
            b"",
            book.shared_strings,
            data_only=True,
            epoch=book.wb.epoch,
            date_formats=book.wb._date_formats,
            timedelta_formats=book.wb._timedelta_formats,
        )
        self._rows: list[RawRow] = []
        self._last = 0

    def read(self, source: IO[bytes]) -> tuple[RawRow, ...]:
        merged: list[CellRange] = []
        element: Any
        for element in _parts_of(source):
            if element.tag == ROW_TAG:
                self._add(*self._parser.parse_row(element))
            elif element.tag == _MERGED_CELL_TAG:
                merged.append(CellRange(element.get("ref")))
                if len(merged) > MOST_MERGED:
                    raise UnreadableFile(UnreadableCode.SWOLLEN)
        _mark_covered(self._rows, merged)
        return tuple(self._rows)

    def _add(self, line: int, parsed: Sequence[dict[str, Any]]) -> None:
        if line <= self._last:
            raise UnreadableFile(UnreadableCode.BROKEN)
        self._last = line
        cells = _cells(parsed, self._title, line)
        if all(cell is None for cell in cells):
            return
        if len(self._rows) >= MOST_ROWS:
            raise UnreadableFile(UnreadableCode.TOO_MANY_ROWS, sheet=self._title, limit=str(MOST_ROWS))
        if len(self._rows) % 1_000 == 0:
            self._tell(self._before + len(self._rows))
        self._rows.append(RawRow(line, tuple(cells)))


def _parts_of(source: IO[bytes]) -> Iterator[Element]:
    """What stands directly in the parts of a sheet (rows, merged cells), each forgotten before the next one."""
    around: list[Element] = []
    held = 0
    for event, element in iterparse(source, ("start", "end")):  # noqa: S314 - entities were refused before
        if event == "start":
            around.append(element)
            held += 1
            if held > MOST_HELD:
                raise UnreadableFile(UnreadableCode.SWOLLEN)
            continue
        around.pop()
        if len(around) == 2:
            yield element
        if 1 <= len(around) <= 2:
            around[-1].clear()
            held = 0


def _cells(parsed: Sequence[dict[str, Any]], title: str, line: int) -> list[Cell]:
    """The cells of a row at their places."""
    cells: list[Cell] = []
    for cell in parsed:
        column = cell["column"]
        if column > MOST_COLUMNS:
            if cell["value"] is None:
                continue
            raise UnreadableFile(UnreadableCode.TOO_MANY_COLUMNS, sheet=title, line=str(line), limit=str(MOST_COLUMNS))
        if column > len(cells) + 1:
            cells.extend([None] * (column - len(cells) - 1))
        cells.append(_cell(cell))
    return cells


def _cell(cell: dict[str, Any]) -> Cell:
    value: Any = cell["value"]
    if cell["data_type"] == "e" and isinstance(value, str):
        return Mark(MarkKind.ERROR, value)
    if isinstance(value, str) and "_x000D_" in value:
        return value.replace("_x000D_", "")  # the carriage return before a line break, as Excel escapes it
    known: Cell = value
    return known


def _mark_covered(rows: list[RawRow], merged: Sequence[CellRange]) -> None:
    """Gives each cell that lies under merged ones what is seen there."""
    at = {row.line: index for index, row in enumerate(rows)}
    left = len(rows) * MOST_COLUMNS
    for area in merged:
        first = at.get(area.min_row)
        seen = _seen(rows[first], area.min_col - 1) if first is not None else None
        right = min(area.max_col, MOST_COLUMNS)
        for line in range(area.min_row, min(area.max_row, rows[-1].line if rows else 0) + 1):
            left -= right - area.min_col + 1
            if left < 0:
                raise UnreadableFile(UnreadableCode.BROKEN)  # areas that overlap, again and again
            if line not in at:
                continue
            row = rows[at[line]]
            cells = [*row.cells, *[None] * (right - len(row.cells))]
            for column in range(area.min_col - 1, right):
                if (line, column) != (area.min_row, area.min_col - 1):
                    cells[column] = Mark(MarkKind.COVERED, seen)
            rows[at[line]] = RawRow(line, tuple(cells))


def _seen(row: RawRow, index: int) -> Any:
    cell = row.cells[index] if index < len(row.cells) else None
    return cell.value if isinstance(cell, Mark) else cell
