"""The référentiel as Habitat 70 reads it: what is in force, what waits, what was before (R30)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from permanence.application.access.members import Member, Members
from permanence.application.reference.deciding import Deciding
from permanence.application.reference.ports import MOST_AT_ONCE, UnknownVersion
from permanence.application.timeline.lines import State
from permanence.domain.frozen import dataclass
from permanence.domain.reference.documents import Change, Effect, Kind, Point, Version, VersionState
from permanence.domain.reference.in_force import SEED

MOST_COMPARED = 3
"""Versions of which a list tells the changes: each is a body to read."""
_STATES: Mapping[VersionState, State] = {
    VersionState.DRAFT: State("À corriger ou à comparer", "bad", "circle-x"),
    VersionState.PROPOSED: State("Attend un accord", "wait", "hourglass"),
    VersionState.APPROVED: State("Approuvée", "ok", "circle-check"),
    VersionState.WITHDRAWN: State("Retirée", "", "ban"),
}
_IN_FORCE = State("En vigueur", "ok", "circle-check")
_TO_COME = State("À venir", "info", "clock")
_OVERTAKEN = State("Dépassée", "wait", "triangle-alert")


@dataclass(frozen=True)
class VersionRow:
    """One version; instants in UTC. The four « may » say which decisions it waits for; `changes` are those it makes or
    would make, None where they were not looked at."""

    number: int
    state: State
    proposed_at: datetime
    proposed_by: str
    approved_at: datetime | None
    approved_by: str
    wanted_from: datetime | None
    in_force_from: datetime | None
    compared_with: int
    restores: int | None
    import_id: str | None
    counts: Mapping[str, int]
    changes: tuple[Change, ...] | None
    points: tuple[Point, ...]
    effects: tuple[Effect, ...]
    may_approve: bool
    may_compare: bool
    may_withdraw: bool
    may_restore: bool

    @property
    def waits(self) -> bool:
        """For somebody's decision."""
        return self.may_approve or self.may_compare

    @property
    def blocking(self) -> int:
        """How many points somebody must mend first."""
        return sum(point.blocks for point in self.points)


@dataclass(frozen=True)
class DocumentView:
    """`number` is the version in force, `SEED` before the first, `body` what it says, None where it was not read, and
    `counts` what it holds; `versions` the newest first, `in_force` one of them or an older one."""

    now: datetime
    number: int
    body: Any
    counts: Mapping[str, int]
    in_force: VersionRow | None
    versions: tuple[VersionRow, ...]

    @property
    def waiting(self) -> tuple[VersionRow, ...]:
        """Those that wait for somebody, the oldest first."""
        return tuple(row for row in reversed(self.versions) if row.waits)

    @property
    def to_come(self) -> tuple[VersionRow, ...]:
        """Approved, and not begun: one at most."""
        return tuple(row for row in self.versions if row.in_force_from is not None and row.in_force_from > self.now)

    @property
    def oldest_shown(self) -> int | None:
        """The number before which there are more, None when there are none."""
        last = self.versions[-1].number if self.versions else SEED
        return last if last > SEED + 1 else None


def view_document(deciding: Deciding, kind: Kind[Any], members: Members, now: datetime) -> DocumentView:
    """With what is in force, and what those that wait would change: 4 requests, 1 more for each of up to three."""
    number, body = deciding.in_force(kind, now)
    newest = deciding.documents.versions(kind, MOST_AT_ONCE)
    names, changes = _names(members.all()), {}
    waiting = [version.number for version in newest if _may_be_approved(version, number)]
    for one in waiting[:MOST_COMPARED]:
        changes[one] = kind.changes(body, deciding.documents.get(kind, one).body)
    rows = tuple(_row(version, number, names, now, changes.get(version.number)) for version in newest)
    return _view(now, number, body, kind.counts(body), rows)


def view_history(
    deciding: Deciding, kind: Kind[Any], members: Members, now: datetime, before: int | None
) -> DocumentView:
    """Ten versions, of those before a number: 3 requests."""
    number = deciding.documents.timetable(kind).at(now)
    names = _names(members.all())
    versions = deciding.documents.versions(kind, MOST_AT_ONCE, before)
    return _view(now, number, None, {}, tuple(_row(version, number, names, now) for version in versions))


def view_version(deciding: Deciding, kind: Kind[Any], number: int, members: Members, now: datetime) -> VersionRow:
    """One version, with all that it changes of the one it was compared with: 4 requests. Raises UnknownVersion."""
    document = deciding.documents.get(kind, number)
    in_force = deciding.documents.timetable(kind).at(now)
    try:
        changes = kind.changes(deciding.body(kind, document.version.compared_with), document.body)
    except UnknownVersion:  # it was erased
        changes = None
    return _row(document.version, in_force, _names(members.all()), now, changes)


def view_decisions(
    deciding: Deciding, kind: Kind[Any], number: int, names: Mapping[str, str], now: datetime
) -> VersionRow:
    """What is decided of one version, without its body: 2 requests. Raises UnknownVersion."""
    found = deciding.documents.versions(kind, 1, number + 1)
    if not found or found[0].number != number:
        raise UnknownVersion(f"{kind.name} {number}")
    return _row(found[0], deciding.documents.timetable(kind).at(now), names, now)


def view_every_document(
    deciding: Deciding,
    kinds: Iterable[Kind[Any]],
    without_body: Collection[str],
    register: Iterable[Member],
    now: datetime,
) -> Mapping[str, DocumentView]:
    """By the name of the kind: 1 request, and for each kind 2 at most, whatever its history."""
    every = {kind.name: kind for kind in kinds}
    timetables = deciding.documents.timetables_of(every)
    names = _names(register)
    views = {}
    for name, kind in every.items():
        number = timetables[name].at(now)
        versions = deciding.documents.versions(kind, MOST_AT_ONCE)
        ours = next((version for version in versions if version.number == number), None)
        body = None
        if number == SEED:
            body = deciding.body(kind, SEED)
        elif ours is None or name not in without_body:
            document = deciding.documents.get(kind, number)
            ours, body = document.version, document.body
        counts = ours.counts if ours else kind.counts(body)
        rows = tuple(_row(version, number, names, now) for version in versions)
        views[name] = _view(now, number, body, counts, rows, _row(ours, number, names, now) if ours else None)
    return views


def _view(
    now: datetime,
    number: int,
    body: Any,
    counts: Mapping[str, int],
    rows: tuple[VersionRow, ...],
    in_force: VersionRow | None = None,
) -> DocumentView:
    known = in_force or next((row for row in rows if row.number == number), None)
    return DocumentView(now, number, body, counts, known, rows)


def _names(register: Iterable[Member]) -> Mapping[str, str]:
    return {member.person.user_id: member.person.name for member in register}


def _may_be_approved(version: Version, in_force: int) -> bool:
    return version.state is VersionState.PROPOSED and version.compared_with == in_force


def _row(
    version: Version,
    in_force: int,
    names: Mapping[str, str],
    now: datetime,
    changes: tuple[Change, ...] | None = None,
) -> VersionRow:
    waits = version.state in (VersionState.DRAFT, VersionState.PROPOSED)
    is_overtaken = waits and version.compared_with != in_force
    is_to_come = version.in_force_from is not None and version.in_force_from > now
    may_approve = _may_be_approved(version, in_force)
    state = _STATES[version.state]
    if version.number == in_force:
        state = _IN_FORCE
    elif is_to_come:
        state = _TO_COME
    elif is_overtaken:
        state = _OVERTAKEN
    return VersionRow(
        number=version.number,
        state=state,
        proposed_at=version.proposed_at,
        proposed_by=names.get(version.proposed_by, ""),
        approved_at=version.approved_at,
        approved_by=names.get(version.approved_by or "", ""),
        wanted_from=version.wanted_from,
        in_force_from=version.in_force_from,
        compared_with=version.compared_with,
        restores=version.restores,
        import_id=version.import_id,
        counts=version.counts,
        changes=changes,
        points=version.points,
        effects=version.effects,
        may_approve=may_approve,
        may_compare=waits and not may_approve,
        may_withdraw=waits or is_to_come,
        may_restore=version.state is VersionState.APPROVED and not is_to_come and version.number != in_force,
    )
