"""The mails at the end of each astreinte period, and of what was taken over of an opening (R50, R4): built once, kept,
told through the outbox.

Each malfunction is told once as new, with everything opened since the period before ended, so that a call taken at
08:29 and sent on at 08:33 is in the next mail rather than in none. What is still open comes back until done.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from permanence.application.dispatch.deciding import decide_on, entries_of
from permanence.application.dispatch.ports import Decision, MalfunctionLog, Malfunctions, Notices, OpenItems
from permanence.application.reception.ports import CallRecord, Calls, ObjectStore, PastRetention
from permanence.application.reference.ports import ReferenceData
from permanence.application.reports.period_mail import Figures, PeriodMail, ToldMalfunction, UnservedCall, known_first
from permanence.application.reports.period_words import to_do, unserved_words
from permanence.application.timeline.call_facts import AgencyOfCall
from permanence.application.timeline.calls import caller_name
from permanence.application.timeline.lines import Family
from permanence.application.timeline.main_courante import timeline
from permanence.application.timeline.malfunctions import malfunction_row
from permanence.application.timeline.period_runs import (
    FIRST_RUN_LOOKS_BACK,
    JOB,
    LONGEST_CATCH_UP,
    WHOLE_LIST,
    mail_ref,
    period_id,
)
from permanence.application.timeline.ports import JobRun, Jobs
from permanence.domain.calls.call import Call
from permanence.domain.contract import Contract
from permanence.domain.dispatch.actions import Log
from permanence.domain.dispatch.dispatch import ReportResult
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.dispatch.notices import Notice, NoticeKind
from permanence.domain.frozen import dataclass
from permanence.domain.instants import format_instant, paris_month
from permanence.domain.main_courante.log import Entry, EntryKind
from permanence.domain.privacy.retention import purge_stamp
from permanence.domain.reference.calendar import Period, Service, ToldPeriod, told_periods_back, told_periods_ended

LATE_EVENTS = timedelta(hours=1)
"""A record is dated when it was born, which may precede its presentation a little."""


_TOLD_BY_MAIL = frozenset({Family.INCOMING, Family.OUTGOING, Family.INTERVENTION})


_DONE = frozenset({ReportResult.REALISEE, ReportResult.MISE_EN_SECURITE})


@dataclass(frozen=True)
class EndOfPeriod:
    """What the job works with. `write` renders a mail as a complete MIME message."""

    contract: Contract
    calls: Calls
    malfunctions: Malfunctions
    open_items: OpenItems
    reference: ReferenceData
    notices: Notices
    jobs: Jobs
    reports: ObjectStore
    write: Callable[[PeriodMail], bytes]


def tell_ended_periods(job: EndOfPeriod, now: datetime) -> tuple[JobRun, ...]:
    """Tell every period that has ended since the last one told, oldest first.

    Nothing when none has ended; after a missed run, all of the last seven days. A repeat finds nothing left to tell,
    and one beside another tells nothing twice. 1 request while nothing is to tell; for each period 1 a page of calls,
    1 for its malfunctions and 2 for each of them.
    """
    return tuple(_tell(job, period, now) for period in _periods_to_tell(job, now))


def _periods_to_tell(job: EndOfPeriod, now: datetime) -> Iterator[ToldPeriod]:
    latest = job.jobs.latest(JOB, 1)
    after = now - (LONGEST_CATCH_UP if latest else FIRST_RUN_LOOKS_BACK)
    for period in told_periods_ended(after, now, job.contract.hours):
        if not latest or period_id(period.end) > latest[0].period:
            yield period


def _tell(job: EndOfPeriod, period: ToldPeriod, now: datetime) -> JobRun:
    mails, told = tuple(_mails(job, period, now)), period_id(period.end)
    notices = []
    for list_id, mail in mails:
        key, ref = f"mails/{JOB}/{told}/{list_id}.eml", mail_ref(told, list_id)
        # A mail that an interrupted run has kept may have been sent already: it stays as it is.
        job.reports.put_once(key, job.write(mail), "message/rfc822")
        notices.append(
            Notice(
                owner=ref.owner,
                key=ref.key,
                kind=NoticeKind.MAIL,
                to=",".join(mail.recipients),
                created_at=now,
                body_key=key,
                extra={"oldest": format_instant(mail.oldest)},
            )
        )
    job.notices.put_job_notices(notices)
    _note_mails(job, period, mails, now)
    run = JobRun(JOB, told, now, _counts([mail for _, mail in mails]))
    job.jobs.finish(run)
    return run


def _note_mails(job: EndOfPeriod, period: ToldPeriod, mails: Sequence[tuple[str, PeriodMail]], now: datetime) -> None:
    """Each main courante says once which mails were written of it: that is all this job knows of them. One that has
    been purged meanwhile is left alone."""
    written: dict[str, dict[str, PeriodMail]] = {}
    for list_id, mail in mails:
        for told in mail.malfunctions:
            written.setdefault(told.row.malfunction_id, {})[list_id] = mail
    for malfunction_id, told_in in written.items():
        data = {
            "period": period_id(period.end),
            "service": period.service.value,
            "agency": next((mail.agency for mail in told_in.values() if mail.agency), ""),
            "lists": ",".join(told_in),
            "recipients": ",".join(dict.fromkeys(to for mail in told_in.values() for to in mail.recipients)),
        }
        _note_once(job.malfunctions, malfunction_id, Log(EntryKind.MAIL_WRITTEN, data), now)


def _note_once(malfunctions: Malfunctions, malfunction_id: str, line: Log, now: datetime) -> None:
    """The lines are read after the version that the save stands on: of two runs, the second finds the first's."""

    def decide(malfunction: Malfunction) -> tuple[Decision | None, None]:
        log = malfunctions.log(malfunction_id)
        if log is None or any(_is_about(entry, line.data["period"]) for entry in log.entries):
            return None, None
        following = replace(malfunction, version=malfunction.version + 1)
        return Decision(following, entries_of(following.version, (line,), now)), None

    with suppress(PastRetention):
        decide_on(malfunctions, malfunction_id, decide)


def _is_about(entry: Entry, period: str) -> bool:
    return entry.kind is EntryKind.MAIL_WRITTEN and entry.data.get("period") == period


def _counts(mails: Sequence[PeriodMail]) -> Mapping[str, int]:
    whole = next(mail for mail in mails if not mail.agency)
    return {
        "mails": len(mails),
        "malfunctions": len(whole.malfunctions),
        "to_do": len(whole.to_do),
        "calls": whole.figures.calls,
    }


def _mails(job: EndOfPeriod, period: ToldPeriod, now: datetime) -> Iterator[tuple[str, PeriodMail]]:
    """(list id, mail): to each agency concerned its own part, when the reading held gives it one, and to the list of
    the contract the whole period, an empty one as well (Art. 4-2, « l’ensemble … selon un listing précis »)."""
    window = Period(_end_before(period, job.contract), period.end)
    logs = list(_logs(job, window))
    agencies = AgencyOfCall(job.malfunctions, job.reference, now)
    for log in logs:
        agencies.know(log.malfunction.malfunction_id, log.malfunction.place.agency)
    presented = list(_calls(job, window))
    agencies.know_those_of(record.form for record in presented)
    records = [(_known(job, agencies.of(record.form)), record) for record in presented]
    told = _told(job, logs)
    agencies_told = job.contract.service_level.reading("period_mails").value == "list_and_agencies"
    for list_id in job.contract.agencies if agencies_told else ():
        calls = [line for line in records if line[0] == list_id]
        malfunctions = [one for log, one in told if log.malfunction.place.agency == list_id]
        mail = _mail(job, period, list_id, malfunctions, calls, now=now)
        if not mail.is_empty:
            yield list_id, mail
    yield WHOLE_LIST, _mail(job, period, "", [one for _, one in told], records, now=now)


def _end_before(period: ToldPeriod, contract: Contract) -> datetime:
    """When the period before ended."""
    return next(told_periods_back(period.start, contract.hours)).end


def _logs(job: EndOfPeriod, window: Period) -> Iterator[MalfunctionLog]:
    """What was opened in the window, and what is still open from before."""
    wanted = [one.malfunction_id for one in job.malfunctions.opened_between(window.start, window.end)]
    earlier = [one.malfunction_id for one in job.open_items.open_work().malfunctions if one.opened_at < window.start]
    for malfunction_id in dict.fromkeys([*earlier, *wanted]):
        log = job.malfunctions.log(malfunction_id)
        if log is not None:
            yield log


def _calls(job: EndOfPeriod, window: Period) -> Iterator[CallRecord]:
    """The calls presented in the window that were no débordement, without the contractors' line and tests (R60): what
    was still astreinte or taken over once its period had ended is in the next. Each month is read backwards, and only
    as far as needed."""
    months = dict.fromkeys([paris_month(window.end), paris_month(window.start)])
    for month in months:
        for record in job.calls.of_month(month, descending=True):
            presented_at = record.call.presented_at
            if presented_at is None or not record.call.is_counted:
                continue
            if presented_at < window.start - LATE_EVENTS:
                break
            if window.start <= presented_at < window.end and record.call.service is not Service.DEBORDEMENT:
                yield record


def _known(job: EndOfPeriod, agency: str) -> str:
    return agency if agency in job.contract.agencies else ""


def _told(job: EndOfPeriod, logs: Sequence[MalfunctionLog]) -> list[tuple[MalfunctionLog, ToldMalfunction]]:
    call_ids = list(dict.fromkeys(contact.call_id for log in logs for contact in log.malfunction.contacts))
    records = {record.call.call_id: record for record in job.calls.get_many(call_ids)} if call_ids else {}
    return [(log, _told_malfunction(job, log, records)) for log in logs]


def _told_malfunction(job: EndOfPeriod, log: MalfunctionLog, records: Mapping[str, CallRecord]) -> ToldMalfunction:
    malfunction: Malfunction = log.malfunction
    forms = [records[c.call_id].form for c in malfunction.contacts if c.call_id in records]
    answers = (form.fields.get("answer_given", "") for form in forms if form is not None)
    lines = timeline(log.entries, [record.call for record in records.values()])
    return ToldMalfunction(
        row=malfunction_row(malfunction, job.contract),
        details=malfunction.place.details,
        description=malfunction.description,
        callers=tuple(dict.fromkeys(contact.name for contact in malfunction.contacts if contact.name)),
        answers=tuple(dict.fromkeys(answer for answer in answers if answer)),
        lines=tuple(line for line in lines if line.family in _TOLD_BY_MAIL),
        to_do=to_do(malfunction),
    )


def _mail(
    job: EndOfPeriod,
    period: ToldPeriod,
    list_id: str,
    malfunctions: Iterable[ToldMalfunction],
    calls: Sequence[tuple[str, CallRecord]],
    *,
    now: datetime,
) -> PeriodMail:
    """`calls` come with the agency concerned, empty when none is known."""
    contract = job.contract
    agency = contract.agencies.get(list_id)
    ordered = tuple(sorted(malfunctions, key=_open_first))
    unserved = tuple(sorted(_unserved(calls, contract), key=lambda call: call.at))
    oldest = min([period.start, *(told.row.opened_at for told in ordered), *(call.at for call in unserved)])
    return PeriodMail(
        period=period,
        agency=agency.name if agency else "",
        recipients=agency.mailing_list if agency else contract.default_mailing_list,
        figures=Figures(
            calls=len(calls),
            malfunctions=len(ordered),
            done=sum(told.row.result in {result.value for result in _DONE} for told in ordered),
            without_intervention=len(unserved),
            unanswered=sum(_gave_up(record.call) for _, record in calls),
        ),
        malfunctions=ordered,
        unserved=unserved,
        written_at=now,
        oldest=oldest,
        delete_before=purge_stamp(oldest, contract.retention).erase_on,
    )


def _gave_up(call: Call) -> bool:
    """Hung up before anyone answered; not who waits still, nor who was sent to the landlord's own numbers."""
    return call.answered_at is None and call.ended_at is not None and not call.was_rerouted


def _open_first(told: ToldMalfunction) -> tuple[bool, bool, tuple[bool, str], datetime]:
    return not told.row.is_open, not told.to_do, known_first(told.row.agency), told.row.opened_at


def _unserved(calls: Iterable[tuple[str, CallRecord]], contract: Contract) -> Iterator[UnservedCall]:
    for agency_id, record in calls:
        call, form = record.call, record.form
        if call.presented_at is None or call.answered_at is None or (form and form.malfunction_id):
            continue
        agency = contract.agencies.get(agency_id)
        yield UnservedCall(
            at=call.presented_at,
            agency=agency.name if agency else "",
            words=unserved_words(form, contract),
            description=form.fields.get("description", "") if form else "",
            name=caller_name(form),
            phone=call.caller,
        )
