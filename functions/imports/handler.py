"""One message of the queue is one reading of a file that was sent."""

import os
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from imports.live_services import live_reading
from permanence.adapters import clock
from permanence.adapters.queue_batch import work_through
from permanence.application.reference.reading_files import ReadingFiles

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """A batch of the queue. What fails goes back to it, at last to the dead letters."""
    return read_all(event, _live(), clock.now(os.environ), context)


def read_all(event: dict[str, Any], room: ReadingFiles, now: datetime, context: Any) -> PartialItemFailureResponse:
    def read_one(message: Mapping[str, Any]) -> None:
        one = room.read(message["import"], message["reading"], now)
        outcome = one.state.value if one else "not awaited"
        logger.info("file", id=message["import"], reading=message["reading"], outcome=outcome)
        if one:
            metrics.add_metric("FilesRead", MetricUnit.Count, 1)
            metrics.add_metric("LinesRead", MetricUnit.Count, one.lines)

    return work_through(event, read_one, logger, context)


@cache
def _live() -> ReadingFiles:
    return live_reading(os.environ)
