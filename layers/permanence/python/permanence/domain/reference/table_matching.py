"""Which sheet of a file is which of the form, and which header which column (R30).

Titles and synonyms are compared by their words. What the sender once said of a header wins; what is read of nobody is
told, never dropped in silence.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from operator import attrgetter

from permanence.domain.frozen import dataclass
from permanence.domain.reference.table_forms import HELP_SHEET, SheetForm, header_words
from permanence.domain.reference.tables import Mistake, MistakeCode, RawRow, RawSheet, Way, is_blank, letter_of, spelled

ColumnMapping = Mapping[str, Mapping[str, str]]
"""What a sender said: key of the form's sheet → header as he writes it → field, '' for a column that nobody reads."""

_HEADER_WITHIN = 20  # rows: a title, an author and a date may stand above
KEEP, EMPTY = "keep", "empty"
_line_of = attrgetter("line")


@dataclass(frozen=True)
class ColumnRead:
    """One column of the file; `field` and `title` are the form's, '' where nobody reads it."""

    letter: str
    header: str
    field: str = ""
    title: str = ""


@dataclass(frozen=True)
class Layout:
    """How one sheet is laid out. `header_line` 0: no row names the columns. `missing` are the titles of columns that
    the form has and the sheet has not."""

    form: SheetForm
    sheet: RawSheet
    header_line: int
    columns: tuple[ColumnRead, ...]
    missing: tuple[str, ...]
    mistakes: tuple[Mistake, ...]

    @property
    def rows(self) -> Sequence[RawRow]:
        """What stands below the headers."""
        return self.sheet.rows[bisect_right(self.sheet.rows, self.header_line, key=_line_of) :]

    def row_at(self, line: int) -> RawRow | None:
        at = bisect_left(self.sheet.rows, line, key=_line_of)
        row = self.sheet.rows[at] if at < len(self.sheet.rows) else None
        return row if row is not None and row.line == line else None

    @property
    def indexes(self) -> dict[str, int]:
        """field → position in a row."""
        return {column.field: index for index, column in enumerate(self.columns) if column.field}

    def header_of(self, field: str) -> tuple[str, str]:
        """The letter and the header of a field; the form's own title where the sheet has no such column."""
        for column in self.columns:
            if column.field == field:
                return column.letter, column.header
        return "", next((column.title for column in self.form.columns if column.field == field), "")


def lay_out(form: SheetForm, sheet: RawSheet, said: Mapping[str, str] | None = None) -> Layout:
    """Finds the row of headers and says what each column is; `said` is the sender's word for this sheet."""
    known = _known_headers(form)
    told = {header_words(header): field for header, field in (said or {}).items()}
    candidates = [(row, _fields(row, known, told)) for row in sheet.rows[:_HEADER_WITHIN]]
    found = max(candidates, key=lambda candidate: len(set(candidate[1]) - {""}), default=None)
    if found is None or not any(found[1]):
        wanted = ", ".join(column.title for column in form.columns if column.required)
        return Layout(form, sheet, 0, (), (), (_of_sheet(sheet, 0, MistakeCode.NO_HEADER, wanted=wanted),))
    row, fields = found
    return _laid_out(form, sheet, row, fields)


def _laid_out(form: SheetForm, sheet: RawSheet, row: RawRow, fields: Sequence[str]) -> Layout:
    titles = {column.field: column.title for column in form.columns}
    columns: list[ColumnRead] = []
    mistakes: list[Mistake] = []
    at: dict[str, str] = {}
    for index, (cell, field) in enumerate(zip(row.cells, fields, strict=True)):
        letter, header = letter_of(index), spelled(cell)
        if field in at:
            detail = {"column": titles[field], "other": at[field]}
            mistakes.append(Mistake(sheet.title, row.line, letter, header, header, MistakeCode.COLUMN_TWICE, detail))
            columns.append(ColumnRead(letter, header))
            continue
        if field:
            at[field] = letter
        columns.append(ColumnRead(letter, header, field, titles.get(field, "")))
    absent = [column for column in form.columns if column.field not in at]
    mistakes.extend(
        _of_sheet(sheet, row.line, MistakeCode.COLUMN_MISSING, column=column.title)
        for column in absent
        if column.required
    )
    return Layout(form, sheet, row.line, tuple(columns), tuple(column.title for column in absent), tuple(mistakes))


def _of_sheet(sheet: RawSheet, line: int, code: MistakeCode, ways: tuple[Way, ...] = (), **detail: str) -> Mistake:
    return Mistake(sheet.title, line, "", "", "", code, detail, ways)


def _known_headers(form: SheetForm) -> dict[tuple[str, ...], str]:
    known: dict[tuple[str, ...], str] = {}
    for column in form.columns:
        for name in (column.title, *column.synonyms):
            known.setdefault(header_words(name), column.field)
    return known


def _fields(row: RawRow, known: Mapping[tuple[str, ...], str], told: Mapping[tuple[str, ...], str]) -> list[str]:
    """What each cell of a row of headers means; a field that the sender gave to one is not guessed of another."""
    words = [() if is_blank(cell) else header_words(spelled(cell)) for cell in row.cells]
    said = {told[word] for word in words if word in told}
    return ["" if not word else told[word] if word in told else _unless(known.get(word, ""), said) for word in words]


def _unless(field: str, said: set[str]) -> str:
    return "" if field in said else field


def matched_sheets(
    forms: Sequence[SheetForm], sheets: Sequence[RawSheet], mapping: ColumnMapping
) -> tuple[list[Layout], list[Mistake], list[str]]:
    """The layouts in the order of the file, mistakes about sheets, and the titles of sheets that nobody reads.

    A sheet is known by its title, else by its headers: all that are required must be there. The only sheet of a file
    is taken for the form's that it resembles most.
    """
    shown = [sheet for sheet in sheets if not sheet.is_hidden and sheet.title != HELP_SHEET]
    with_rows = [sheet for sheet in shown if sheet.rows]
    layouts: list[Layout] = []
    mistakes: list[Mistake] = []
    unread: list[str] = []
    taken: dict[str, str] = {}
    for sheet in sorted(with_rows, key=lambda sheet: _by_title(forms, sheet) is None):
        layout = _best(forms, sheet, mapping, is_alone=len(with_rows) == 1)
        if layout is None:
            unread.append(sheet.title)
        elif layout.form.key in taken:
            mistakes.append(_of_sheet(sheet, 0, MistakeCode.SHEET_TWICE, other=taken[layout.form.key]))
        else:
            taken[layout.form.key] = sheet.title
            layouts.append(layout)
    order = {sheet.title: index for index, sheet in enumerate(sheets)}
    return sorted(layouts, key=lambda layout: order[layout.sheet.title]), mistakes, unread


def _by_title(forms: Sequence[SheetForm], sheet: RawSheet) -> SheetForm | None:
    words = header_words(sheet.title)
    return next((form for form in forms if words in map(header_words, (form.title, *form.synonyms))), None)


def _best(forms: Sequence[SheetForm], sheet: RawSheet, mapping: ColumnMapping, *, is_alone: bool) -> Layout | None:
    named = _by_title(forms, sheet)
    if named is not None:
        return lay_out(named, sheet, mapping.get(named.key))
    layouts = [lay_out(form, sheet, mapping.get(form.key)) for form in forms]
    whole = [layout for layout in layouts if not layout.mistakes]
    candidates = whole or (layouts if is_alone else [])
    return max(candidates, key=lambda layout: (len(layout.indexes), -len(layout.missing)), default=None)
