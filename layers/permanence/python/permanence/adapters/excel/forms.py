"""Files of rows on their way out: a template to fill, what is in force, and the sender's own file with what was mended.

All three are read back by `reading.read_excel` and the same form; what a person typed stays text, and nothing is ever a
formula.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from permanence.adapters.excel.lists import sheet_name
from permanence.domain.reference.table_forms import HELP_SHEET, Column, FileForm, SheetForm
from permanence.domain.reference.table_reading import SheetRead
from permanence.domain.reference.tables import (
    Cell,
    Correction,
    Mark,
    Misread,
    Mistake,
    RawSheet,
    by_place,
    changed_row,
    index_of,
    letter_of,
    spelled,
)
from permanence.domain.writable_text import writable

_NARROWEST, _WIDEST = 10, 48
_LAST_ROW = 60_000
_HEADER = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#0A5A5C", "valign": "vcenter", "text_wrap": True}
_EXAMPLE = {"italic": True, "font_color": "#465550"}
_MENDED = {"bg_color": "#FFF3C4"}
_TO_MEND = {"bg_color": "#FFD9D6"}
_HELP = (
    ("Onglet", 24),
    ("Colonne", 24),
    ("À remplir", 14),
    ("Ce qu’on y met", 60),
    ("Exemple", 28),
    ("Aussi reconnue sous", 44),
)


def write_template(form: FileForm[Any], written_at: datetime) -> bytes:
    """An empty file to fill: each sheet with its headers and one row that shows how, and a page that explains them."""
    rows = {sheet.key: [[_example(column) for column in sheet.columns]] for sheet in form.sheets}
    return _write(form, rows, written_at, _EXAMPLE)


def write_body(form: FileForm[Any], body: Any, written_at: datetime) -> bytes:
    """What is in force, in the form in which it is sent."""
    return _write(form, form.rows_of(body), written_at, {})


def write_corrected(
    form: FileForm[Any],
    sheets: Iterable[RawSheet],
    read: Iterable[SheetRead],
    corrections: Iterable[Correction],
    mistakes: Iterable[tuple[Mistake, str]],
    written_at: datetime,
) -> bytes:
    """The sender's own rows at their own lines, with what was mended in them; a line that was left out is blank.

    Each cell that was mended is marked, with a note of what it said; each of the `mistakes` too, with its sentence.
    Sheets that were hidden were not read, and are not given back.
    """
    columns = _columns_read(form, read)
    changes = by_place(corrections)
    noted: dict[str, dict[tuple[int, int], str]] = {}
    for mistake, sentence in mistakes:
        if mistake.line:
            place = (mistake.line, index_of(mistake.column) if mistake.column else 0)
            noted.setdefault(mistake.sheet, {})[place] = sentence
    file = BytesIO()
    with _workbook(file, form.title, written_at) as book:
        cells = _Cells(book)
        for sheet in sheets:
            if not sheet.is_hidden:
                page = book.add_worksheet(sheet_name(sheet.title))
                own = changes.get(sheet.title, {})
                _write_corrected(page, cells, sheet, columns.get(sheet.title, {}), own, noted.get(sheet.title, {}))
    return file.getvalue()


def _write(
    form: FileForm[Any], rows: Mapping[str, Iterable[Sequence[Cell]]], written_at: datetime, style: Mapping[str, Any]
) -> bytes:
    file = BytesIO()
    with _workbook(file, form.title, written_at) as book:
        cells = _Cells(book)
        choices = _Choices(form)
        for sheet in form.sheets:
            page = book.add_worksheet(sheet_name(sheet.title))
            _lay_out(page, cells, sheet, choices)
            for line, row in enumerate(rows[sheet.key], start=1):
                for index, cell in enumerate(row):
                    cells.write(page, line, index, cell, style)
        _write_help(book.add_worksheet(HELP_SHEET), cells, form, choices)
    return file.getvalue()


def _workbook(file: BytesIO, title: str, written_at: datetime) -> Workbook:
    book = Workbook(file, {"constant_memory": True})
    book.set_properties({"author": "Permanence", "title": title, "created": written_at})
    return book


def _lay_out(page: Worksheet, cells: "_Cells", sheet: SheetForm, choices: "_Choices") -> None:
    for index, column in enumerate(sheet.columns):
        width = min(max(_NARROWEST, len(column.title) + 2, len(column.example) + 2), _WIDEST)
        page.set_column(index, index, width, cells.of_value(_example(column)))
        if source := choices.source(sheet, column):
            validation = {"validate": "list", "source": source, "error_type": "warning", "ignore_blank": True}
            page.data_validation(1, index, _LAST_ROW, index, validation)
    page.freeze_panes(1, 0)
    page.set_row(0, 30)
    for index, column in enumerate(sheet.columns):
        page.write_string(0, index, column.title, cells.styled(_HEADER))


def _write_help(page: Worksheet, cells: "_Cells", form: FileForm[Any], choices: "_Choices") -> None:
    """What each column takes; to its right the values among which some choose."""
    header = [title for title, _ in _HELP] + choices.titles
    rows = [
        [
            sheet.title,
            column.title,
            "obligatoire" if column.required else "facultatif",
            column.help,
            column.example,
            ", ".join(column.synonyms),
        ]
        for sheet in form.sheets
        for column in sheet.columns
    ]
    for index in range(len(header)):
        page.set_column(index, index, _HELP[index][1] if index < len(_HELP) else 30)
    for index, title in enumerate(header):
        page.write_string(0, index, title, cells.styled(_HEADER))
    wrapped = cells.styled({"text_wrap": True, "valign": "top", "num_format": "@"})
    for line in range(max(len(rows), choices.most)):
        told = rows[line] if line < len(rows) else [""] * len(_HELP)
        for index, text in enumerate((*told, *choices.at(line))):
            if text:
                page.write_string(line + 1, index, text, wrapped)
    page.freeze_panes(1, 0)


class _Choices:
    """The lists of values that columns choose from, each in a column of the help page."""

    def __init__(self, form: FileForm[Any]) -> None:
        self._lists = {
            (sheet.key, column.field): column.kind.choices
            for sheet in form.sheets
            for column in sheet.columns
            if column.kind.choices
        }
        self.titles = [
            f"{sheet.title} : {column.title}"
            for sheet in form.sheets
            for column in sheet.columns
            if column.kind.choices
        ]
        self.most = max(map(len, self._lists.values()), default=0)

    def source(self, sheet: SheetForm, column: Column) -> str:
        """Where Excel finds the list of a column; empty when it has none."""
        place = (sheet.key, column.field)
        if place not in self._lists:
            return ""
        letter = xl_col_to_name(len(_HELP) + list(self._lists).index(place))
        return f"={HELP_SHEET}!${letter}$2:${letter}${len(self._lists[place]) + 1}"

    def at(self, line: int) -> list[str]:
        return [choices[line] if line < len(choices) else "" for choices in self._lists.values()]


class _Cells:
    """Writes cells by what they hold. A format is made once: it is most of what a cell would cost."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def styled(self, style: Mapping[str, Any]) -> Format:
        key = tuple(style.items())
        if key not in self._formats:
            self._formats[key] = self._book.add_format(dict(style))
        return self._formats[key]

    def of_value(self, value: Cell, style: Mapping[str, Any] | None = None) -> Format:
        return self.styled({"num_format": _number_format(value), **(style or {})})

    def write(self, page: Worksheet, row: int, index: int, value: Cell, style: Mapping[str, Any]) -> None:
        if isinstance(value, Mark):
            value = spelled(value)
        if value is None or value == "":
            if style.get("bg_color"):
                page.write_blank(row, index, None, self.styled(style))
            return
        shape = self.of_value(value, style)
        if isinstance(value, str):
            page.write_string(row, index, writable(value), shape)
        elif isinstance(value, bool):
            page.write_boolean(row, index, value, shape)
        elif isinstance(value, int | float):
            page.write_number(row, index, value, shape)
        else:
            page.write(row, index, value, shape)  # a date, a time, a duration


def _number_format(value: Cell) -> str:
    match value:
        case str() | None:
            return "@"
        case datetime():
            return "dd/mm/yyyy hh:mm"
        case date():
            return "dd/mm/yyyy"
        case time():
            return "hh:mm"
        case timedelta():
            return "[h]:mm"
    return "General"


def _example(column: Column) -> Cell:
    """The example as the file would hold it; as it stands where it names something that is not known here."""
    try:
        return column.kind.write(column.kind.read(column.example)) if column.example else None
    except Misread:
        return column.example


def _columns_read(form: FileForm[Any], read: Iterable[SheetRead]) -> dict[str, dict[str, Column]]:
    """title of the sheet → letter → the form's column."""
    by_field = {sheet.key: {column.field: column for column in sheet.columns} for sheet in form.sheets}
    return {
        sheet.title: {
            column.letter: by_field[sheet.key][column.field]
            for column in sheet.columns
            if column.field in by_field.get(sheet.key, {})
        }
        for sheet in read
    }


def _write_corrected(
    page: Worksheet,
    cells: _Cells,
    sheet: RawSheet,
    columns: Mapping[str, Column],
    changes: Mapping[int, Mapping[str, str | None]],
    noted: Mapping[tuple[int, int], str],
) -> None:
    for row in sheet.rows:
        mended = changes.get(row.line, {})
        changed = changed_row(row, mended)
        if changed is None:
            page.write_comment(row.line - 1, 0, "Cette ligne a été laissée.")
            continue
        for index, cell in enumerate(changed.cells):
            said, to_mend = mended.get(letter_of(index)), noted.get((row.line, index))
            if to_mend is not None:
                page.write_comment(row.line - 1, index, to_mend)
                cells.write(page, row.line - 1, index, cell, _TO_MEND)
            elif said is None:
                cells.write(page, row.line - 1, index, cell, {})
            else:
                before = spelled(row.cells[index]) if index < len(row.cells) else ""
                page.write_comment(row.line - 1, index, f"Lu : « {before} »" if before else "Cette cellule était vide.")
                cells.write(page, row.line - 1, index, _typed(columns.get(letter_of(index)), said), _MENDED)


def _typed(column: Column | None, said: str) -> Cell:
    """What was accepted, as the column would write it: a date is a date again."""
    if column is None:
        return said
    try:
        return column.write(column.kind.read(said))
    except Misread:
        return said
