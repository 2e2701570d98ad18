"""The daily purge: ``{"job": "purge"}`` with an optional instant ``at``."""

import os
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from permanence.adapters import clock
from permanence.application.privacy.purging import Purge, purge_due
from permanence.domain.instants import parse_instant
from retention.live_services import live_purge

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Run the purge; what it raises reaches the dead letters of failed runs, and its alarm."""
    return run_job(event, _live(), clock.now(os.environ))


def run_job(event: Mapping[str, Any], job: Purge, now: datetime) -> dict[str, Any]:
    """What was erased today so far, in counts; raises ValueError on a job that is not known."""
    if event.get("job") != "purge":
        raise ValueError(f"unknown job {event.get('job')!r}")
    run = purge_due(job, parse_instant(event["at"]) if "at" in event else now)
    metrics.add_metric("PurgeRan", MetricUnit.Count, 1)
    if overdue := run.counts["provider_overdue"]:
        logger.error("the provider keeps what it must soon have forgotten", overdue=overdue)
    # 0 too: the alarm ends when a run finds none any more.
    metrics.add_metric("ProviderCopiesOverdue", MetricUnit.Count, overdue)
    metrics.add_metric("ItemsPurged", MetricUnit.Count, run.counts["items"])
    metrics.add_metric("RecordingsPurged", MetricUnit.Count, run.counts["recordings"])
    logger.info("purge", period=run.period, counts=dict(run.counts))
    return {"job": run.job, "period": run.period, "counts": dict(run.counts)}


@cache
def _live() -> Purge:
    return live_purge(os.environ)
