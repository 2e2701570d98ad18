"""Recording on the answering path: a slow or broken table costs a caller nothing."""

from collections.abc import Callable
from datetime import datetime

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from botocore.exceptions import BotoCoreError, ClientError

from permanence.application.reception.answering import EventLost
from permanence.application.reception.calls import save_for_later
from permanence.application.reception.ports import Calls, Queue, QueueRefused, VersionConflict
from permanence.domain.calls.call import Call, CallEvent

OUTAGES: tuple[type[Exception], ...] = (BotoCoreError, ClientError, QueueRefused, VersionConflict)
"""What a table or a queue raises that is down, slow, throttled or too busy with one record."""


class TolerantCallLog:
    """`answering.CallLog` over the table, with the queue of late events behind it.

    A table that was out once in a request is not asked again in it: the provider waits for our answer.
    """

    def __init__(
        self,
        calls: Calls,
        late_events: Queue,
        logger: Logger,
        metrics: Metrics,
        *,
        outages: tuple[type[Exception], ...] = OUTAGES,
    ) -> None:
        self._calls = calls
        self._late_events = late_events
        self._logger = logger
        self._metrics = metrics
        self._outages = outages
        self._is_out = False

    def begin(self) -> None:
        """Another request begins: the table is asked again."""
        self._is_out = False

    def record(self, event: CallEvent, born: datetime) -> Call | None:
        if not self._is_out:
            try:
                return self._calls.record(event, born)
            except self._outages as outage:
                self._note("event not recorded", event.call_id, outage)
        self._logger.warning("event kept for later", call=event.call_id, key=event.key)
        self._metrics.add_metric("EventKeptLate", MetricUnit.Count, 1)
        self._keep(event, born)
        return None

    def get(self, call_id: str) -> Call | None:
        if self._is_out:
            return None
        try:
            record = self._calls.get(call_id)
        except self._outages as outage:
            self._note("call not read", call_id, outage)
            return None
        return record.call if record else None

    def read_if_it_can(self, read: Callable[[], None]) -> None:
        """Something else of the table, without which the answer is given too."""
        if self._is_out:
            return
        try:
            read()
        except self._outages as outage:
            self._is_out = True
            self._logger.warning("timetable not read", error=type(outage).__name__)
            self._metrics.add_metric("TimetableNotRead", MetricUnit.Count, 1)

    def _note(self, what: str, call_id: str, outage: Exception) -> None:
        self._is_out = True
        self._logger.warning(what, call=call_id, error=type(outage).__name__)

    def _keep(self, event: CallEvent, born: datetime) -> None:
        try:
            save_for_later(self._late_events, event, born)
        except self._outages as outage:
            # No traceback: it could quote the caller's number.
            self._logger.error(  # noqa: TRY400
                "event lost", call=event.call_id, key=event.key, error=type(outage).__name__
            )
            self._metrics.add_metric("EventLost", MetricUnit.Count, 1)
            raise EventLost(f"{event.key} of {event.call_id}") from outage
