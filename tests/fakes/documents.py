"""Living documents in memory, and a timetable that can be out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from permanence.application.reference.ports import DecidedMeanwhile, Document, UnknownVersion
from permanence.domain.reference.calendar import OpeningHours
from permanence.domain.reference.calendrier import Account, Calendrier, PlannedClosure
from permanence.domain.reference.documents import Decision, Kind, Signed, Timetable, Version
from permanence.domain.reference.in_force import ObeyedCalendrier, ReceptionPart, Start
from tests.fakes.imports import FakeImports
from tests.fakes.store import StoreDown


def signed(hours: OpeningHours) -> Signed:
    """What is signed beside opening hours, where it does not matter."""
    return Signed(hours, {}, {}, frozenset())


@dataclass
class FakeDocuments:
    """`reception` is its timetable as functions read it; `bodies_read` counts; no body is read while `is_out`."""

    kept: dict[tuple[str, int], Document] = field(default_factory=dict)
    timetables: dict[str, Timetable] = field(default_factory=dict)
    imports: FakeImports = field(default_factory=FakeImports)
    bodies_read: int = 0
    is_out: bool = False

    def __post_init__(self) -> None:
        self.reception = FakeReceptionTimetable(of=self)

    def digest(self, body: object) -> str:
        return repr(body)

    def timetable(self, kind: Kind[Any]) -> Timetable:
        return self.timetables_of((kind.name,))[kind.name]

    def timetables_of(self, kinds: Collection[str]) -> Mapping[str, Timetable]:
        return {kind: self.timetables.get(kind, Timetable(kind)) for kind in kinds}

    def versions(self, kind: Kind[Any], limit: int, before: int | None = None) -> Sequence[Version]:
        ours = [document.version for (name, _), document in self.kept.items() if name == kind.name]
        known = [version for version in ours if before is None or version.number < before]
        return sorted(known, key=lambda version: version.number, reverse=True)[:limit]

    def get(self, kind: Kind[Any], number: int) -> Document:
        self.bodies_read += 1
        if self.is_out:
            raise StoreDown
        try:
            return self.kept[kind.name, number]
        except KeyError as unknown:
            raise UnknownVersion(number) from unknown

    def add(self, kind: Kind[Any], document: Document) -> None:
        if (kind.name, document.version.number) in self.kept:
            raise DecidedMeanwhile
        self.kept[kind.name, document.version.number] = document

    def decide(self, kind: Kind[Any], decision: Decision, new_body: object = None) -> None:
        timetable = decision.timetable
        if timetable is not None:
            before = {timetable.kind: timetable.changes - 1} | {one.kind: one.changes for one in decision.unmoved}
            if any(self.timetables_of(before)[name].changes != changes for name, changes in before.items()):
                raise DecidedMeanwhile
        imported = decision.imported
        if imported is not None and self.imports.get(imported.import_id).changes != imported.changes - 1:
            raise DecidedMeanwhile
        if new_body is not None:
            self.add(kind, Document(decision.version, new_body))
        else:
            self._move(kind, decision.version)
        if decision.displaced is not None:
            self._move(kind, decision.displaced)
        if timetable is not None:
            self.timetables[kind.name] = timetable
        if imported is not None:
            self.imports.save(imported)

    def every(self, kind: Kind[Any]) -> Sequence[Version]:
        return [document.version for (name, _), document in self.kept.items() if name == kind.name]

    def rewrite(self, kind: Kind[Any], document: Document) -> None:
        if self.get(kind, document.version.number).version.changes != document.version.changes - 1:
            raise DecidedMeanwhile
        self.kept[kind.name, document.version.number] = document

    def forget(self, kind: Kind[Any], version: Version) -> None:
        known = self.kept.get((kind.name, version.number))
        if known is not None and known.version.changes != version.changes:
            raise DecidedMeanwhile
        self.kept.pop((kind.name, version.number), None)

    def sweep(self, kind: Kind[Any], kept: Collection[Version]) -> None:
        """Bodies lie with their versions."""

    def _move(self, kind: Kind[Any], version: Version) -> None:
        known = self.get(kind, version.number)
        if known.version.changes != version.changes - 1:
            raise DecidedMeanwhile
        self.kept[kind.name, version.number] = Document(version, known.body)


@dataclass
class FakeReceptionTimetable:
    """`readings` counts the requests, those that failed among them. What it tells is `part`, or what the timetables of
    documents say."""

    part: ReceptionPart = field(default_factory=ReceptionPart)
    of: "FakeDocuments | None" = None
    is_down: bool = False
    readings: int = 0

    def read(self) -> ReceptionPart:
        self.readings += 1
        if self.is_down:
            raise StoreDown
        if self.of is None:
            return self.part
        return ReceptionPart(
            starts={
                kind: tuple(Start(slot.number, slot.starts_at) for slot in timetable.slots)
                for kind, timetable in self.of.timetables.items()
            }
        )

    def put_in_force(self, calendrier: Calendrier, starts_at: datetime, number: int = 1) -> None:
        self.part = ReceptionPart((ObeyedCalendrier(number, starts_at, calendrier.obeyed_from(starts_at)),))


def announced(calendrier: Calendrier, since: datetime) -> ReceptionPart:
    """What the reception reads while this calendrier is in force."""
    return ReceptionPart((ObeyedCalendrier(1, since, calendrier.obeyed_from(since)),))


def closed(start: datetime, end: datetime, reason: str = "réunion de service") -> ReceptionPart:
    """What the reception reads while a calendrier with one meeting is in force."""
    return announced(
        Calendrier((PlannedClosure(Account.MEETING, start, end, reason),)), since=start - timedelta(days=60)
    )
