"""The frozen monthly reports, and how each leaves the bucket (R53, R65)."""

from collections.abc import Sequence
from datetime import datetime

from permanence.application.access.ports import AuditLog
from permanence.application.access.reading import note_export
from permanence.application.access.signing_in import Session
from permanence.application.reception.ports import ObjectStore
from permanence.application.timeline.monthly_runs import JOB, report_key
from permanence.application.timeline.ports import JobRun, Jobs
from permanence.domain.frozen import dataclass
from permanence.domain.service_level.figures import Rate

MOST_SHOWN = 24


class NoSuchReport(Exception):
    """No report of this month has been frozen."""


class ReportMissing(Exception):
    """A report was frozen, and its file is not there any more."""


@dataclass(frozen=True)
class FrozenReport:
    """The figures of a month that will not change: N, and the two rates with the target they were judged by."""

    month: str
    frozen_at: datetime
    calls: int
    qs1: Rate
    qs2: Rate
    target_percent: int


def frozen_reports(jobs: Jobs) -> Sequence[FrozenReport]:
    """The newest first: 1 request."""
    return tuple(_frozen(run) for run in jobs.latest(JOB, MOST_SHOWN))


def _frozen(run: JobRun) -> FrozenReport:
    counts, n = run.counts, run.counts["n"]
    qs1, qs2 = Rate(counts["n40"], n), Rate(counts["nr"], n)
    return FrozenReport(run.period, run.finished_at, n, qs1, qs2, counts["target_percent"])


def read_report(
    jobs: Jobs, audit: AuditLog, reports: ObjectStore, session: Session, month: str, now: datetime
) -> bytes:
    """The workbook of a month's report, some hundred kilobytes, and a line in the register: 3 requests.

    By our own hand and not by an address of the bucket, which could lead to an error of the store's.
    Raises NoSuchReport or ReportMissing.
    """
    if jobs.done(JOB, month) is None:
        raise NoSuchReport(month)
    try:
        workbook = reports.get(report_key(month))
    except KeyError as missing:
        raise ReportMissing(month) from missing
    note_export(audit, session, f"report:{month}", now)
    return workbook
