"""Tells the queues what the table has just kept. It reads keys only, so it cannot fail on content, and it calls nobody
but the queues: a slow provider must never block the stream (flow 2)."""

import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from permanence.adapters import clock
from permanence.adapters.dynamodb.due_items import timer_of
from permanence.adapters.dynamodb.items import owner_of
from permanence.application.dispatch.messages import SUPERVISOR_VOICE
from permanence.application.dispatch.sweeping import deadline_message, notice_message
from permanence.application.reception.ports import Queue
from permanence.domain.dispatch.supervisor import CALLS_AT_FIRST
from permanence.live.queues import LiveQueues

logger = Logger()

ALARMS = {
    f"N#{SUPERVISOR_VOICE}-1": "ChainExhausted",
    f"N#{SUPERVISOR_VOICE}-{CALLS_AT_FIRST + 1}": "SupervisorUnreached",
}
"""What the calls to the duty supervisor tell by their number: the first, that nobody of a chain has accepted; the one
after the first four, that he has answered none of them (R42)."""


def handler(event: Mapping[str, Any], context: object) -> None:
    """A batch of the table's stream. Raises when a queue refused something: the batch comes again, and a message told
    twice does nothing twice."""
    queues = _live()
    relay(event["Records"], queues.outbox, queues.deadlines, clock.now(os.environ))


def relay(records: Iterable[Mapping[str, Any]], outbox: Queue, deadlines: Queue, now: datetime) -> None:
    """New items ``N#…`` go to the outbox, ``T#…`` to the deadlines; anything else is none of ours."""
    keys = [record["dynamodb"]["Keys"] for record in records if record["eventName"] == "INSERT"]
    items = [(key["pk"]["S"], key["sk"]["S"]) for key in keys]
    notices = [notice_message(owner_of(pk), sk.removeprefix("N#")) for pk, sk in items if sk.startswith("N#")]
    timers = [deadline_message(owner_of(pk), timer_of(sk), now) for pk, sk in items if sk.startswith("T#")]
    outbox.send(notices)
    deadlines.send(timers)
    for _, sk in items:
        if sk in ALARMS:
            with single_metric(name=ALARMS[sk], unit=MetricUnit.Count, value=1):
                logger.warning("nobody has accepted", alarm=ALARMS[sk])
    logger.info("relayed", notices=len(notices), timers=len(timers))


@cache
def _live() -> LiveQueues:
    return LiveQueues(os.environ)
