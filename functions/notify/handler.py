"""One message of the outbox queue is one notice: claimed, given to its provider, recorded."""

import os
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from notify.live_services import LiveServices, Services
from permanence.adapters import clock
from permanence.adapters.queue_batch import work_through
from permanence.application.dispatch.asking import ask_about_call
from permanence.application.dispatch.notifying import Sent, send_notice

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """A batch of the outbox queue; what a provider could not take now goes back to it."""
    return send_all(event, _live(), clock.now(os.environ), context)


def send_all(event: dict[str, Any], services: Services, now: datetime, context: Any) -> PartialItemFailureResponse:
    """Each message by itself: one that fails does not hold up the others."""

    def send(message: Mapping[str, Any]) -> None:
        if "call" in message:
            _ask_about_call(str(message["call"]), services, now)
            return
        owner, key = str(message["owner"]), str(message["key"])
        metrics.add_metric("NoticeAttempted", MetricUnit.Count, 1)
        sent = send_notice(
            owner,
            key,
            now,
            notices=services.notices,
            malfunctions=services.malfunctions,
            open_items=services.open_items,
            providers=services.providers,
            dispatching=services.dispatching,
            duty_supervisor=services.duty_supervisor,
        )
        _tell(owner, key, sent)

    return work_through(event, send, logger, context)


def _ask_about_call(call_id: str, services: Services, now: datetime) -> None:
    asked = ask_about_call(call_id, now, calls=services.calls, phones=services.providers.phones)
    logger.info("call asked about", call=call_id, result=asked.value)
    metrics.add_metric("CallAsked" + asked.name.title().replace("_", ""), MetricUnit.Count, 1)


def _tell(owner: str, key: str, sent: Sent) -> None:
    logger.info("notice", owner=owner, key=key, result=sent.result.value, code=sent.code)
    metrics.add_metric("Notice" + sent.result.name.title().replace("_", ""), MetricUnit.Count, 1)
    if sent.is_lost_mail:
        metrics.add_metric("MailLost", MetricUnit.Count, 1)
    if sent.is_refusal_of_us:
        metrics.add_metric("ProviderRefusesUs", MetricUnit.Count, 1)
    if sent.planning_failure is not None:
        failure = type(sent.planning_failure).__name__
        logger.warning("the planning could not be read: the contract's number is called", owner=owner, failure=failure)
    if sent.was_unclear:
        logger.warning("sent again: an earlier attempt left it unclear", owner=owner, key=key)
        metrics.add_metric("NoticeSentAgain", MetricUnit.Count, 1)


@cache
def _live() -> Services:
    return LiveServices(os.environ)
