"""The report of each month, frozen once on the day the contract says (R51, R65)."""

from collections.abc import Callable, Iterator
from datetime import datetime

from permanence.application.dispatch.ports import Malfunctions, Notices
from permanence.application.reception.ports import Calls, ObjectStore
from permanence.application.reference.ports import ReferenceData
from permanence.application.timeline.call_facts import AgencyOfCall, facts_of
from permanence.application.timeline.monthly_runs import EXCEL, JOB, report_key
from permanence.application.timeline.ports import FrozenMonths, JobRun, Jobs, SettledDays
from permanence.domain.contract import Contract
from permanence.domain.dispatch.notices import Notice, NoticeKind
from permanence.domain.frozen import dataclass
from permanence.domain.instants import paris_month
from permanence.domain.service_level.frozen_months import FrozenMonth, frozen_figures
from permanence.domain.service_level.monthly_report import MonthlyReport, monthly_report


@dataclass(frozen=True)
class Monthly:
    """What the job works with. `write_workbook` renders a report as Excel, `write_mail` the message that carries it."""

    contract: Contract
    calls: Calls
    malfunctions: Malfunctions
    reference: ReferenceData
    notices: Notices
    jobs: Jobs
    frozen_months: FrozenMonths
    settled_days: SettledDays
    reports: ObjectStore
    write_workbook: Callable[[MonthlyReport, datetime], bytes]
    write_mail: Callable[[MonthlyReport, bytes, datetime], bytes]


def freeze_ended_months(job: Monthly, now: datetime) -> tuple[JobRun, ...]:
    """Freeze every month whose time has come since the last one frozen; the first run ever takes the last of them.

    A repeat finds nothing to do. 1 request a page of calls, and 1 for the figures.
    """
    return tuple(_freeze(job, month, now) for month in _months_to_freeze(job, now))


def months_not_frozen(job: Monthly, now: datetime) -> tuple[str, ...]:
    """The months whose time has come and that no run has frozen; before the first run ever, those that had a call.

    1 request, and before the first run ever 1 for a month.
    """
    owed = tuple(_months_to_freeze(job, now))
    if job.jobs.latest(JOB, 1):
        return owed
    return tuple(month for month in owed if next(iter(job.calls.of_month(month)), None) is not None)


def _months_to_freeze(job: Monthly, now: datetime) -> Iterator[str]:
    ended = _month_before(paris_month(now))
    if now < job.contract.freeze.of(ended):
        ended = _month_before(ended)
    latest = job.jobs.latest(JOB, 1)
    missed = [ended]
    while latest and _month_before(missed[0]) > latest[0].period:
        missed.insert(0, _month_before(missed[0]))
    return (month for month in missed if not latest or month > latest[0].period)


def _month_before(month: str) -> str:
    year, number = (int(part) for part in month.split("-"))
    return f"{year}-{number - 1:02}" if number > 1 else f"{year - 1}-12"


def _freeze(job: Monthly, month: str, now: datetime) -> JobRun:
    contract = job.contract
    records = list(job.calls.of_month(month))
    agencies = AgencyOfCall(job.malfunctions, job.reference, now)
    agencies.know_those_of(record.form for record in records)
    facts = facts_of(records, agencies.of)
    frozen = job.frozen_months.keep(FrozenMonth(month, now, contract.rules, tuple(facts)))
    report = monthly_report(month, frozen.calls, frozen.rules)
    key = report_key(month)
    workbook = job.write_workbook(report, frozen.frozen_at)
    if not job.reports.put_once(key, workbook, EXCEL):
        workbook = job.reports.get(key)
    mail_key = f"mails/{JOB}/{month}.eml"
    job.reports.put_once(mail_key, job.write_mail(report, workbook, frozen.frozen_at), "message/rfc822")
    job.notices.put_job_notices(
        [
            Notice(
                owner=f"job:{JOB}:{month}",
                key="mail-default",
                kind=NoticeKind.MAIL,
                to=",".join(contract.default_mailing_list),
                created_at=now,
                body_key=mail_key,
            )
        ]
    )
    job.settled_days.freeze(frozen_figures(frozen))
    counts = {
        "n": len(report.rated),
        "n40": report.n40,
        "nr": report.nr,
        "target_percent": frozen.rules.terms.target_percent,
    }
    run = JobRun(JOB, month, frozen.frozen_at, counts)
    job.jobs.finish(run)
    return run
