"""Excel files as people send them, by openpyxl's read-only parser, within bounds (R30).

A file is looked at before it is opened: what it unpacks to, what it declares, whether it is one at all. What is hidden
is named and not read; cells under merged ones, broken formulas and such as nobody computed are marked.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from openpyxl import load_workbook
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser
from openpyxl.worksheet.cell_range import CellRange

from permanence.domain.reference.tables import (
    Cell,
    Mark,
    MarkKind,
    RawRow,
    RawSheet,
    UnreadableCode,
    UnreadableFile,
)

MOST_UNPACKED = 256 * 2**20  # bytes of all parts: 50,000 rows of twenty columns are some 60 MB
MOST_TEXTS = 64 * 2**20  # of the shared texts, which are held at once
MOST_SWOLLEN = 200  # times: rows of a thousand alike reach fifty
_SMALL_PART = 2**20
MOST_PARTS, MOST_SHEETS, MOST_ROWS, MOST_COLUMNS = 2_000, 30, 60_000, 100
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode(
    "utf-16-le"
)  # a stream of every Office file with a password ([MS-OFFCRYPTO] 2.3)
_FLAGGED_ENCRYPTED = 0x1


def read_excel(data: bytes, tell: Callable[[int], None] = lambda _: None) -> tuple[RawSheet, ...]:
    """Every sheet; `tell` hears how many rows have been read, every thousand. Raises UnreadableFile."""
    if data.startswith(_COMPOUND):
        raise UnreadableFile(UnreadableCode.ENCRYPTED if _ENCRYPTED in data else UnreadableCode.OLD_EXCEL)
    try:
        with ZipFile(BytesIO(data)) as archive:
            _look_at(archive)
        with warnings.catch_warnings():
            # What openpyxl will not carry over (extensions, conditional formats) is nothing that anybody reads here.
            warnings.simplefilter("ignore")
            return tuple(_sheets(data, tell))
    except (
        BadZipFile,
        ParseError,
        KeyError,
        ValueError,
        IndexError,
        TypeError,
        AttributeError,
        EOFError,
        OSError,
    ) as error:
        raise UnreadableFile(UnreadableCode.BROKEN) from error


def _look_at(archive: ZipFile) -> None:
    """Before anything is unpacked. zipfile never yields more of a part than it declares."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names:
        raise UnreadableFile(UnreadableCode.NOT_A_TABLE)
    if any(name.endswith("workbook.bin") for name in names):
        raise UnreadableFile(UnreadableCode.OLD_EXCEL)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise UnreadableFile(UnreadableCode.SWOLLEN)
    for part in parts:
        _look_at_part(archive, part)


def _look_at_part(archive: ZipFile, part: ZipInfo) -> None:
    if part.flag_bits & _FLAGGED_ENCRYPTED:
        raise UnreadableFile(UnreadableCode.ENCRYPTED)
    swollen = part.file_size > _SMALL_PART and part.file_size > MOST_SWOLLEN * max(1, part.compress_size)
    if swollen or (part.filename.endswith("sharedStrings.xml") and part.file_size > MOST_TEXTS):
        raise UnreadableFile(UnreadableCode.SWOLLEN)
    if part.filename.endswith((".xml", ".rels", ".vml")) and _declares_a_type(archive, part):
        raise UnreadableFile(UnreadableCode.BROKEN)


class _Declared(Exception):
    """The part declares a document type: entities, which no program for tables writes."""


class _Begun(Exception):
    """Its first element begins: nothing can be declared any more."""


def _declares_a_type(archive: ZipFile, part: ZipInfo) -> bool:
    def declared(*_: object) -> None:
        raise _Declared

    def begun(*_: object) -> None:
        raise _Begun

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler, parser.StartElementHandler = declared, begun
    try:
        with archive.open(part) as content:
            while piece := content.read(4_096):
                parser.Parse(piece)
    except _Declared:
        return True
    except (_Begun, expat.ExpatError):  # what is no XML at all is for openpyxl to refuse
        return False
    return False


def _sheets(data: bytes, tell: Callable[[int], None]) -> Iterator[RawSheet]:
    book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        sheets = book.worksheets
        if not sheets:
            raise UnreadableFile(UnreadableCode.EMPTY)
        if len(sheets) > MOST_SHEETS:
            raise UnreadableFile(UnreadableCode.TOO_MANY_SHEETS, count=str(len(sheets)), limit=str(MOST_SHEETS))
        before = 0
        for sheet in sheets:
            if sheet.sheet_state != "visible":
                yield RawSheet(sheet.title, (), is_hidden=True)
                continue
            rows = _rows(sheet, before, tell)
            before += len(rows)
            yield RawSheet(sheet.title, rows)
    finally:
        book.close()


class _Parser(WorkSheetParser):
    """openpyxl's own parser, that also tells of a formula without a value; its merged cells come after the rows."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            cell["value"] = Mark(MarkKind.FORMULA, None)
        return cell


def _rows(sheet: Any, before: int, tell: Callable[[int], None]) -> tuple[RawRow, ...]:
    """Its rows as openpyxl's read-only sheet would yield them, with the marks; `sheet` is one of those."""
    book = sheet.parent
    rows: list[RawRow] = []
    last = 0
    with sheet._get_source() as source:
        parser = _Parser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for line, parsed in parser.parse():
            if line <= last:
                raise UnreadableFile(UnreadableCode.BROKEN)
            last = line
            cells = _cells(parsed, sheet.title, line)
            if all(cell is None for cell in cells):
                continue
            if len(rows) >= MOST_ROWS:
                raise UnreadableFile(UnreadableCode.TOO_MANY_ROWS, sheet=sheet.title, limit=str(MOST_ROWS))
            if len(rows) % 1_000 == 0:
                tell(before + len(rows))
            rows.append(RawRow(line, tuple(cells)))
    if parser.merged_cells is not None:
        _mark_covered(rows, parser.merged_cells.mergeCell)
    return tuple(rows)


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
