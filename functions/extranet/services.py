"""What the pages of the extranet work with."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from permanence.adapters.aws import make_client
from permanence.adapters.contract_file import load_contract
from permanence.adapters.dynamodb.audit import DynamoAuditLog
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.jobs import DynamoJobs
from permanence.adapters.dynamodb.lookup import DynamoLookup
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.adapters.dynamodb.members import DynamoMembers
from permanence.adapters.dynamodb.open_items import DynamoOpenItems
from permanence.adapters.dynamodb.sessions import DynamoSessions
from permanence.adapters.dynamodb.settled_days import DynamoSettledDays
from permanence.adapters.dynamodb.table import make_table
from permanence.adapters.s3 import S3ObjectStore
from permanence.application.access.members import Members
from permanence.application.access.ports import AuditLog
from permanence.application.access.signing_in import Sessions
from permanence.application.dispatch.ports import Malfunctions, OpenItems
from permanence.application.extranet.listening import ADDRESS_VALID_S, MEDIA_TYPE
from permanence.application.extranet.ports import Lookup
from permanence.application.reception.ports import Calls, ObjectStore
from permanence.application.timeline.ports import Jobs, SettledDays
from permanence.domain.contract import Contract
from permanence.web.frame import Frame

TEMPLATES = Path(__file__).parent / "templates"


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
    def malfunctions(self) -> Malfunctions: ...
    @property
    def open_items(self) -> OpenItems: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def lookup(self) -> Lookup: ...
    @property
    def settled_days(self) -> SettledDays: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def members(self) -> Members: ...
    @property
    def recordings(self) -> ObjectStore: ...
    @property
    def reports(self) -> ObjectStore: ...


class LiveServices:
    """The services on AWS; each client is made when a request first needs it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    @cached_property
    def frame(self) -> Frame:
        """The recordings' bucket is the one other place that a page may play sound from."""
        sound = urlsplit(self.recordings.url("origin", ADDRESS_VALID_S, MEDIA_TYPE))
        return Frame(TEMPLATES, media_from=f"{sound.scheme}://{sound.netloc}")

    @cached_property
    def contract(self) -> Contract:
        return load_contract()

    @cached_property
    def sessions(self) -> DynamoSessions:
        return DynamoSessions(self._table)

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
    def jobs(self) -> DynamoJobs:
        return DynamoJobs(self._table)

    @cached_property
    def lookup(self) -> DynamoLookup:
        return DynamoLookup(self._table)

    @cached_property
    def settled_days(self) -> DynamoSettledDays:
        return DynamoSettledDays(self._table)

    @cached_property
    def audit(self) -> DynamoAuditLog:
        return DynamoAuditLog(self._table)

    @cached_property
    def members(self) -> DynamoMembers:
        return DynamoMembers(self._table)

    @cached_property
    def recordings(self) -> S3ObjectStore:
        return S3ObjectStore(self._s3, self._environ["RECORDINGS_BUCKET"])

    @cached_property
    def reports(self) -> S3ObjectStore:
        return S3ObjectStore(self._s3, self._environ["REPORTS_BUCKET"])

    @cached_property
    def _s3(self) -> Any:
        return make_client("s3", self._environ)

    @cached_property
    def _table(self) -> Table:
        return make_table(self._environ)
