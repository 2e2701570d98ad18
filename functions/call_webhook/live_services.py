"""The services of the webhook on AWS; each client is made when a request first needs it."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from aws_lambda_powertools import Logger, Metrics

from call_webhook.call_log import OUTAGES, TolerantCallLog
from permanence.adapters.timeouts import CALLER_IS_WAITING, Timeouts
from permanence.domain.contract import Contract
from permanence.live.calls import LiveCalls
from permanence.live.dispatches import LiveDispatches
from permanence.live.in_force import LiveInForce
from permanence.live.queues import LiveQueues
from permanence.live.telephone import LiveTelephone

# A secret, a table, the provider and the queue that all accept and never answer must cost less than the function has.
_PROVIDER_S = 2.5
_LAST_RESORT = Timeouts(connect_s=0.5, read_s=1, attempts=1)


class LiveServices(LiveCalls, LiveInForce, LiveDispatches, LiveTelephone, LiveQueues):
    """`routing.Services`, from the function's environment."""

    table_timeouts = CALLER_IS_WAITING
    secret_timeouts = CALLER_IS_WAITING
    provider_request_s = _PROVIDER_S
    queue_timeouts = _LAST_RESORT

    def __init__(self, environ: Mapping[str, str], logger: Logger, metrics: Metrics) -> None:
        super().__init__(environ)
        self._logger = logger
        self._metrics = metrics
        self._obeyed: tuple[datetime, Contract] | None = None

    def begin(self) -> None:
        self._obeyed = None
        if "call_log" in self.__dict__:
            self.call_log.begin()

    @cached_property
    def call_log(self) -> TolerantCallLog:
        return TolerantCallLog(self.calls, self.late_events, self._logger, self._metrics)

    def contract_at(self, now: datetime) -> Contract:
        """A caller is answered by what was read last, however old; by the seed until a first reading. One request is
        answered by one contract, made once."""
        if self._obeyed is None or self._obeyed[0] != now:
            if self.in_force.is_due:
                self.call_log.read_if_it_can(self.in_force.read)
            self._obeyed = now, self.in_force.as_read(now)
        return self._obeyed[1]

    @property
    def outages(self) -> tuple[type[Exception], ...]:
        return OUTAGES
