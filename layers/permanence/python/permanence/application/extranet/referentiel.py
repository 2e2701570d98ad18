"""The référentiel as Habitat 70 reads it: what is in force, what waits, what was before (R2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from permanence.application.access.members import Members
from permanence.application.reference.deciding import Deciding
from permanence.application.reference.ports import Document
from permanence.application.timeline.lines import State
from permanence.domain.frozen import dataclass
from permanence.domain.reference.documents import Change, Kind, Point, VersionState

MOST_VERSIONS = 12
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
    """One version; instants in UTC. The four « may » say which decisions it waits for; `changes` are those it would
    make, of one that waits."""

    number: int
    state: State
    proposed_at: datetime
    proposed_by: str
    approved_at: datetime | None
    approved_by: str
    in_force_from: datetime | None
    restores: int | None
    changes: tuple[Change, ...]
    points: tuple[Point, ...]
    may_approve: bool
    may_compare: bool
    may_withdraw: bool
    may_restore: bool


@dataclass(frozen=True)
class DocumentView:
    """`number` is the version in force, `SEED` before the first, and `body` what it says; `versions`, newest first."""

    now: datetime
    number: int
    body: Any
    versions: tuple[VersionRow, ...]

    @property
    def waiting(self) -> int:
        """How many versions wait for somebody."""
        return sum(row.may_approve or row.may_compare for row in self.versions)

    @property
    def in_force(self) -> VersionRow | None:
        return next((row for row in self.versions if row.number == self.number), None)


def view_document(
    deciding: Deciding, kind: Kind[Any], members: Members, now: datetime, limit: int = MOST_VERSIONS
) -> DocumentView:
    """4 requests: timetable, version in force, the newest versions, the register for the names."""
    number, body = deciding.in_force(kind, now)
    newest = deciding.documents.latest(kind, limit)
    names = {member.person.user_id: member.person.name for member in members.all()}
    return DocumentView(now, number, body, tuple(_row(kind, one, number, body, names, now) for one in newest))


def _row(
    kind: Kind[Any], document: Document, in_force: int, body: Any, names: Mapping[str, str], now: datetime
) -> VersionRow:
    version = document.version
    waits = version.state in (VersionState.DRAFT, VersionState.PROPOSED)
    is_overtaken = waits and version.compared_with != in_force
    is_to_come = version.in_force_from is not None and version.in_force_from > now
    may_approve = version.state is VersionState.PROPOSED and not is_overtaken
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
        in_force_from=version.in_force_from,
        restores=version.restores,
        changes=kind.changes(body, document.body) if may_approve else (),
        points=version.points if waits else (),
        may_approve=may_approve,
        may_compare=waits and not may_approve,
        may_withdraw=waits or is_to_come,
        may_restore=version.state is VersionState.APPROVED and not is_to_come and version.number != in_force,
    )
