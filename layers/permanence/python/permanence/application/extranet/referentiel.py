"""The référentiel as Habitat 70 reads it: what is in force, what waits, what was before (R2)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from permanence.application.access.members import Members
from permanence.application.reference.deciding import Deciding
from permanence.application.reference.ports import Document
from permanence.application.timeline.lines import State
from permanence.domain.frozen import dataclass
from permanence.domain.instants import to_paris
from permanence.domain.reference.announced import Peak, Works
from permanence.domain.reference.calendrier import CALENDRIER, Calendrier, Counters, PlannedClosure, changes, counters
from permanence.domain.reference.dated import D
from permanence.domain.reference.documents import Change, Circumstances, Point, VersionState

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
class CalendrierView:
    """`number` is the version in force, `SEED` before the first; what is `coming` has not ended, what is `past`
    has, the newest first; `accounts` are those of this civil year and of the next."""

    now: datetime
    number: int
    coming: tuple[PlannedClosure, ...]
    past: tuple[PlannedClosure, ...]
    accounts: tuple[tuple[int, Counters], ...]
    coming_peaks: tuple[Peak, ...]
    past_peaks: tuple[Peak, ...]
    coming_works: tuple[Works, ...]
    past_works: tuple[Works, ...]
    versions: tuple[VersionRow, ...]

    @property
    def waiting(self) -> int:
        """How many versions wait for somebody."""
        return sum(row.may_approve or row.may_compare for row in self.versions)

    @property
    def in_force(self) -> VersionRow | None:
        return next((row for row in self.versions if row.number == self.number), None)


def view_calendrier(deciding: Deciding, members: Members, now: datetime) -> CalendrierView:
    """4 requests: timetable, version in force, the newest versions, the register for the names."""
    number, body = deciding.in_force(CALENDRIER, now)
    newest = deciding.documents.latest(CALENDRIER, MOST_VERSIONS)
    names = {member.person.user_id: member.person.name for member in members.all()}
    year, circumstances = to_paris(now).year, Circumstances(now, now, deciding.signed)
    return CalendrierView(
        now=now,
        number=number,
        coming=_coming(body.closures, now),
        past=_past(body.closures, now),
        coming_peaks=_coming(body.peaks, now),
        past_peaks=_past(body.peaks, now),
        coming_works=_coming(body.works, now),
        past_works=_past(body.works, now),
        accounts=tuple((one, counters(body, one, circumstances)) for one in (year, year + 1)),
        versions=tuple(_row(document, number, body, names, now) for document in newest),
    )


def _coming(entries: Iterable[D], now: datetime) -> tuple[D, ...]:
    return tuple(one for one in entries if one.end > now)


def _past(entries: Iterable[D], now: datetime) -> tuple[D, ...]:
    return tuple(reversed([one for one in entries if one.end <= now]))


def _row(document: Document, in_force: int, body: Calendrier, names: Mapping[str, str], now: datetime) -> VersionRow:
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
        changes=changes(body, document.body) if may_approve else (),
        points=version.points if waits else (),
        may_approve=may_approve,
        may_compare=waits and not may_approve,
        may_withdraw=waits or is_to_come,
        may_restore=version.state is VersionState.APPROVED and not is_to_come and version.number != in_force,
    )
