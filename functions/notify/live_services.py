"""What sending a notice needs, from the function's environment; each client is made when a notice first needs it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Protocol

from permanence.adapters.aws import Timeouts, make_client
from permanence.adapters.contract_file import load_contract
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.adapters.dynamodb.notices import DynamoNotices
from permanence.adapters.dynamodb.open_items import DynamoOpenItems
from permanence.adapters.dynamodb.table import make_table
from permanence.adapters.s3 import S3ObjectStore
from permanence.adapters.ses import SesMailer
from permanence.adapters.twilio.provider import make_phones, make_secret
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.notifying import Providers
from permanence.application.dispatch.ports import Malfunctions, Notices, OpenItems
from permanence.application.reception.ports import Calls, PhoneProvider
from permanence.application.reception.telephony_urls import TelephonyUrls

# Providers 4 s < lease 5 s < function 6 s < visibility 7 s. A resend makes two requests: it asks, then it sends.
PHONE_REQUEST_S = 2.0
WITHIN_THE_LEASE = Timeouts(connect_s=1, read_s=3, attempts=1)


class Services(Protocol):
    """What `send_all` works with."""

    @property
    def notices(self) -> Notices: ...

    @property
    def calls(self) -> Calls: ...

    @property
    def malfunctions(self) -> Malfunctions: ...

    @property
    def open_items(self) -> OpenItems: ...

    @property
    def providers(self) -> Providers: ...

    @property
    def dispatching(self) -> Dispatching: ...


class LiveServices:
    """`Services` on AWS and at the telephony provider."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    @cached_property
    def notices(self) -> DynamoNotices:
        return DynamoNotices(self._table)

    @cached_property
    def calls(self) -> DynamoCalls:
        return DynamoCalls(self._table)

    @cached_property
    def malfunctions(self) -> DynamoMalfunctions:
        return DynamoMalfunctions(self._table)

    @cached_property
    def open_items(self) -> DynamoOpenItems:
        return DynamoOpenItems(self._table)

    @cached_property
    def providers(self) -> Providers:
        return Providers(
            phones=lambda: self._phones,
            mailer=lambda: self._mailer,
            bodies=lambda: self._bodies,
            urls=TelephonyUrls(self._base_url),
            mail_sender=self._environ["MAIL_SENDER"],
        )

    @cached_property
    def dispatching(self) -> Dispatching:
        return Dispatching(load_contract(), f"{self._base_url}/m/")

    @cached_property
    def _table(self) -> Table:
        return make_table(self._environ)

    @cached_property
    def _phones(self) -> PhoneProvider:
        return make_phones(self._environ, load_contract().numbers, make_secret(self._environ), PHONE_REQUEST_S)

    @cached_property
    def _mailer(self) -> SesMailer:
        return SesMailer(make_client("sesv2", self._environ, WITHIN_THE_LEASE))

    @cached_property
    def _bodies(self) -> S3ObjectStore:
        return S3ObjectStore(make_client("s3", self._environ), self._environ["REPORTS_BUCKET"])

    @property
    def _base_url(self) -> str:
        return self._environ["PUBLIC_BASE_URL"].rstrip("/")
