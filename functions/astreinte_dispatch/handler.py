"""Wakes dispatches: deadlines from their queue, the sweep each minute; and keeps the call events the table missed."""

import os
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from astreinte_dispatch.live_services import LiveServices, Services
from permanence.adapters import clock
from permanence.adapters.queue_batch import work_through
from permanence.application.dispatch.sweeping import meet_deadline, read_deadline, sweep
from permanence.application.reception.calls import read_late_event, record_event
from permanence.application.reception.ports import PastRetention
from permanence.domain.instants import parse_instant

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse | None:
    """A batch of one of the two queues, or ``{"job": "sweep"}`` with an optional instant ``at``."""
    return wake(event, _live(), clock.now(os.environ), context)


def wake(event: dict[str, Any], services: Services, now: datetime, context: Any) -> PartialItemFailureResponse | None:
    """Each message by itself; raises ValueError on a job that is not known."""
    if "Records" not in event:
        if event.get("job") != "sweep":
            raise ValueError(f"unknown job {event.get('job')!r}")
        _sweep(services, parse_instant(event["at"]) if "at" in event else now)
        return None

    def tell(message: Mapping[str, Any]) -> None:
        if "malfunction_id" in message:
            _meet(message, services, now)
        else:
            _keep_late_event(message, services, now)

    return work_through(event, tell, logger, context)


def _meet(message: Mapping[str, Any], services: Services, now: datetime) -> None:
    malfunction_id, timer = read_deadline(message)
    result = meet_deadline(services.malfunctions, services.deadlines, malfunction_id, timer, now, services.dispatching)
    logger.info("deadline", malfunction=malfunction_id, step=timer.step, result=result.value)
    metrics.add_metric(f"Deadline{result.name.title()}", MetricUnit.Count, 1)


def _keep_late_event(message: Mapping[str, Any], services: Services, now: datetime) -> None:
    event, born = read_late_event(message)
    try:
        record_event(services.calls, event, born, now, services.dispatching.contract.retention)
    except PastRetention:
        logger.info("late event past retention: nothing kept", call=event.call_id)
        metrics.add_metric("LateEventDropped", MetricUnit.Count, 1)
        return
    logger.info("late event", call=event.call_id, kind=event.kind.value)
    metrics.add_metric("LateEventKept", MetricUnit.Count, 1)


def _sweep(services: Services, now: datetime) -> None:
    swept = sweep(services.due_items, services.outbox, services.deadlines, services.rota_updates, now)
    logger.info("sweep", timers=swept.timers, notices=swept.notices, calls=swept.calls)
    # The alarm on its absence is the proof that the sweep runs; the counts show how often the queues were late.
    metrics.add_metric("SweepRan", MetricUnit.Count, 1)
    metrics.add_metric("SweptTimers", MetricUnit.Count, swept.timers)
    metrics.add_metric("SweptNotices", MetricUnit.Count, swept.notices)
    metrics.add_metric("SweptCalls", MetricUnit.Count, swept.calls)
    # What is still there although a sweep before this one has told the queue: two alarms watch these ages.
    metrics.add_metric("OldestDeadlineAge", MetricUnit.Seconds, swept.oldest_timer_s)
    metrics.add_metric("OldestNoticeAge", MetricUnit.Seconds, swept.oldest_notice_s)
    metrics.add_metric("RotaUpdatesLate", MetricUnit.Count, swept.late_rota_updates)


@cache
def _live() -> Services:
    return LiveServices(os.environ)
