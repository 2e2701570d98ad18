"""The running system as a scenario sees it: its table and buckets through our own adapters, its jobs, its clock."""

import json
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from time import monotonic
from types import TracebackType
from typing import Any, Self

from contracts.schema import load
from infra.settings import ROOT
from local.engine.provision import client
from local.operator.client import OperatorClient
from permanence.adapters.dynamodb.audit import DynamoAuditLog
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.documents import DynamoDocuments
from permanence.adapters.dynamodb.imports import DynamoImports
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.jobs import DynamoJobs
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.adapters.dynamodb.timetable import DynamoReceptionTimetable
from permanence.adapters.import_files import KeptImportFiles
from permanence.adapters.import_queue import FilesToReadQueue
from permanence.adapters.s3 import S3ObjectStore
from permanence.adapters.sqs import SqsQueue
from permanence.application.reference.deciding import Decider, Deciding, Unchanged
from permanence.application.reference.in_force import InForce
from permanence.application.reference.living import Living
from permanence.application.reference.reference_data import LivingReferenceData
from permanence.application.reference.signed import seeds_of, signed_of
from permanence.domain.contract import Contract, contract_from_plain
from permanence.domain.instants import format_instant
from permanence.domain.reference.documents import Kind

LANDLORD = "habitat70"
LOADER = Decider("demonstration", ("habitat70",))


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
    def documents(self) -> DynamoDocuments:
        return DynamoDocuments(self.table, self.bucket("reference_bucket"))

    @cached_property
    def reference_data(self) -> LivingReferenceData:
        in_force = InForce(DynamoReceptionTimetable(self.table), self.contract, monotonic)
        return LivingReferenceData(Living(in_force, self.documents, seeds_of(self.contract)))

    @cached_property
    def register(self) -> DynamoAuditLog:
        return DynamoAuditLog(self.table)

    @cached_property
    def deciding(self) -> Deciding:
        return Deciding(self.documents, self.register, signed_of(self.contract), seeds_of(self.contract), LOADER)

    @cached_property
    def imports(self) -> DynamoImports:
        return DynamoImports(self.table)

    @cached_property
    def import_files(self) -> KeptImportFiles:
        return KeptImportFiles(S3ObjectStore(self.s3, self._variable("decisions", "IMPORTS_BUCKET")))

    @cached_property
    def files_to_read(self) -> FilesToReadQueue:
        queue = self._variable("decisions", "FILES_TO_READ_QUEUE_URL")
        return FilesToReadQueue(SqsQueue(self._client("sqs"), queue))

    def put_in_force(self, kind: Kind[Any], body: Any) -> None:
        """Proposed and approved at once, unless it says what is in force already."""
        with suppress(Unchanged):
            proposed = self.deciding.propose(kind, body, self.now())
            self.deciding.approve(kind, proposed.number, self.now())

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

    def start_anew(self, function: str) -> None:
        """The function knows nothing any more when it is next called, as after a deployment."""
        name = self.outputs["functions"][function]
        self._lambda.update_function_configuration(FunctionName=name, Timeout=self._configuration(function)["Timeout"])

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

    def _variable(self, function: str, name: str) -> str:
        """Of the environment of a function."""
        return str(self._configuration(function)["Environment"]["Variables"][name])

    def _configuration(self, function: str) -> dict[str, Any]:
        known: dict[str, Any] = self._lambda.get_function_configuration(
            FunctionName=self.outputs["functions"][function]
        )
        return known

    def _client(self, service: str) -> Any:
        made = client(service, self.outputs["engine_url"])
        self._connections.callback(made.close)
        return made
