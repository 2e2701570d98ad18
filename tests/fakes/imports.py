"""Files that were sent, in memory: their records, what is kept of them, and whose reading is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from permanence.application.reference.ports import Columns, DecidedMeanwhile, UnknownImport
from permanence.domain.reference.imports import Import


@dataclass
class FakeImports:
    kept: dict[str, Import] = field(default_factory=dict)
    said: dict[tuple[str, str], Columns] = field(default_factory=dict)
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

    def columns(self, kind: str, sender: str) -> Columns:
        return self.said.get((kind, sender), {})

    def remember(self, kind: str, sender: str, columns: Columns, now: datetime) -> None:
        self.said[kind, sender] = columns


@dataclass
class FakeImportFiles:
    kept: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, body: bytes, content_type: str) -> None:
        self.kept[key] = body

    def get(self, key: str) -> bytes:
        return self.kept[key]


@dataclass
class FakeFilesToRead:
    asked: list[tuple[str, int]] = field(default_factory=list)

    def ask(self, import_id: str, reading: int) -> None:
        self.asked.append((import_id, reading))
