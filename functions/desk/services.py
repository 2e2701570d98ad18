"""What the pages of the desk work with."""

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Protocol

from permanence.adapters.dynamodb.table import make_table
from permanence.adapters.twilio.provider import make_phones, make_secret

from permanence.adapters.aws import make_client
from permanence.adapters.contract_file import load_contract
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.adapters.dynamodb.open_items import DynamoOpenItems
from permanence.adapters.dynamodb.reference import DynamoReferenceData
from permanence.adapters.dynamodb.sessions import DynamoSessions
from permanence.adapters.s3 import S3ObjectStore
from permanence.adapters.sqs import SqsQueue
from permanence.application.access.signing_in import Sessions
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.ports import Malfunctions, OpenItems
from permanence.application.reception.ports import Calls, PhoneProvider, Queue
from permanence.application.reception.telephony_urls import TelephonyUrls
from permanence.application.reference.book import ReferenceBook
from permanence.application.reference.ports import ReferenceData
from permanence.domain.contract import Contract
from permanence.web.frame import Frame

_PROVIDER_TIMEOUT_S = 8.0


class Services(Protocol):
    @property
    def frame(self) -> Frame: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def contract(self) -> Contract: ...
    @property
    def calls(self) -> Calls: ...
    @property
    def open_items(self) -> OpenItems: ...
    @property
    def malfunctions(self) -> Malfunctions: ...
    @property
    def reference(self) -> ReferenceData: ...
    @property
    def phones(self) -> PhoneProvider: ...
    @property
    def recordings(self) -> Queue:
        """Where the import of a recording is asked for."""

    @property
    def urls(self) -> TelephonyUrls: ...
    @property
    def dispatching(self) -> Dispatching: ...
    @property
    def book(self) -> ReferenceBook: ...


class LiveServices:
    """The services on AWS; each client is made when a request first needs it."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ

    @cached_property
    def frame(self) -> Frame:
        return Frame(Path(__file__).parent / "templates")

    @cached_property
    def sessions(self) -> DynamoSessions:
        return DynamoSessions(self._table)

    @cached_property
    def contract(self) -> Contract:
        return load_contract()

    @cached_property
    def calls(self) -> DynamoCalls:
        return DynamoCalls(self._table)

    @cached_property
    def open_items(self) -> DynamoOpenItems:
        return DynamoOpenItems(self._table)

    @cached_property
    def malfunctions(self) -> DynamoMalfunctions:
        return DynamoMalfunctions(self._table)

    @cached_property
    def reference(self) -> DynamoReferenceData:
        bucket = S3ObjectStore(make_client("s3", self._environ), self._environ["REFERENCE_BUCKET"])
        return DynamoReferenceData(self._table, bucket)

    @cached_property
    def phones(self) -> PhoneProvider:
        return make_phones(self._environ, self.contract.numbers, make_secret(self._environ), _PROVIDER_TIMEOUT_S)

    @cached_property
    def recordings(self) -> SqsQueue:
        return SqsQueue(make_client("sqs", self._environ), self._environ["RECORDINGS_QUEUE_URL"])

    @cached_property
    def urls(self) -> TelephonyUrls:
        return TelephonyUrls(self._environ["PUBLIC_BASE_URL"].rstrip("/"))

    @cached_property
    def dispatching(self) -> Dispatching:
        return Dispatching(self.contract, f"{self.urls.base}/m/")

    @cached_property
    def book(self) -> ReferenceBook:
        return ReferenceBook(self.reference)

    @cached_property
    def _table(self) -> Table:
        return make_table(self._environ)
