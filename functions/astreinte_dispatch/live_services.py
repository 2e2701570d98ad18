"""What waking a dispatch needs, from the function's environment."""

from collections.abc import Mapping
from functools import cached_property
from typing import Protocol

from permanence.adapters.aws import make_client
from permanence.adapters.contract_file import load_contract
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.due_items import DynamoDueItems
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.adapters.dynamodb.table import make_table
from permanence.adapters.sqs import SqsQueue
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.ports import DueItems, Malfunctions
from permanence.application.reception.ports import Calls, Queue


class Services(Protocol):
    """What `wake` works with."""

    @property
    def malfunctions(self) -> Malfunctions: ...

    @property
    def calls(self) -> Calls: ...

    @property
    def due_items(self) -> DueItems: ...

    @property
    def outbox(self) -> Queue: ...

    @property
    def deadlines(self) -> Queue: ...

    @property
    def dispatching(self) -> Dispatching: ...


class LiveServices:
    """`Services` on AWS."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    @cached_property
    def malfunctions(self) -> DynamoMalfunctions:
        return DynamoMalfunctions(self._table)

    @cached_property
    def calls(self) -> DynamoCalls:
        return DynamoCalls(self._table)

    @cached_property
    def due_items(self) -> DynamoDueItems:
        return DynamoDueItems(self._table)

    @cached_property
    def outbox(self) -> SqsQueue:
        return self._queue("OUTBOX_QUEUE_URL")

    @cached_property
    def deadlines(self) -> SqsQueue:
        return self._queue("DEADLINES_QUEUE_URL")

    @cached_property
    def dispatching(self) -> Dispatching:
        return Dispatching(load_contract(), f"{self._environ['PUBLIC_BASE_URL'].rstrip('/')}/m/")

    @cached_property
    def _table(self) -> Table:
        return make_table(self._environ)

    def _queue(self, variable: str) -> SqsQueue:
        return SqsQueue(make_client("sqs", self._environ), self._environ[variable])
