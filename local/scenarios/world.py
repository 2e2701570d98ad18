"""The running system as a scenario sees it: its table and buckets through our own adapters, its jobs, its clock."""

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from types import TracebackType
from typing import Any, Self

from contracts.schema import load
from infra.settings import ROOT
from local.engine.provision import client
from local.operator.client import OperatorClient
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.jobs import DynamoJobs
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.adapters.dynamodb.reference import DynamoReferenceData
from permanence.adapters.s3 import S3ObjectStore
from permanence.domain.contract import Contract, contract_from_plain
from permanence.domain.instants import format_instant

LANDLORD = "habitat70"


class JobFailed(Exception):
    """A function that the scenario invoked raised."""


@dataclass(frozen=True)
class World:
    """`outputs` is what build/local/outputs.json holds. Connections are made when first used; leaving closes them."""

    outputs: dict[str, Any]
    _connections: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connections.close()

    @cached_property
    def operator(self) -> OperatorClient:
        return self._connections.enter_context(OperatorClient(self.outputs["operator_url"]))

    @cached_property
    def contract(self) -> Contract:
        return contract_from_plain(load(ROOT / "contracts" / LANDLORD))

    @cached_property
    def table(self) -> Table:
        return Table(self._client("dynamodb"), self.outputs["table"], LANDLORD, self.contract.retention)

    @cached_property
    def calls(self) -> DynamoCalls:
        return DynamoCalls(self.table)

    @cached_property
    def malfunctions(self) -> DynamoMalfunctions:
        return DynamoMalfunctions(self.table)

    @cached_property
    def jobs(self) -> DynamoJobs:
        return DynamoJobs(self.table)

    @cached_property
    def reference_data(self) -> DynamoReferenceData:
        return DynamoReferenceData(self.table, self.bucket("reference_bucket"))

    def malfunction_of_call(self, call_id: str) -> str | None:
        """The malfunction that the fiche of a call is about, by its id."""
        record = self.calls.get(call_id)
        return record.form.malfunction_id if record and record.form else None

    def bucket(self, output: str) -> S3ObjectStore:
        """The bucket that an entry of the outputs names."""
        return S3ObjectStore(self.s3, self.outputs[output])

    def now(self) -> datetime:
        """What the functions and the operator hold the time to be."""
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + self.operator.offset(), UTC)

    def set_now(self, instant: datetime) -> None:
        """Functions and operator take the time from here on to be `instant`, running."""
        self.operator.set_offset((instant - datetime.now(UTC)).total_seconds())

    def run_job(self, function: str, job: str) -> None:
        """What the schedule would have invoked; raises JobFailed with what the function said."""
        invoked = self._lambda.invoke(
            FunctionName=self.outputs["functions"][function],
            Payload=json.dumps({"job": job, "at": format_instant(self.now())}).encode(),
        )
        if "FunctionError" in invoked:
            raise JobFailed(f"{function} {job}: {invoked['Payload'].read().decode()}")

    def user(self, group: str, n: int = 0) -> dict[str, str]:
        """The n-th demo user of a group."""
        users: list[dict[str, str]] = [user for user in self.outputs["users"] if user["group"] == group]
        return users[n]

    @cached_property
    def s3(self) -> Any:
        return self._client("s3")

    @cached_property
    def _lambda(self) -> Any:
        return self._client("lambda")

    def _client(self, service: str) -> Any:
        made = client(service, self.outputs["engine_url"])
        self._connections.callback(made.close)
        return made
