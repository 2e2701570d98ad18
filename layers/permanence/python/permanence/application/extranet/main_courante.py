"""One main courante as Habitat 70 reads it: what happened, delays, callers, the chain, until when it is kept (R53)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from permanence.application.dispatch.ports import MalfunctionLog, Malfunctions
from permanence.application.extranet.ports import Lookup, Wanted
from permanence.application.reception.ports import CallRecord
from permanence.application.reception.recordings_kept import listenable
from permanence.application.timeline.entries import mails_told_of
from permanence.application.timeline.lines import ROLE_WORDS, Family, Line, State
from permanence.application.timeline.main_courante import timeline
from permanence.application.timeline.malfunctions import dispatch_state
from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import Dispatch
from permanence.domain.dispatch.malfunction import Delays, delays
from permanence.domain.frozen import dataclass
from permanence.domain.instants import paris_day
from permanence.domain.main_courante.log import EntryKind
from permanence.domain.privacy.retention import purge_stamp


@dataclass(frozen=True)
class Sound:
    """The recording of a call of the timeline."""

    call_id: str
    recording_id: str
    duration: timedelta | None


@dataclass(frozen=True)
class Step:
    """A line with what the call itself tells."""

    line: Line
    talk: timedelta | None
    sound: Sound | None
    sound_erased: bool


@dataclass(frozen=True)
class Day:
    """The steps of one Paris-local day."""

    day: date
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Caller:
    name: str
    phone: str | None  # E.164
    calls: int


@dataclass(frozen=True)
class Rank:
    """Someone of the frozen chain, and why."""

    name: str
    role: str
    reason: str


@dataclass(frozen=True)
class MainCourante:
    """The page in primitives; instants in UTC."""

    malfunction_id: str
    number: str
    reference: str
    motif: str
    commune: str
    address: str
    details: str
    residence: str
    agency: str
    opened_at: datetime
    description: str
    state: State
    state_at: datetime | None
    days: tuple[Day, ...]
    counts: tuple[tuple[Family, int], ...]
    delays: Delays
    callers: tuple[Caller, ...]
    chain: tuple[Rank, ...]
    frozen_at: datetime | None
    erase_from: date
    erase_until: date

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(step.line for day in self.days for step in day.steps)


def view_main_courante(
    malfunctions: Malfunctions,
    lookup: Lookup,
    contract: Contract,
    malfunction_id: str,
    families: frozenset[Family] = frozenset(Family),
) -> MainCourante | None:
    """2 requests; None when there is none. `families` are the lines the reader asked to see."""
    log = malfunctions.log(malfunction_id)
    if log is None:
        return None
    call_ids = list(dict.fromkeys(contact.call_id for contact in log.malfunction.contacts))
    written = (entry for entry in log.entries if entry.kind is EntryKind.MAIL_WRITTEN)
    found = lookup.find(Wanted(call_ids, notices=[ref for entry in written for _, ref in mails_told_of(entry)]))
    records = {record.call.call_id: record for record in found.calls}
    lines = timeline(log.entries, [record.call for record in found.calls], found.notices)
    return _view(log, lines, records, contract, families)


def _view(
    log: MalfunctionLog,
    lines: Sequence[Line],
    records: dict[str, CallRecord],
    contract: Contract,
    families: frozenset[Family],
) -> MainCourante:
    malfunction = log.malfunction
    place, dispatch = malfunction.place, malfunction.dispatch
    agency = contract.agencies.get(place.agency)
    state, state_at = dispatch_state(dispatch)
    stamps = [purge_stamp(instant, contract.retention).erase_on for instant in _instants(log)]
    return MainCourante(
        malfunction_id=malfunction.malfunction_id,
        number=malfunction.number,
        reference=dispatch.reference if dispatch else "",
        motif=malfunction.motif_label,
        commune=place.commune,
        address=place.address,
        details=place.details,
        residence=place.residence,
        agency=agency.name if agency else place.agency,
        opened_at=malfunction.opened_at,
        description=malfunction.description,
        state=state,
        state_at=state_at,
        days=_days([line for line in lines if line.family in families], records),
        counts=tuple((family, sum(line.family is family for line in lines)) for family in Family),
        delays=delays(malfunction, _first_presented(records)),
        callers=_callers(log),
        chain=_chain(dispatch),
        frozen_at=_first(log, EntryKind.DISPATCH_STARTED),
        erase_from=min(stamps),
        erase_until=max(stamps),
    )


def _instants(log: MalfunctionLog) -> list[datetime]:
    return [log.malfunction.opened_at, *(entry.at for entry in log.entries)]


def _days(lines: Sequence[Line], records: dict[str, CallRecord]) -> tuple[Day, ...]:
    days: dict[date, list[Step]] = {}
    for line in lines:
        days.setdefault(paris_day(line.at), []).append(_step(line, records.get(line.call_id or "")))
    return tuple(Day(day, tuple(steps)) for day, steps in days.items())


def _step(line: Line, record: CallRecord | None) -> Step:
    if record is None:
        return Step(line, None, None, sound_erased=False)
    heard = listenable(record.call)
    sound = None
    if heard:
        seconds = heard[0].duration_s
        duration = timedelta(seconds=seconds) if seconds is not None else None
        sound = Sound(record.call.call_id, heard[0].recording_id, duration)
    erased = any(recording.erased for recording in record.call.recordings)
    return Step(line, record.call.talk, sound, sound_erased=erased)


def _first_presented(records: dict[str, CallRecord]) -> datetime | None:
    known = (record.call.presented_at for record in records.values())
    return min((instant for instant in known if instant is not None), default=None)


def _first(log: MalfunctionLog, kind: EntryKind) -> datetime | None:
    return min((entry.at for entry in log.entries if entry.kind is kind), default=None)


def _callers(log: MalfunctionLog) -> tuple[Caller, ...]:
    """One line a person, whoever of them called twice."""
    counts: dict[tuple[str, str | None], int] = {}
    for contact in log.malfunction.contacts:
        counts[contact.name, contact.phone] = counts.get((contact.name, contact.phone), 0) + 1
    return tuple(Caller(name, phone, count) for (name, phone), count in counts.items())


def _chain(dispatch: Dispatch | None) -> tuple[Rank, ...]:
    """A second number has the reason of the first: it is told once."""
    ranks: list[Rank] = []
    told: set[tuple[str, str]] = set()
    for responder in (step.responder for step in (dispatch.steps if dispatch else ())):
        known = (responder.person_id, responder.reason)
        ranks.append(Rank(responder.name, ROLE_WORDS[responder.role], "" if known in told else responder.reason))
        told.add(known)
    return tuple(ranks)
