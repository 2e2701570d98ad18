"""Files that were sent, in memory: their records, what is kept of them, and whose reading is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from permanence.application.reference.file_ports import NotKept, UnknownImport
from permanence.application.reference.ports import DecidedMeanwhile
from permanence.domain.reference.imports import Import
from permanence.domain.reference.read_file import ReadFile
from permanence.domain.reference.table_matching import ColumnMapping
from permanence.domain.reference.tables import Correction


@dataclass
class FakeImports:
    kept: dict[str, Import] = field(default_factory=dict)
    said: dict[tuple[str, str], ColumnMapping] = field(default_factory=dict)
    progresses: list[int] = field(default_factory=list)

    def add(self, one: Import) -> bool:
        return self.kept.setdefault(one.import_id, one) is one

    def get(self, import_id: str) -> Import:
        try:
            return self.kept[import_id]
        except KeyError as unknown:
            raise UnknownImport(import_id) from unknown

    def latest(self, limit: int) -> Sequence[Import]:
        return [self.kept[import_id] for import_id in sorted(self.kept, reverse=True)][:limit]

    def save(self, one: Import) -> None:
        if self.kept[one.import_id].changes != one.changes - 1:
            raise DecidedMeanwhile(one.import_id)
        self.kept[one.import_id] = one

    def progress(self, one: Import, lines: int) -> None:
        if self.kept[one.import_id].changes != one.changes:
            raise DecidedMeanwhile(one.import_id)
        self.kept[one.import_id] = replace(self.kept[one.import_id], lines=lines)
        self.progresses.append(lines)

    def columns(self, kind: str, sender: str) -> ColumnMapping:
        return self.said.get((kind, sender), {})

    def remember(self, kind: str, sender: str, columns: ColumnMapping, now: datetime) -> None:
        self.said[kind, sender] = columns


@dataclass
class FakeImportFiles:
    kept: dict[object, Any] = field(default_factory=dict)

    def keep_file(self, import_id: str, content: bytes) -> None:
        self.kept[import_id] = content

    def file(self, import_id: str) -> bytes:
        return cast(bytes, self._get(import_id))

    def keep_corrections(self, import_id: str, reading: int, corrections: Sequence[Correction]) -> None:
        self.kept[import_id, reading, "corrections"] = tuple(corrections)

    def corrections(self, import_id: str, reading: int) -> tuple[Correction, ...]:
        return cast(tuple[Correction, ...], self._get((import_id, reading, "corrections")))

    def keep_read(self, import_id: str, reading: int, read: ReadFile) -> None:
        self.kept[import_id, reading, "read"] = read

    def read(self, import_id: str, reading: int) -> ReadFile:
        return cast(ReadFile, self._get((import_id, reading, "read")))

    def keep_corrected(self, import_id: str, reading: int, content: bytes) -> None:
        self.kept[import_id, reading, "corrected"] = content

    def corrected(self, import_id: str, reading: int) -> bytes:
        return cast(bytes, self._get((import_id, reading, "corrected")))

    def _get(self, key: object) -> Any:
        try:
            return self.kept[key]
        except KeyError as gone:
            raise NotKept(key) from gone


@dataclass
class FakeFilesToRead:
    asked: list[tuple[str, int]] = field(default_factory=list)

    def ask(self, import_id: str, reading: int) -> None:
        self.asked.append((import_id, reading))
