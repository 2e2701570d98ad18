"""One message of the recordings queue is one finished recording."""

import os
from datetime import datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from permanence.adapters import clock
from permanence.application.recordings import import_recording, read_import
from recording_import.live_services import LiveServices, Services

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """A batch of the queue; what could not be fetched or kept now goes back to it, at last to the dead letters."""
    return import_all(event, _live(), clock.now(os.environ), context)


def import_all(event: dict[str, Any], services: Services, now: datetime, context: Any) -> PartialItemFailureResponse:
    """Each message by itself: one that fails does not hold up the others."""

    def import_one(record: SQSRecord) -> None:
        recording = read_import(record.json_body)
        result = import_recording(
            services.calls, services.phones, services.store, recording, terms=services.retention, now=now
        )
        logger.info("recording", call=recording.call_id, recording=recording.recording_id, result=result.value)
        metrics.add_metric("Recording" + result.name.title().replace("_", ""), MetricUnit.Count, 1)

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=import_one, processor=processor, context=context)


@cache
def _live() -> Services:
    return LiveServices(os.environ)
