"""The services of the webhook on AWS; each client is made when a request first needs it."""

from collections.abc import Mapping
from functools import cached_property

from aws_lambda_powertools import Logger, Metrics

from call_webhook.call_log import OUTAGES, TolerantCallLog
from permanence.adapters.aws import CALLER_IS_WAITING, Timeouts, make_client
from permanence.adapters.contract_file import load_contract
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.adapters.dynamodb.notices import DynamoNotices
from permanence.adapters.dynamodb.table import make_table
from permanence.adapters.sqs import SqsQueue
from permanence.adapters.twilio.credentials import Credentials, ProviderSecret
from permanence.adapters.twilio.provider import make_phones, make_secret
from permanence.adapters.twilio.rest import TwilioPhones
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.reception.telephony_urls import TelephonyUrls
from permanence.domain.contract import Contract

# A secret, a table, the provider and the queue that all accept and never answer must cost less than the function has.
SECRET = Timeouts(connect_s=0.5, read_s=1.5, attempts=1)
_PROVIDER_TIMEOUT_S = 3.0
_LAST_RESORT = Timeouts(connect_s=0.5, read_s=1.5, attempts=1)


class LiveServices:
    """`routing.Services`, from the function's environment."""

    def __init__(self, environ: Mapping[str, str], logger: Logger, metrics: Metrics) -> None:
        self._environ = environ
        self._logger = logger
        self._metrics = metrics

    def begin(self) -> None:
        if "calls" in self.__dict__:
            self.calls.begin()

    @cached_property
    def contract(self) -> Contract:
        return load_contract()

    @cached_property
    def urls(self) -> TelephonyUrls:
        return TelephonyUrls(self._environ["PUBLIC_BASE_URL"].rstrip("/"))

    @property
    def credentials(self) -> Credentials:
        return self._secret.read()

    @cached_property
    def calls(self) -> TolerantCallLog:
        late_events = self._queue("LATE_EVENTS_QUEUE_URL")
        return TolerantCallLog(DynamoCalls(self._table), late_events, self._logger, self._metrics)

    @cached_property
    def recordings(self) -> SqsQueue:
        return self._queue("RECORDINGS_QUEUE_URL")

    @property
    def outages(self) -> tuple[type[Exception], ...]:
        return OUTAGES

    @cached_property
    def dispatching(self) -> Dispatching:
        return Dispatching(self.contract, f"{self.urls.base}/m/")

    @cached_property
    def malfunctions(self) -> DynamoMalfunctions:
        return DynamoMalfunctions(self._table)

    @cached_property
    def notices(self) -> DynamoNotices:
        return DynamoNotices(self._table)

    @cached_property
    def phones(self) -> TwilioPhones:
        return make_phones(self._environ, self.contract.numbers, self._secret, _PROVIDER_TIMEOUT_S)

    @cached_property
    def _table(self) -> Table:
        return make_table(self._environ, CALLER_IS_WAITING)

    @cached_property
    def _secret(self) -> ProviderSecret:
        return make_secret(self._environ, SECRET)

    def _queue(self, variable: str) -> SqsQueue:
        return SqsQueue(make_client("sqs", self._environ, _LAST_RESORT), self._environ[variable])
