"""Reads the rows of one sheet: a record for each that can be taken, and what is wrong with each that cannot (R30)."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from permanence.domain.reference.cell_kinds import refuse_mark
from permanence.domain.reference.places import normalise
from permanence.domain.reference.table_forms import Column, Entry
from permanence.domain.reference.table_matching import Layout
from permanence.domain.reference.tables import (
    Cell,
    Mark,
    Misread,
    Mistake,
    MistakeCode,
    RawRow,
    Way,
    changed_row,
    is_blank,
    letter_of,
    spelled,
)

_MOST_REMEMBERED = 2_000  # values of one column: a commune comes back, a dwelling's number does not
_EXAMPLE_WITHIN = 3  # rows after the headers
_TOTAL = re.compile(r"(?:sous )?(?:total|totaux|somme)(?: general| logement)?s?(?: \d+)*")
_EXCEL_ERRORS = frozenset(
    ("#REF!", "#N/A", "#NAME?", "#NOM?", "#VALUE!", "#VALEUR!", "#DIV/0!", "#NUM!", "#NOMBRE!", "#NULL!", "#NUL!")
)
_ABSENT = object()

Say = Callable[[Mistake], None]
Changes = Mapping[int, Mapping[str, str | None]]


class SheetRows:
    """The rows of one sheet of a file. `in_force` are the records that its kind has now, for what a broken cell held;
    `changes` are the corrections by line and letter."""

    def __init__(self, layout: Layout, in_force: Iterable[Any], changes: Changes, say: Say) -> None:
        self._layout, self._form, self._in_force = layout, layout.form, in_force
        self._changes, self._say = changes, say
        indexes = layout.indexes
        self._columns = [
            (column, indexes[column.field], _taker(column)) for column in self._form.columns if column.field in indexes
        ]
        self._defaults = {column.field: column.empty for column in self._form.columns if column.field not in indexes}
        self._known: dict[tuple[Any, ...], Any] | None = None
        self._entries: list[Entry] = []
        self._first_of: dict[tuple[Any, ...], int] = {}
        self.left_out = 0

    def read(self, tell: Callable[[int], None]) -> list[Entry]:
        """All rows; `tell` is called with the count of those read, now and then."""
        if self.only_example() or not self._columns:
            return []
        takers = [(column.field, index, take) for column, index, take in self._columns]
        width = 1 + max(index for _, index, _ in takers)
        changes, defaults, complete, make = self._changes, self._defaults, self._form.complete, self._form.make
        for count, raw in enumerate(self._layout.rows):
            if count % 1_000 == 0:
                tell(count)
            row = changed_row(raw, changes[raw.line]) if raw.line in changes else raw
            if row is None:
                self.left_out += 1
                continue
            cells = row.cells if len(row.cells) >= width else (*row.cells, *[None] * (width - len(row.cells)))
            try:
                values = {field: take(cells[index]) for field, index, take in takers}
                if defaults:
                    values |= defaults
                if complete is not None:
                    values = complete(values)
                entry = Entry(row.line, make(**values))
            except Misread:
                self._explain(RawRow(row.line, cells), count)
                continue
            if count < _EXAMPLE_WITHIN and self._is_example(cells):
                self._refuse_line(row, MistakeCode.EXAMPLE_LEFT, ticked=True)
            else:
                self._keep(entry, values, row)
        return self._entries

    def only_example(self) -> bool:
        """Whether nobody filled this sheet: it has no row, or that of the template alone."""
        filled = list(islice((row for row in self._layout.rows if not all(map(is_blank, row.cells))), 2))
        return not filled or (len(filled) == 1 and self._is_example(filled[0].cells))

    # --- rows that cannot be taken -----------------------------------------------------------------------------------

    def _explain(self, row: RawRow, count: int) -> None:
        """Every reason why this row cannot be taken, or one when it is none of the entries."""
        if all(map(is_blank, row.cells)):
            return
        if count < _EXAMPLE_WITHIN and self._is_example(row.cells):
            self._refuse_line(row, MistakeCode.EXAMPLE_LEFT, ticked=True)
            return
        if code := self._no_entry(row):
            self._refuse_line(row, code, ticked=code is not MistakeCode.NOT_AN_ENTRY)
            return
        values: dict[str, Any] = dict(self._defaults)
        refused: list[tuple[Column, int, Misread]] = []
        for column, index, take in self._columns:
            try:
                values[column.field] = take(row.cells[index])
            except Misread as misread:
                refused.append((column, index, misread))
        for column, index, why in refused:
            self._refuse(row, column.field, index, why, self._before(column, values, why))
        if not refused and self._form.complete is not None:
            try:
                values = self._form.complete(values)
            except Misread as misread:
                index = self._layout.indexes.get(misread.field, -1)
                self._refuse(row, misread.field, index, misread, ())
        self._keep(Entry(row.line, None, values), values, row)

    def _no_entry(self, row: RawRow) -> MistakeCode | None:
        """Whether the row is something else: a sum, the headers again, a remark."""
        filled = [cell for cell in row.cells if not is_blank(cell) and not _is_covered(cell)]
        first = filled[0] if filled else None
        if isinstance(first, str) and _TOTAL.fullmatch(normalise(first)):
            return MistakeCode.TOTAL
        headers = [column.header for column in self._layout.columns if column.field]
        if [spelled(row.cells[index]) for _, index, _ in sorted(self._columns, key=lambda c: c[1])] == headers:
            return MistakeCode.HEADER_AGAIN
        in_columns = sum(not is_blank(row.cells[index]) for _, index, _ in self._columns)
        required = sum(column.required for column, _, _ in self._columns)
        if required >= 3 and (len(filled) <= 1 or in_columns == 0):
            return MistakeCode.NOT_AN_ENTRY
        return None

    def _is_example(self, cells: Sequence[Cell]) -> bool:
        shown = [(spelled(cells[index]) if index < len(cells) else "") for _, index, _ in self._columns]
        return shown == [column.example for column, _, _ in self._columns]

    def _before(self, column: Column, values: Mapping[str, Any], misread: Misread) -> tuple[Way, ...]:
        """What is in force of the same entry, where the cell itself says nothing."""
        if misread.ways or misread.code not in (
            MistakeCode.MISSING,
            MistakeCode.BROKEN_FORMULA,
            MistakeCode.NOT_COMPUTED,
        ):
            return ()
        if self._known is None:
            self._known = {}
            for record in self._in_force:
                of_record = self._form.values_of(record) if self._form.values_of else _Attributes(record)
                self._known[self._form.key_of(of_record)] = of_record
        try:
            known = self._known.get(self._form.key_of(values))
        except KeyError:  # the key itself is what cannot be read
            return ()
        shown = spelled(column.write(known[column.field])) if known is not None else ""
        return (Way(shown, reason="in_force"),) if shown else ()

    # --- rows that can -----------------------------------------------------------------------------------------------

    def _keep(self, entry: Entry, values: Mapping[str, Any], row: RawRow) -> None:
        self._entries.append(entry)
        try:
            key = self._form.key_of(values)
        except KeyError:
            return
        if not key:
            return
        first = self._first_of.setdefault(key, len(self._entries) - 1)
        if first != len(self._entries) - 1:
            self._refuse_twice(self._entries[first], entry, row)
            self._entries[-1] = Entry(entry.line, None, values)  # no check need look at it again

    def _refuse_twice(self, first: Entry, entry: Entry, row: RawRow) -> None:
        difference = self._difference(first.line, row)
        code = MistakeCode.KEY_TWICE if difference else MistakeCode.TWICE_THE_SAME
        ways = tuple(Way(leaves_out=(line,)) for line in (entry.line, first.line))[: 2 if difference else 1]
        detail = {"line": str(first.line), **difference}
        field = self._form.keys[0]
        letter, title = self._layout.header_of(field)
        index = self._layout.indexes.get(field, -1)
        value = spelled(row.cells[index]) if index >= 0 else ""
        self._say(
            Mistake(self._layout.sheet.title, row.line, letter, title, value, code, detail, ways, ticked=len(ways) == 1)
        )

    def _difference(self, line: int, row: RawRow) -> dict[str, str]:
        """The first column in which two rows of one key differ."""
        other = self._layout.row_at(line)
        for column, index, _ in self._columns:
            there = spelled(other.cells[index]) if other is not None and index < len(other.cells) else ""
            here = spelled(row.cells[index]) if index < len(row.cells) else ""
            if column.field not in self._form.keys and there != here:
                return {"column": column.title, "there": there, "here": here}
        return {}

    # --- what is said ------------------------------------------------------------------------------------------------

    def _refuse_line(self, row: RawRow, code: MistakeCode, *, ticked: bool) -> None:
        index = next(index for index, cell in enumerate(row.cells) if not is_blank(cell))
        title = self._layout.columns[index].header if index < len(self._layout.columns) else ""
        way = Way(leaves_out=(row.line,))
        value = spelled(row.cells[index])
        self._say(
            Mistake(self._layout.sheet.title, row.line, letter_of(index), title, value, code, {}, (way,), ticked=ticked)
        )

    def _refuse(self, row: RawRow, field: str, index: int, misread: Misread, before: tuple[Way, ...]) -> None:
        letter, title = self._layout.header_of(field)
        value = spelled(row.cells[index]) if index >= 0 else ""
        if isinstance(cell := row.cells[index] if index >= 0 else None, Mark) and cell.kind.value == "covered":
            value = ""
        self._say(
            Mistake(
                self._layout.sheet.title,
                row.line,
                letter,
                title,
                value,
                misread.code,
                misread.detail,
                misread.ways or before,
                ticked=misread.ticked,
            )
        )


class _Attributes(Mapping[str, Any]):
    """A record's fields as values."""

    def __init__(self, record: Any) -> None:
        self._record = record

    def __getitem__(self, field: str) -> Any:
        return getattr(self._record, field)

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


def _is_covered(cell: Cell) -> bool:
    return isinstance(cell, Mark) and cell.kind.value == "covered"


def _taker(column: Column) -> Callable[[Cell], Any]:
    """Reads the cells of one column; what comes back often is read once, and kept once."""
    read, remembered = column.kind.read, dict[str, Any]()

    def blank() -> Any:
        if column.required:
            raise Misread(MistakeCode.MISSING)
        return column.empty

    def take(cell: Cell) -> Any:
        if cell is None:
            return blank()
        if isinstance(cell, str):
            known = remembered.get(cell, _ABSENT)
            if known is not _ABSENT:
                return known
            if cell in _EXCEL_ERRORS:
                raise Misread(MistakeCode.BROKEN_FORMULA)
            value = read(cell) if cell.strip() else blank()
            if len(remembered) < _MOST_REMEMBERED:
                remembered[cell] = value
            return value
        if isinstance(cell, Mark):
            if cell.value is None and cell.kind.value == "covered":
                return blank()
            raise refuse_mark(cell)
        return read(cell)

    return take
