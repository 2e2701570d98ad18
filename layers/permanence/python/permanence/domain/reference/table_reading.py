"""Reads the sheets of a file by a form: every mistake at once, each at its cell, and a body only when there is none.

Nothing is imported half (R30): `understood` gives a body or mistakes, never both.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Generic

from permanence.domain.frozen import dataclass
from permanence.domain.reference.table_forms import HELP_SHEET, B, Entry, FileForm, Finding, Link, SheetForm, linked
from permanence.domain.reference.table_matching import (
    EMPTY,
    KEEP,
    ColumnMapping,
    ColumnRead,
    Layout,
    matched_sheets,
)
from permanence.domain.reference.table_rows import SheetRows
from permanence.domain.reference.tables import (
    Correction,
    Misread,
    Mistake,
    MistakeCode,
    RawSheet,
    Way,
    by_place,
    spelled,
)

MOST_MISTAKES = 10_000
_CONFIRMED_BY_SAYING = frozenset({MistakeCode.NEAR_ANOTHER, MistakeCode.ZEROS_LOST})


@dataclass(frozen=True)
class SheetRead:
    """How one sheet was read: the form's `key`, its title in the file, the columns of the file in their order (one
    whose `field` is '' was ignored), titles of the form's columns that it has not, and how many rows were read."""

    key: str
    title: str
    header_line: int
    columns: tuple[ColumnRead, ...]
    missing: tuple[str, ...]
    lines: int
    left_out: int


@dataclass(frozen=True)
class Reading(Generic[B]):
    """What was understood of a file. `body` is None as long as there are `mistakes`; `more` counts those beyond the
    10,000 that are told. `absent` are titles of the form's sheets that leave in force what is; `unread` and `hidden`
    titles of sheets in the file that nobody read."""

    body: B | None
    mistakes: tuple[Mistake, ...]
    more: int
    sheets: tuple[SheetRead, ...]
    absent: tuple[str, ...]
    unread: tuple[str, ...]
    hidden: tuple[str, ...]

    @property
    def lines(self) -> int:
        return sum(sheet.lines for sheet in self.sheets)


def understood(
    form: FileForm[B],
    sheets: Sequence[RawSheet],
    in_force: B,
    *,
    mapping: ColumnMapping | None = None,
    corrections: Sequence[Correction] = (),
    tell: Callable[[int], None] = lambda _: None,
) -> Reading[B]:
    """Reads a file against what is in force.

    `mapping` is what the sender said of his headers, `corrections` what was accepted since; `tell` hears how many rows
    have been read, every thousand.
    """
    reader = _FileReader(form, sheets, in_force, mapping or {}, by_place(corrections))
    return reader.read(tell)


class _FileReader(Generic[B]):
    def __init__(
        self,
        form: FileForm[B],
        sheets: Sequence[RawSheet],
        in_force: B,
        mapping: ColumnMapping,
        changes: Mapping[str, Mapping[int, Mapping[str, str | None]]],
    ) -> None:
        self._form, self._sheets, self._in_force = form, sheets, in_force
        self._mapping, self._changes = mapping, changes
        self._mistakes: list[Mistake] = []
        self._more = 0

    def read(self, tell: Callable[[int], None]) -> Reading[B]:
        layouts, of_sheets, unread = matched_sheets(self._form.sheets, self._sheets, self._mapping)
        self._say_all(of_sheets)
        entries: dict[str, Sequence[Entry]] = {}
        told: list[SheetRead] = []
        for layout in layouts:
            told.append(self._read_sheet(layout, entries, sum(sheet.lines for sheet in told), tell))
        if not any(sheet.lines for sheet in told) and not self._mistakes and not self._changes:
            self._say(Mistake("", 0, "", "", "", MistakeCode.NO_ROWS, {}))
        by_key = {layout.form.key: layout for layout in layouts}
        for link in self._form.links:
            if link.sheet in entries:
                entries[link.sheet] = list(self._linked(link, entries, by_key[link.sheet]))
        self._say_all(self._found(entries, by_key))
        records = {key: [entry.record for entry in of_sheet] for key, of_sheet in entries.items()}
        return Reading(
            None if self._mistakes else self._form.assembled(self._in_force, records),
            self._in_order(),
            self._more,
            tuple(told),
            tuple(sheet.title for sheet in self._form.sheets if sheet.key not in {read.key for read in told}),
            tuple(unread),
            tuple(sheet.title for sheet in self._sheets if sheet.is_hidden and sheet.title != HELP_SHEET),
        )

    def _read_sheet(
        self, layout: Layout, entries: dict[str, Sequence[Entry]], before: int, tell: Callable[[int], None]
    ) -> SheetRead:
        form, title = layout.form, layout.sheet.title
        self._say_all(layout.mistakes)
        changes = self._changes.get(title, {})
        rows = SheetRows(layout, form.records(self._in_force), changes, self._say)
        lines = 0
        if not layout.mistakes:
            if rows.only_example():
                self._ask_of_nothing(layout, entries, changes)
            else:
                entries[form.key] = rows.read(lambda count: tell(before + count))
                lines = len(layout.rows)
        return SheetRead(form.key, title, layout.header_line, layout.columns, layout.missing, lines, rows.left_out)

    def _ask_of_nothing(
        self,
        layout: Layout,
        entries: dict[str, Sequence[Entry]],
        changes: Mapping[int, Mapping[str, str | None]],
    ) -> None:
        """A sheet without rows: what is in force of it is kept, or taken out, as somebody says."""
        answer = changes.get(0, {}).get("")
        if answer == EMPTY or not layout.form.records(self._in_force):
            entries[layout.form.key] = []
        elif answer != KEEP:
            ways = (Way(KEEP, reason=KEEP), Way(EMPTY, reason=EMPTY))
            self._say(Mistake(layout.sheet.title, 0, "", "", "", MistakeCode.NO_ROWS, {}, ways))

    def _found(self, entries: Mapping[str, Sequence[Entry]], layouts: Mapping[str, Layout]) -> Iterable[Mistake]:
        """What the form's checks say across rows, at the cells of the file."""
        whole = {sheet.key: self._entries_of(sheet, entries) for sheet in self._form.sheets}
        for check in self._form.checks:
            for finding in check(whole, self._in_force):
                if finding.sheet in layouts and not self._is_confirmed(finding, layouts[finding.sheet]):
                    yield _mistake_of(finding, layouts[finding.sheet], self._changes)

    def _entries_of(self, sheet: SheetForm, entries: Mapping[str, Sequence[Entry]]) -> Sequence[Entry]:
        """The rows that were read, or the records in force where the sheet was not sent."""
        if sheet.key in entries:
            return entries[sheet.key]
        return [Entry(0, record) for record in sheet.records(self._in_force)]

    def _linked(self, link: Link, entries: Mapping[str, Sequence[Entry]], layout: Layout) -> Iterator[Entry]:
        """The rows with the id of what they name."""
        to = next(sheet for sheet in self._form.sheets if sheet.key == link.to)
        kind = linked(link, self._entries_of(to, entries))
        for entry in entries[link.sheet]:
            if entry.record is None:
                yield entry
                continue
            try:
                named = kind.read(entry.of(link.field))
            except Misread as misread:
                said = misread.code, misread.detail, misread.ways, misread.ticked
                self._say(_mistake_of(Finding(link.sheet, entry.line, link.field, *said), layout, self._changes))
                yield Entry(entry.line, None, {})
            else:
                yield Entry(entry.line, replace(entry.record, **{link.field: named}))

    def _is_confirmed(self, finding: Finding, layout: Layout) -> bool:
        """Whether somebody said what stands there, where that is enough."""
        letter, _ = layout.header_of(finding.field)
        said = self._changes.get(layout.sheet.title, {}).get(finding.line, {}).get(letter)
        return finding.code in _CONFIRMED_BY_SAYING and said is not None

    def _say_all(self, mistakes: Iterable[Mistake]) -> None:
        for mistake in mistakes:
            self._say(mistake)

    def _say(self, mistake: Mistake) -> None:
        if len(self._mistakes) < MOST_MISTAKES:
            self._mistakes.append(mistake)
        else:
            self._more += 1

    def _in_order(self) -> tuple[Mistake, ...]:
        order = {sheet.title: index for index, sheet in enumerate(self._sheets)}
        return tuple(
            sorted(
                self._mistakes,
                key=lambda m: (order.get(m.sheet, -1), m.line, len(m.column), m.column, m.code),
            )
        )


def _mistake_of(
    finding: Finding, layout: Layout, changes: Mapping[str, Mapping[int, Mapping[str, str | None]]]
) -> Mistake:
    letter, title = layout.header_of(finding.field)
    index = layout.indexes.get(finding.field, -1)
    row = layout.row_at(finding.line)
    said: Any = changes.get(layout.sheet.title, {}).get(finding.line, {}).get(letter)
    if said is None and row is not None and 0 <= index < len(row.cells):
        said = spelled(row.cells[index])
    return Mistake(
        layout.sheet.title,
        finding.line,
        letter,
        title,
        said or "",
        finding.code,
        finding.detail,
        finding.ways,
        finding.ticked,
    )
