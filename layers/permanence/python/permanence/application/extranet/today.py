"""« Aujourd'hui »: the day so far, what needs Habitat 70, what is open (R53)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import takewhile

from permanence.application.dispatch.ports import OpenItems, OpenWork
from permanence.application.extranet.ports import Lookup, Wanted
from permanence.application.reception.ports import CallRecord, Calls
from permanence.application.timeline.lines import State
from permanence.application.timeline.mail_states import (
    REFUSED,
    TOO_LATE,
    WAITING,
    list_name,
    mail_state,
)
from permanence.application.timeline.malfunctions import MalfunctionRow, malfunction_row
from permanence.application.timeline.period_runs import (
    FIRST_RUN_LOOKS_BACK,
    JOB,
    LONGEST_CATCH_UP,
    WHOLE_LIST,
    mail_ref,
    period_id,
)
from permanence.application.timeline.ports import JobRun
from permanence.domain.calls.call import Call
from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import DispatchStatus
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.dispatch.notices import Notice, NoticeRef
from permanence.domain.frozen import dataclass
from permanence.domain.instants import PARIS, midnight, paris_day, paris_month
from permanence.domain.reference.announced import Peak
from permanence.domain.reference.calendar import (
    Closure,
    Service,
    ToldPeriod,
    next_change,
    opening_words,
    openings,
    service_at,
    told_periods_back,
    told_periods_ended,
)
from permanence.domain.reference.exceptional import Opening, Takeover, takeover_at

MAIL_IS_LATE_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class HalfHour:
    """Calls presented in half an hour of the Paris-local day; `index` counts them from midnight."""

    index: int
    quick: int
    slow: int
    lost: int

    @property
    def total(self) -> int:
        return self.quick + self.slow + self.lost


@dataclass(frozen=True)
class DayFigures:
    """The calls of the day; `waiting` are not answered yet, `lost` ended without an answer."""

    received: int
    by_service: Mapping[Service, int]
    quick: int
    slow: int
    lost: int
    mean_wait: timedelta | None
    longest_wait: timedelta | None
    half_hours: tuple[HalfHour, ...]

    @property
    def answered(self) -> int:
        return self.quick + self.slow

    @property
    def told_services(self) -> tuple[tuple[Service, int], ...]:
        """What is out of the ordinary only where there is some."""
        return tuple((one, count) for one, count in self.by_service.items() if count or one is not Service.TAKEOVER)


@dataclass(frozen=True)
class OpeningSpan:
    """Opening hours of the day, in half hours from midnight."""

    start: float
    end: float


@dataclass(frozen=True)
class ListMail:
    """A mail and whom it is for; `at` (UTC) is when its state became what it is, None while nobody was given it."""

    reader: str
    state: State
    at: datetime | None


@dataclass(frozen=True)
class PeriodMails:
    """The mails of the last period of astreinte, or taken over; `run` is None while the job has not told its end. Late
    is what the mail service has not been given ten minutes after it."""

    period: ToldPeriod
    run: JobRun | None
    mails: tuple[ListMail, ...]
    is_late: bool

    @property
    def by_state(self) -> tuple[tuple[State, datetime | None, tuple[str, ...]], ...]:
        """Each state that some stand in, since when the last of them does, and whom they are for."""
        states = dict.fromkeys(mail.state for mail in self.mails)
        return tuple((state, max(self._since(state), default=None), self._readers(state)) for state in states)

    @property
    def lost(self) -> tuple[str, ...]:
        """Whom those are for that nobody will receive."""
        return self._readers(REFUSED, TOO_LATE)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Whom those are for that are written and that the mail service was not given yet."""
        return self._readers(WAITING)

    def _since(self, state: State) -> Iterator[datetime]:
        return (mail.at for mail in self.mails if mail.state is state and mail.at is not None)

    def _readers(self, *states: State) -> tuple[str, ...]:
        return tuple(mail.reader for mail in self.mails if mail.state in states)


@dataclass(frozen=True)
class Today:
    """The page in primitives; instants in UTC."""

    now: datetime
    service: Service
    next_service_words: str
    takeover: Takeover | None
    figures: DayFigures
    opening_spans: tuple[OpeningSpan, ...]
    open_malfunctions: tuple[MalfunctionRow, ...]
    unanswered: tuple[MalfunctionRow, ...]
    unknown_addresses: tuple[MalfunctionRow, ...]
    forms_to_complete: int
    mail: PeriodMails
    closures: tuple[Closure, ...]
    openings: tuple[Opening, ...]
    peaks: tuple[Peak, ...]


def view_today(calls: Calls, open_items: OpenItems, lookup: Lookup, contract: Contract, now: datetime) -> Today:
    """3 requests, as long as a day's calls weigh less than a megabyte."""
    work = open_items.open_work()
    change = next_change(now, contract.hours)
    return Today(
        now=now,
        service=service_at(now, contract.hours),
        next_service_words=opening_words(change, now),
        takeover=takeover_at(contract.takeovers, now),
        figures=_figures(_calls_since_midnight(calls, now), contract),
        opening_spans=_opening_spans(contract, now),
        open_malfunctions=_rows(work.malfunctions, contract),
        unanswered=_rows((one for one in work.malfunctions if _is_unanswered(one)), contract),
        unknown_addresses=_rows((one for one in work.malfunctions if one.place.dwelling_id is None), contract),
        forms_to_complete=_forms_to_complete(work),
        mail=_period_mails(lookup, contract, now),
        closures=tuple(closure for closure in contract.hours.closures if closure.end > now),
        openings=tuple(one for one in contract.openings if one.end > now),
        peaks=tuple(peak for peak in contract.peaks if peak.end > now),
    )


def _calls_since_midnight(calls: Calls, now: datetime) -> Iterable[CallRecord]:
    return calls.of_month(paris_month(now), since=midnight(paris_day(now)))


def _figures(records: Iterable[CallRecord], contract: Contract) -> DayFigures:
    presented = [(call.presented_at, call) for call in _counted(records) if call.presented_at]
    waits = [call.wait for _, call in presented if call.wait is not None]
    threshold = timedelta(milliseconds=contract.service_level.answered_within_ms)
    services = [call.service for _, call in presented]
    half_hours: dict[int, list[int]] = {}
    totals = [0, 0, 0]
    for at, call in presented:
        kind = _kind(call, threshold)
        if kind is not None:
            # By the clocks on the wall: an hour that comes twice counts twice in the same place.
            half_hours.setdefault(int(_place(at)), [0, 0, 0])[kind] += 1
            totals[kind] += 1
    return DayFigures(
        received=len(presented),
        by_service={service: services.count(service) for service in Service},
        quick=totals[0],
        slow=totals[1],
        lost=totals[2],
        mean_wait=sum(waits, timedelta(0)) / len(waits) if waits else None,
        longest_wait=max(waits, default=None),
        half_hours=tuple(HalfHour(index, *counts) for index, counts in sorted(half_hours.items())),
    )


def _counted(records: Iterable[CallRecord]) -> Iterator[Call]:
    """Without the contractors' line and tests (R60)."""
    return (record.call for record in records if record.call.is_counted)


def _kind(call: Call, threshold: timedelta) -> int | None:
    """0 answered in time, 1 answered later, 2 lost; None while the caller waits."""
    if call.wait is not None:
        return 0 if call.wait < threshold else 1
    return 2 if call.ended_at is not None else None


def _opening_spans(contract: Contract, now: datetime) -> tuple[OpeningSpan, ...]:
    day = paris_day(now)
    todays = takewhile(lambda span: paris_day(span.start) == day, openings(midnight(day), contract.hours))
    return tuple(OpeningSpan(_place(span.start), _place(span.end)) for span in todays)


def _place(instant: datetime) -> float:
    """Half hours from midnight on the clocks of Paris."""
    local = instant.astimezone(PARIS)
    return local.hour * 2 + local.minute / 30


def _rows(malfunctions: Iterable[Malfunction], contract: Contract) -> tuple[MalfunctionRow, ...]:
    rows = [malfunction_row(malfunction, contract) for malfunction in malfunctions]
    return tuple(sorted(rows, key=lambda row: row.opened_at, reverse=True))


def _is_unanswered(malfunction: Malfunction) -> bool:
    return malfunction.dispatch is not None and malfunction.dispatch.status is DispatchStatus.EXHAUSTED


def _forms_to_complete(work: OpenWork) -> int:
    """Forms of calls that are over: those in course are being filled in."""
    in_course = {call.call_id for call in work.calls}
    return sum(form.call_id not in in_course for form in work.forms)


def _period_mails(lookup: Lookup, contract: Contract, now: datetime) -> PeriodMails:
    """1 request: the run of the last period with its mails, and the runs before it where they matter."""
    period = next(told_periods_back(now, contract.hours))
    told, waited = period_id(period.end), now - period.end
    # A first run ever does not look back further than a day: older ones are awaited of a job that has run before.
    is_recent = waited <= FIRST_RUN_LOOKS_BACK
    before = () if is_recent else told_periods_ended(now - LONGEST_CATCH_UP, now, contract.hours)
    lists = {mail_ref(told, list_id): list_id for list_id in (WHOLE_LIST, *contract.agencies)}
    runs = dict.fromkeys([told, *(period_id(one.end) for one in before)])
    found = lookup.find(Wanted(notices=list(lists), runs=[(JOB, run) for run in runs]))
    run = next((run for run in found.runs if run.period == told), None)
    mails = tuple(_list_mail(notice, lists[NoticeRef(notice.owner, notice.key)], contract) for notice in found.notices)
    is_awaited = is_recent or bool(found.runs)
    is_given = run is not None and all(mail.state is not WAITING for mail in mails)
    is_late = not is_given and is_awaited and waited > MAIL_IS_LATE_AFTER
    return PeriodMails(period, run, mails, is_late)


def _list_mail(notice: Notice, list_id: str, contract: Contract) -> ListMail:
    agency = contract.agencies.get(list_id)
    return ListMail(list_name(list_id, agency.name if agency else ""), mail_state(notice), notice.settled_at)
