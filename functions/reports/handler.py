"""Scheduled reports: ``{"job": "end_of_period"}``, ``{"job": "monthly"}``, perhaps with an instant ``at``.

The end of a period also settles the days that are over, when its mails have left; ``{"job": "settle_days"}`` does just
that, and ``{"job": "ended_periods"}`` just the mails, since a closure may end at any hour (R50), and that of the holes
of coverage that have appeared (R32). ``"run": "morning"`` or ``"lunch"`` beside ``end_of_period`` says which of the two
runs of a day this is: each has its alarm.
"""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from permanence.adapters import clock
from permanence.adapters.excel.lists import write_list
from permanence.application.reports.end_of_period import EndOfPeriod, tell_ended_periods
from permanence.application.reports.monthly import Monthly, freeze_ended_months, months_not_frozen
from permanence.application.reports.new_holes import NewHoles, tell_new_holes
from permanence.application.reports.settling_days import SettlingDays, settle_days
from permanence.application.reports.sheets import monthly_sheets
from permanence.application.timeline.ports import JobRun
from permanence.domain.instants import parse_instant
from reports.holes_mail import write_holes_mail
from reports.live_services import live_services
from reports.monthly_mail import write_monthly_mail
from reports.period_mail import write_period_mail
from reports.services import Services

logger = Logger()
metrics = Metrics()

RAN = {"morning": "MorningReportsRan", "lunch": "LunchReportsRan"}
"""What the alarm of each run owed to a day listens for."""


@metrics.log_metrics
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Run a job; what it raises reaches the dead letters of failed runs."""
    return run_job(event, _live(), clock.now(os.environ))


def run_job(event: Mapping[str, Any], services: Services, now: datetime) -> dict[str, Any]:
    """What was told or frozen, by period; raises ValueError on a job or a run that is not known."""
    at = parse_instant(event["at"]) if "at" in event else now
    run_of_day = event.get("run")
    if run_of_day is not None and run_of_day not in RAN:
        raise ValueError(f"unknown run {run_of_day!r}")
    runs: Sequence[JobRun] = ()
    match event.get("job"):
        case "end_of_period":
            runs = tell_ended_periods(_end_of_period(services, at), at)
            _settle_days(services, at)
            _tell_months_not_frozen(services, at)
        case "ended_periods":
            runs = tell_ended_periods(_end_of_period(services, at), at)
            _tell_new_holes(services, at)
        case "settle_days":
            _settle_days(services, at)
        case "monthly":
            runs = freeze_ended_months(_monthly(services, at), at)
            _tell_months_not_frozen(services, at)
        case unknown:
            raise ValueError(f"unknown job {unknown!r}")
    if run_of_day is not None:
        metrics.add_metric(RAN[run_of_day], MetricUnit.Count, 1)
    for run in runs:
        logger.info("report", job=run.job, period=run.period, counts=dict(run.counts))
    logger.info("job done", job=event["job"], periods=len(runs))
    return {"job": event["job"], "runs": [{"period": run.period, "counts": dict(run.counts)} for run in runs]}


def _settle_days(services: Services, at: datetime) -> None:
    run = settle_days(SettlingDays(services.contract_at(at), services.calls, services.settled_days), at)
    metrics.add_metric("DaysSettled", MetricUnit.Count, run.written)
    logger.info("days settled", counted=run.counted, written=run.written, left=run.left)


def _tell_new_holes(services: Services, at: datetime) -> None:
    contract = services.contract_at(at)
    job = NewHoles(
        contract=contract,
        reference=services.reference,
        bodies=services.bodies,
        jobs=services.jobs,
        notices=services.notices,
        reports=services.reports,
        write=lambda mail: write_holes_mail(mail, contract, services.addresses),
    )
    run = tell_new_holes(job, at)
    if run is not None:
        logger.info("holes of coverage", holes=run.counts["holes"], new=run.counts["new"])


def _tell_months_not_frozen(services: Services, at: datetime) -> None:
    months = months_not_frozen(_monthly(services, at), at)
    metrics.add_metric("MonthsNotFrozen", MetricUnit.Count, len(months))
    if months:
        logger.error("months that should be frozen are not", months=months)


def _end_of_period(services: Services, at: datetime) -> EndOfPeriod:
    contract = services.contract_at(at)
    return EndOfPeriod(
        contract=contract,
        calls=services.calls,
        malfunctions=services.malfunctions,
        open_items=services.open_items,
        reference=services.reference,
        notices=services.notices,
        jobs=services.jobs,
        reports=services.reports,
        write=lambda mail: write_period_mail(mail, contract.landlord_name, services.addresses),
    )


def _monthly(services: Services, at: datetime) -> Monthly:
    contract = services.contract_at(at)
    return Monthly(
        contract=contract,
        calls=services.calls,
        malfunctions=services.malfunctions,
        reference=services.reference,
        notices=services.notices,
        jobs=services.jobs,
        frozen_months=services.frozen_months,
        settled_days=services.settled_days,
        reports=services.reports,
        write_workbook=lambda report, at: write_list(*monthly_sheets(report, contract, at), written_at=at),
        write_mail=lambda report, workbook, at: write_monthly_mail(report, workbook, at, contract, services.addresses),
    )


@cache
def _live() -> Services:
    return live_services(os.environ)
