"""One message is one reading of a file that was sent, or word of S3 that a mail has come which brings some."""

import os
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from imports.live_services import live_work
from imports.mails import Work, is_of_the_bucket, mails_of
from permanence.adapters import clock
from permanence.adapters.queue_batch import work_through

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """A batch of one of the two queues. What fails goes back to it, at last to the dead letters."""
    return read_all(event, _live(), clock.now(os.environ), context)


def read_all(event: dict[str, Any], work: Work, now: datetime, context: Any) -> PartialItemFailureResponse:
    def read_one(message: Mapping[str, Any]) -> None:
        if not is_of_the_bucket(message):
            _read(message, work, now)
            return
        for key in mails_of(message):
            _take_in(key, work, now)

    return work_through(event, read_one, logger, context)


def _read(message: Mapping[str, Any], work: Work, now: datetime) -> None:
    import_id, reading = message["import"], message["reading"]
    one = work.reading.read(import_id, reading, now)
    outcome = one.state.value if one else "not awaited"
    logger.info("file", id=import_id, reading=reading, outcome=outcome)
    if one:
        metrics.add_metric("FilesRead", MetricUnit.Count, 1)
        metrics.add_metric("LinesRead", MetricUnit.Count, one.lines)
    # Told again as well: a worker may have died between its last word on the file and this.
    work.after_reading(import_id, now)


def _take_in(key: str, work: Work, now: datetime) -> None:
    apart = work.mails.take_in(key, now)
    logger.info("mail", id=key.rpartition("/")[2], outcome=apart.value if apart else "taken")
    metrics.add_metric("MailsApart" if apart else "MailsTaken", MetricUnit.Count, 1)


@cache
def _live() -> Work:
    return live_work(os.environ)
