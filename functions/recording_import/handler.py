"""One message of the recordings queue is one finished recording. What the provider still holds is asked each night."""

import os
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from permanence.adapters import clock
from permanence.adapters.queue_batch import work_through
from permanence.application.reception.recordings import ask_for_held, import_recording, read_import
from permanence.domain.instants import parse_instant
from recording_import.live_services import LiveServices, Services

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse | None:
    """A batch of the queue, or ``{"job": "held_recordings"}`` with an optional instant ``at``.

    What could not be fetched or kept now goes back to the queue, at last to the dead letters.
    """
    now = clock.now(os.environ)
    if "Records" in event:
        return import_all(event, _live(), now, context)
    run_job(event, _live(), now)
    return None


def import_all(event: dict[str, Any], services: Services, now: datetime, context: Any) -> PartialItemFailureResponse:
    """Each message by itself: one that fails does not hold up the others."""

    def import_one(message: Mapping[str, Any]) -> None:
        recording = read_import(message)
        result = import_recording(
            services.calls, services.phones, services.recordings, recording, terms=services.retention, now=now
        )
        logger.info("recording", call=recording.call_id, recording=recording.recording_id, result=result.value)
        metrics.add_metric("Recording" + result.name.title().replace("_", ""), MetricUnit.Count, 1)

    return work_through(event, import_one, logger, context)


def run_job(event: Mapping[str, Any], services: Services, now: datetime) -> None:
    """Have imported what no callback told of; raises ValueError on a job that is not known."""
    if event.get("job") != "held_recordings":
        raise ValueError(f"unknown job {event.get('job')!r}")
    at = parse_instant(event["at"]) if "at" in event else now
    held = ask_for_held(services.calls, services.phones, services.imports, terms=services.retention, now=at)
    logger.info("held recordings", asked=held.asked)
    metrics.add_metric("HeldRecordingsRan", MetricUnit.Count, 1)
    metrics.add_metric("RecordingsAskedFor", MetricUnit.Count, len(held.asked))
    for recording in held.of_no_call:
        logger.error("the provider holds a recording of no call we know", recording=recording)
    # 0 too: the alarm ends when a night finds none any more.
    metrics.add_metric("RecordingsOfNoCall", MetricUnit.Count, len(held.of_no_call))


@cache
def _live() -> Services:
    return LiveServices(os.environ)
