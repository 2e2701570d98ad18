"""What an import needs, from the function's environment."""

from collections.abc import Mapping
from functools import cached_property
from typing import Protocol

from permanence.adapters.aws import make_client
from permanence.adapters.contract_file import load_contract
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.table import make_table
from permanence.adapters.s3 import S3ObjectStore
from permanence.adapters.sqs import SqsQueue
from permanence.adapters.twilio.provider import make_phones, make_secret
from permanence.adapters.twilio.rest import TwilioPhones
from permanence.application.reception.ports import Calls, ObjectStore, PhoneProvider, Queue
from permanence.domain.contract import RetentionTerms

# An hour of conversation is some 60 MB of sound; the function has 60 s.
_DOWNLOAD_S = 40.0


class Services(Protocol):
    """What `import_all` and `run_job` work with."""

    @property
    def calls(self) -> Calls: ...

    @property
    def phones(self) -> PhoneProvider: ...

    @property
    def store(self) -> ObjectStore: ...

    @property
    def imports(self) -> Queue: ...

    @property
    def retention(self) -> RetentionTerms: ...


class LiveServices:
    """`Services` on AWS and at the telephony provider."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    @cached_property
    def calls(self) -> DynamoCalls:
        return DynamoCalls(make_table(self._environ))

    @cached_property
    def phones(self) -> TwilioPhones:
        return make_phones(self._environ, load_contract().numbers, make_secret(self._environ), _DOWNLOAD_S)

    @cached_property
    def store(self) -> S3ObjectStore:
        return S3ObjectStore(make_client("s3", self._environ), self._environ["RECORDINGS_BUCKET"])

    @cached_property
    def imports(self) -> SqsQueue:
        return SqsQueue(make_client("sqs", self._environ), self._environ["RECORDINGS_QUEUE_URL"])

    @property
    def retention(self) -> RetentionTerms:
        return load_contract().retention
