"""Files of rows as people send them: what was read, what must be mended, and what was mended (R30).

Nothing here knows Excel or CSV: adapters give `RawSheet`, forms say what its columns mean, `understood` reads it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from permanence.domain.frozen import dataclass

LONGEST_TOLD = 200


class MarkKind(StrEnum):
    ERROR = "error"  # #REF!, #N/A…: what Excel shows where a formula broke
    FORMULA = "formula"  # one that nobody has computed yet
    COVERED = "covered"  # hidden under merged cells; the value is what is seen there


class Mark(NamedTuple):
    """A cell that cannot be taken at its word."""

    kind: MarkKind
    value: "str | int | float | bool | date | datetime | time | timedelta | None"


Cell = str | int | float | bool | date | datetime | time | timedelta | Mark | None


class RawRow(NamedTuple):
    """`line` is the row's number as Excel shows it, from 1."""

    line: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class RawSheet:
    """One sheet as it was sent; a hidden one is named and not read."""

    title: str
    rows: tuple[RawRow, ...]
    is_hidden: bool = False


class UnreadableFile(Exception):
    """A file that cannot be read at all; nothing of it is kept.

    `code` says why (`UnreadableCode`), `detail` fills the sentence: names of sheets, figures, limits.
    """

    def __init__(self, code: "UnreadableCode", **detail: str) -> None:
        super().__init__(code.value, detail)
        self.code, self.detail = code, detail


class UnreadableCode(StrEnum):
    EMPTY = "empty"  # no byte, or no sheet with a row
    NOT_A_TABLE = "not_a_table"  # neither Excel nor CSV
    OLD_EXCEL = "old_excel"  # .xls or .xlsb
    ENCRYPTED = "encrypted"  # opens with a password only
    BROKEN = "broken"  # an Excel file that is damaged
    TOO_LARGE = "too_large"  # bytes: size, limit
    SWOLLEN = "swollen"  # unpacks to far more than it is: part, size, limit
    TOO_MANY_SHEETS = "too_many_sheets"  # count, limit
    TOO_MANY_ROWS = "too_many_rows"  # sheet, limit
    TOO_MANY_COLUMNS = "too_many_columns"  # sheet, line, limit
    BINARY = "binary"  # NUL bytes in what should be text: line
    QUOTES = "quotes"  # a quotation mark that is never closed: line


class MistakeCode(StrEnum):
    """Why a cell, a line or a sheet cannot be taken; what `detail` holds stands beside each."""

    # of a sheet
    NO_HEADER = "no_header"  # no row names the columns: wanted
    COLUMN_MISSING = "column_missing"  # column
    COLUMN_TWICE = "column_twice"  # column, other (its letter)
    SHEET_TWICE = "sheet_twice"  # other: the sheet that was read in its place
    NO_ROWS = "no_rows"
    # of a line
    TOTAL = "total"
    NOT_AN_ENTRY = "not_an_entry"
    HEADER_AGAIN = "header_again"
    EXAMPLE_LEFT = "example_left"
    TWICE_THE_SAME = "twice_the_same"  # line: the first one
    KEY_TWICE = "key_twice"  # line: the first one; column, there, here: where they differ first
    # of a cell
    MISSING = "missing"
    BROKEN_FORMULA = "broken_formula"
    NOT_COMPUTED = "not_computed"
    MERGED = "merged"
    TOO_LONG = "too_long"  # limit
    BECAME_A_DATE = "became_a_date"
    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE = "not_whole"
    OUT_OF_BOUNDS = "out_of_bounds"  # least, most
    LETTER_FOR_DIGIT = "letter_for_digit"
    ZEROS_LOST = "zeros_lost"  # width
    NOT_AN_IDENTIFIER = "not_an_identifier"
    ZERO_LOST = "zero_lost"  # a telephone number of nine digits
    TWO_NUMBERS = "two_numbers"
    NOT_A_PHONE = "not_a_phone"
    NOT_A_POSTCODE = "not_a_postcode"
    NOT_A_MAIL = "not_a_mail"
    NOT_A_DATE = "not_a_date"
    NO_SUCH_DAY = "no_such_day"
    CENTURY = "century"  # least, most: years
    SHORT_YEAR = "short_year"  # 27 for 2027
    A_SERIAL = "a_serial"  # the number that Excel keeps of a date
    NOT_A_TIME = "not_a_time"
    NO_CLOCK = "no_clock"  # a day without an hour
    HOUR_TWICE = "hour_twice"
    NO_SUCH_HOUR = "no_such_hour"
    NOT_YES_OR_NO = "not_yes_or_no"
    UNKNOWN_NAME = "unknown_name"
    NAME_OF_MANY = "name_of_many"  # several entries bear it: its identifier must be written
    UNKNOWN_REFERENCE = "unknown_reference"  # sheet: where it should stand
    ENDS_BEFORE_START = "ends_before_start"
    OVERLAP = "overlap"  # line: the other one
    NEAR_ANOTHER = "near_another"  # a letter away from a name that is known: other


@dataclass(frozen=True)
class Correction:
    """What one place should say: `value` as a person would type it, or None to leave the whole line out.

    `sheet` is the title in the file, `column` a letter, '' when the line is left out. A value equal to what stands
    there confirms it: nobody asks again.
    """

    sheet: str
    line: int
    column: str = ""
    value: str | None = None


@dataclass(frozen=True)
class Way:
    """One way out of a mistake: a value for its cell, or lines to leave out. `reason` says whence it comes: nearest,
    in_force, end_of_month, summer, winter, merged, confirmed… '' when nothing need be said."""

    value: str | None = None
    leaves_out: tuple[int, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Mistake:
    """One point to mend. `sheet` is its title in the file, `column` the letter, `title` the header; both are '' when
    the line or the sheet is meant; `line` 0 is the sheet as a whole. `value` is what was read.

    No `ways`: nobody can guess. One: a suggestion, `ticked` or not beforehand. Several: a choice without default.
    """

    sheet: str
    line: int
    column: str
    title: str
    value: str
    code: str
    detail: Mapping[str, str]
    ways: tuple[Way, ...] = ()
    ticked: bool = False

    def corrections(self, way: Way) -> tuple[Correction, ...]:
        """What choosing this way changes."""
        dropped = tuple(Correction(self.sheet, line) for line in way.leaves_out)
        if way.value is None:
            return dropped
        return (*dropped, Correction(self.sheet, self.line, self.column, way.value))


class Misread(Exception):
    """What a reader of cells says of a value that it cannot take; the row and the column are the caller's to know.

    `field` is told where the reader saw the whole row.
    """

    def __init__(
        self, code: str, ways: Sequence[Way] = (), *, ticked: bool = True, field: str = "", **detail: str
    ) -> None:
        super().__init__(code)
        self.code, self.ways, self.field, self.detail = code, tuple(ways), field, detail
        self.ticked = ticked and len(self.ways) == 1

    def about(self, field: str) -> "Misread":
        """The same, said of this field."""
        told = Misread(self.code, self.ways, ticked=self.ticked, field=field)
        told.detail = self.detail
        return told


def grouped(mistakes: Iterable[Mistake]) -> tuple[tuple[Mistake, ...], ...]:
    """Alike ones together: same place in the sheet's columns, same value, same reason, same ways out but for the
    lines. In the order of their first lines."""
    groups: dict[object, list[Mistake]] = {}
    for mistake in mistakes:
        own = mistake.line if any(set(way.leaves_out) - {mistake.line} for way in mistake.ways) else 0
        ways = tuple((way.value, way.reason, bool(way.leaves_out)) for way in mistake.ways)
        detail = tuple(sorted(mistake.detail.items()))
        key = (mistake.sheet, mistake.column, mistake.code, mistake.value, detail, ways, own)
        groups.setdefault(key, []).append(mistake)
    return tuple(tuple(group) for group in groups.values())


def letter_of(index: int) -> str:
    """The letter of a column, from 0: A, Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def index_of(letter: str) -> int:
    """The inverse of `letter_of`."""
    index = 0
    for character in letter:
        index = index * 26 + ord(character) - ord("A") + 1
    return index - 1


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def spelled(cell: Cell) -> str:
    """What a cell shows, as a person would type it: 31/12/2027, 08:30, 412893."""
    if isinstance(cell, Mark):
        cell = cell.value
    match cell:
        case None:
            return ""
        case bool():
            return "VRAI" if cell else "FAUX"
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell).replace(".", ",")
        case datetime():
            return f"{cell:%d/%m/%Y}" if cell.time() == time() else f"{cell:%d/%m/%Y %H:%M}"
        case date():
            return f"{cell:%d/%m/%Y}"
        case time():
            return f"{cell:%H:%M}"
        case str():
            return cell.strip()[:LONGEST_TOLD]
    return str(cell)[:LONGEST_TOLD]


def by_place(corrections: Iterable[Correction]) -> dict[str, dict[int, dict[str, str | None]]]:
    """sheet → line → letter → value; the letter '' stands for the line that is left out."""
    places: dict[str, dict[int, dict[str, str | None]]] = {}
    for correction in corrections:
        column = "" if correction.value is None else correction.column
        places.setdefault(correction.sheet, {}).setdefault(correction.line, {})[column] = correction.value
    return places


def changed_row(row: RawRow, changes: Mapping[str, str | None] | None) -> RawRow | None:
    """The row with these values in their columns; None when it is left out."""
    if not changes:
        return row
    if "" in changes and changes[""] is None:
        return None
    cells = list(row.cells)
    for letter, value in changes.items():
        if not letter:  # what was said of the whole line, and leaves it where it is
            continue
        index = index_of(letter)
        cells.extend([None] * (index + 1 - len(cells)))
        cells[index] = value
    return RawRow(row.line, tuple(cells))
