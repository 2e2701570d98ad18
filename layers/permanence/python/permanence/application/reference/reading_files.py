"""A file is read where nobody waits: understood whole, or told at each cell why not; nothing is proposed half (R30).

Each step may be the last of a worker that dies. What it has written until then is written over by who is told next, but
for the last: the version and the word that the import has become it are one transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from permanence.application.reference.deciding import Decider, Deciding, Preview, Unchanged
from permanence.application.reference.file_ports import ImportFiles, Imports, NotKept, UnknownImport
from permanence.application.reference.file_words import mistake_sentence
from permanence.application.reference.ports import DecidedMeanwhile
from permanence.domain.frozen import dataclass
from permanence.domain.reference.alike import difference
from permanence.domain.reference.documents import Circumstances, Kind
from permanence.domain.reference.imports import (
    Import,
    NotOpen,
    begun,
    proposed,
    to_correct,
    unchanged,
    unreadable,
)
from permanence.domain.reference.read_file import ReadFile
from permanence.domain.reference.recognising import UNLIKE, likeness
from permanence.domain.reference.table_forms import FileForm
from permanence.domain.reference.table_reading import Reading, SheetRead, understood
from permanence.domain.reference.tables import Correction, Mistake, RawSheet, UnreadableFile

UNKNOWN_KIND, NOT_KEPT = "unknown_kind", "not_kept"
"""Beside the codes of an unreadable file: no kind has such sheets, or several have; it has been erased meanwhile."""
MOST_RACES = 3

Tables = Callable[[bytes, str, Callable[[int], None]], Sequence[RawSheet]]
"""The sheets of a file: its bytes, its name, who hears how many rows are read. Raises UnreadableFile."""

WriteCorrected = Callable[
    [
        FileForm[Any],
        Sequence[RawSheet],
        Sequence[SheetRead],
        Sequence[Correction],
        Sequence[tuple[Mistake, str]],
        datetime,
    ],
    bytes,
]
"""As `adapters.excel.forms` does it."""


class NumberTaken(Exception):
    """Others proposed versions each time this one was: it is to be told again."""


@dataclass(frozen=True)
class ReadingFiles:
    """What the function of files works with. `forms` are those of the kinds that come by file; `as_decider` gives the
    acts of who sent it."""

    imports: Imports
    files: ImportFiles
    tables: Tables
    write_corrected: WriteCorrected
    forms: Mapping[str, Callable[[Circumstances], FileForm[Any]]]
    kinds: Mapping[str, Kind[Any]]
    as_decider: Callable[[Decider], Deciding]

    def read(self, import_id: str, reading: int, now: datetime) -> Import | None:
        """What has become of the import; None when there is none, or when this reading is not awaited: told again,
        given up, or taken over by another worker."""
        try:
            one = begun(self.imports.get(import_id), reading)
            self.imports.save(one)
            return self._read(one, now)
        except (UnknownImport, NotOpen, DecidedMeanwhile):
            return None

    def _read(self, one: Import, now: datetime) -> Import:
        tell = _Progress(self.imports, one)
        try:
            sheets = self.tables(self.files.file(one.import_id), one.file_name, tell)
        except NotKept:
            return self._unreadable(one, NOT_KEPT, now, {})
        except UnreadableFile as refused:
            return self._unreadable(one, refused.code, now, refused.detail)
        corrections = self.files.corrections(one.import_id, one.mended) if one.mended else ()
        meant = self._form_of(one, sheets, now)
        if meant is None:
            return self._unreadable(one, UNKNOWN_KIND, now, {})
        kind, form = meant.kind, meant.form
        mapping = self.imports.columns(kind.name, one.sender)
        reading = understood(form, sheets, meant.in_force, mapping=mapping, corrections=corrections, tell=tell)
        told = _told(reading)
        if corrections or told.mistakes:
            self._write_back(one, form, sheets, told, corrections, now)
        if reading.body is None:
            return self._to_correct(one, kind, reading, told, now)
        return self._proposed(one, kind, form, reading, told, now)

    def _write_back(
        self,
        one: Import,
        form: FileForm[Any],
        sheets: Sequence[RawSheet],
        told: ReadFile,
        corrections: Sequence[Correction],
        now: datetime,
    ) -> None:
        """The sender's own file, with what was mended in it and what is left to mend."""
        noted = [(mistake, mistake_sentence(mistake)) for mistake in told.mistakes]
        content = self.write_corrected(form, sheets, told.sheets, corrections, noted, now)
        self.files.keep_corrected(one.import_id, one.reading, content)

    def _form_of(self, one: Import, sheets: Sequence[RawSheet], now: datetime) -> "_Meant | None":
        """Of the kind that was said, or of the only one whose sheets these are."""
        found = [self._meant(one, name, sheets, now) for name in ([one.kind] if one.kind else self.forms)]
        likest = max(meant.likeness for meant in found)
        best, *others = [meant for meant in found if meant.likeness == likest]
        return None if others or (likest == UNLIKE and not one.kind) else best

    def _meant(self, one: Import, name: str, sheets: Sequence[RawSheet], now: datetime) -> "_Meant":
        kind = self.kinds[name]
        _, in_force, circumstances = self._deciding(one, kind).looked_at(kind, now)
        form = self.forms[name](circumstances)
        return _Meant(likeness(form, sheets), kind, form, in_force)

    def _to_correct(self, one: Import, kind: Kind[Any], reading: Reading[Any], told: ReadFile, now: datetime) -> Import:
        self.files.keep_read(one.import_id, one.reading, told)
        return self._saved(to_correct(one, kind.name, reading.lines, told.left, now))

    def _proposed(
        self,
        one: Import,
        kind: Kind[Any],
        form: FileForm[Any],
        reading: Reading[Any],
        told: ReadFile,
        now: datetime,
    ) -> Import:
        deciding = self._deciding(one, kind)
        preview = deciding.preview(kind, reading.body, now)
        told = self._compared(told, form, preview)
        self.files.keep_read(one.import_id, one.reading, told)
        lines, left = reading.lines, told.left
        if preview.is_blocked and not kind.mended_in_place:
            return self._saved(to_correct(one, kind.name, lines, left, now))

        def become(version: int | None) -> Import:
            if version is None:
                return unchanged(one, kind.name, lines, now)
            if preview.is_blocked:
                return to_correct(one, kind.name, lines, left, now, version)
            return proposed(one, kind.name, lines, version, now)

        return self._become(one, deciding, kind, preview, become, now)

    def _become(
        self,
        one: Import,
        deciding: Deciding,
        kind: Kind[Any],
        preview: Preview,
        become: Callable[[int | None], Import],
        now: datetime,
    ) -> Import:
        """A version, whose number somebody else may have taken meanwhile. Raises DecidedMeanwhile when it is the import
        that has changed."""
        for _ in range(MOST_RACES):
            try:
                version = deciding.propose_import(kind, preview, now, lambda made: become(made.number))
            except Unchanged:
                return self._saved(become(None))
            except DecidedMeanwhile:
                if self.imports.get(one.import_id).changes != one.changes:
                    raise
            else:
                return become(version.number)
        raise NumberTaken(one.import_id)

    @staticmethod
    def _compared(told: ReadFile, form: FileForm[Any], preview: Preview) -> ReadFile:
        return replace(
            told,
            points=preview.points,
            effects=preview.effects,
            compared_with=preview.compared_with,
            difference=difference(form, preview.in_force, preview.body),
        )

    def _unreadable(self, one: Import, code: str, now: datetime, detail: Mapping[str, str]) -> Import:
        self.files.keep_read(one.import_id, one.reading, ReadFile(detail=detail))
        return self._saved(unreadable(one, code, now))

    def _saved(self, one: Import) -> Import:
        self.imports.save(one)
        return one

    def _deciding(self, one: Import, kind: Kind[Any]) -> Deciding:
        """Who may send files of a kind was asked when the file came in."""
        return self.as_decider(Decider(one.sender, tuple(kind.proposed_by)))


class _Meant(NamedTuple):
    """What a file may be of."""

    likeness: tuple[int, int]
    kind: Kind[Any]
    form: FileForm[Any]
    in_force: Any


class _Progress:
    """Told while the file is opened, and again while it is understood: it does not go back."""

    def __init__(self, imports: Imports, one: Import) -> None:
        self._imports, self._one, self._lines = imports, one, 0

    def __call__(self, lines: int) -> None:
        if lines > self._lines:
            self._imports.progress(self._one, lines)
            self._lines = lines


def _told(reading: Reading[Any]) -> ReadFile:
    return ReadFile(
        sheets=reading.sheets,
        absent=reading.absent,
        unread=reading.unread,
        hidden=reading.hidden,
        mistakes=reading.mistakes,
        more=reading.more,
    )
