"""The whole system in one process: the real functions over the real adapters, table and buckets on moto. Time, queues
and the telephony provider are in our hands."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from itertools import count
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import botocore.session
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics
from botocore.exceptions import ClientError
from moto import mock_aws

import astreinte_dispatch.handler
import notify.handler
import recording_import.handler
from astreinte_dispatch.handler import wake
from call_webhook.call_log import OUTAGES, TolerantCallLog
from notify.handler import send_all
from outbox_relay.handler import relay
from permanence.adapters import parallel
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.due_items import DynamoDueItems
from permanence.adapters.dynamodb.facts import DynamoFacts
from permanence.adapters.dynamodb.items import Table, from_attributes
from permanence.adapters.dynamodb.jobs import DynamoJobs
from permanence.adapters.dynamodb.kept_documents import DynamoKeptDocuments
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.adapters.dynamodb.notices import DynamoNotices
from permanence.adapters.dynamodb.open_items import DynamoOpenItems
from permanence.adapters.dynamodb.purge_index import DynamoPurgeIndex
from permanence.adapters.dynamodb.rota_updates import DynamoRotaUpdates
from permanence.adapters.s3 import S3ObjectStore
from permanence.adapters.twilio.credentials import Credentials
from permanence.application.dispatch.acting import Acted, act_on_dispatch
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.duty_supervisor import DutySupervisor
from permanence.application.dispatch.notifying import Providers
from permanence.application.dispatch.ports import MalfunctionLog
from permanence.application.dispatch.starting import start_dispatch
from permanence.application.privacy.purging import Purge
from permanence.application.reception.ports import QueueMessage
from permanence.application.reception.telephony_urls import TelephonyUrls
from permanence.domain.calls.call import Call
from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import Dispatch
from permanence.domain.dispatch.events import DispatchEvent
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.dispatch.notices import Notice
from permanence.domain.main_courante.log import EntryKind
from recording_import.handler import import_all
from tests.application.dispatch.night import DUTIES, ENTREPRISES, MALFUNCTION_ID, PATRIMOINE, SATURDAY_NIGHT, burst_pipe
from tests.failures.faults import Fault, Faults
from tests.fakes.documents import FakeDocuments
from tests.fakes.providers import FakeMailer, FakePhone, FakeProviderLog
from tests.fakes.registers import FakeReferenceData
from tests.fakes.table import create_table
from tests.functions.queue_events import queue_event, stream_record
from tests.functions.telephony import ACCOUNT, BASE_URL, PREVIOUS_TOKEN, TOKEN
from tests.infra.table_requests import TableRequests

SWEEP = timedelta(minutes=1)


@dataclass
class ClockedQueue:
    """A queue on the clock of the house: a message whose worker fails or dies is seen again after `visibility_s`."""

    clock: Callable[[], datetime]
    faults: Faults
    visibility_s: int = 9
    messages: list[tuple[datetime, Mapping[str, Any]]] = field(default_factory=list)

    def send(self, messages: Sequence[QueueMessage]) -> None:
        if messages:
            self.faults.around("SendMessageBatch", lambda: self._keep(messages), aws=True)

    def _keep(self, messages: Sequence[QueueMessage]) -> None:
        self.messages += [
            (self.clock() + timedelta(seconds=message.delay_s), json.loads(json.dumps(dict(message.body))))
            for message in messages
        ]

    def deliver(self, worker: Callable[[dict[str, Any]], Any]) -> None:
        """Each message that can be seen, to a worker that takes a batch of one."""
        now = self.clock()
        for message in [one for one in self.messages if one[0] <= now]:
            self.messages.remove(message)
            in_flight = (now + timedelta(seconds=self.visibility_s), message[1])
            self.messages.append(in_flight)
            answer = worker(queue_event(message[1]))
            if answer is None or not answer["batchItemFailures"]:
                self.messages.remove(in_flight)


class House:
    """Everything happens at `now`; `run` lets stream, queues and sweep do their work."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.now = SATURDAY_NIGHT
        self.faults = Faults()
        self.rights = TableRequests()
        self._being_written: list[tuple[str, str]] = []
        self._stream: list[tuple[str, str]] = []
        self._next_sweep = self.now + SWEEP
        self._make_stores(contract)
        self._make_workers(contract)

    def _make_stores(self, contract: Contract) -> None:
        client, s3 = _client("dynamodb"), _client("s3")
        created = create_table(client)
        self.table = Table(client, created.name, created.landlord, contract.retention)
        for bucket in ("recordings", "reports", "reference", "imports"):
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        for operation in ("TransactWriteItems", "PutItem"):
            client.meta.events.register(f"before-parameter-build.dynamodb.{operation}", self._writes)
            client.meta.events.register(f"after-call.dynamodb.{operation}", self._wrote)
        self.rights.watch(client)
        self.faults.watch_client(client)
        self.faults.watch_client(s3)
        self.s3 = s3
        self.recordings, self.reports = S3ObjectStore(s3, "recordings"), S3ObjectStore(s3, "reports")
        self.documents = DynamoKeptDocuments(self.table, S3ObjectStore(s3, "reference"))
        self.calls, self.malfunctions = DynamoCalls(self.table), DynamoMalfunctions(self.table)
        self.notices, self.due_items = DynamoNotices(self.table), DynamoDueItems(self.table)
        self.reference = FakeReferenceData(PATRIMOINE, ENTREPRISES, DUTIES)

    def _make_workers(self, contract: Contract) -> None:
        self.phone, self.mailer = FakePhone(lambda: self.now), FakeMailer()
        self.provider_log = FakeProviderLog(recordings_of=self.phone.recordings)
        self.phones = self.faults.through(self.phone)
        self.outbox, self.deadlines, self.imports, self.late_events = (
            ClockedQueue(lambda: self.now, self.faults) for _ in range(4)
        )
        self.urls = TelephonyUrls(BASE_URL)
        tokens = count(1)
        self.dispatching = Dispatching(contract, f"{BASE_URL}/m/", lambda: f"TOKEN{next(tokens):05}", lambda: "482-913")
        providers = Providers(
            lambda: self.phones,
            lambda: self.faults.through(self.mailer),
            lambda: self.reports,
            self.urls,
            "astreinte@permanence.example",
        )
        shared = {"malfunctions": self.malfunctions, "notices": self.notices, "dispatching": self.dispatching}
        open_items = DynamoOpenItems(self.table)
        self.notify = SimpleNamespace(
            **shared,
            calls=self.calls,
            open_items=open_items,
            providers=providers,
            duty_supervisor=DutySupervisor(lambda: self.reference, contract.numbers),
        )
        self.dispatcher = SimpleNamespace(
            **shared,
            calls=self.calls,
            due_items=self.due_items,
            rota_updates=DynamoRotaUpdates(self.table),
            outbox=self.outbox,
            deadlines=self.deadlines,
        )
        self.importer = SimpleNamespace(
            calls=self.calls,
            phones=self.phones,
            recordings=self.recordings,
            imports=self.imports,
            retention=contract.retention,
        )
        self.logger = Logger(service="silent", level="CRITICAL")
        self.metrics = EphemeralMetrics(namespace="tests", service="call_webhook")
        call_log = TolerantCallLog(self.calls, self.late_events, self.logger, self.metrics)
        self.webhook = SimpleNamespace(
            begin=call_log.begin,
            **shared,
            contract=contract,
            contract_at=lambda _: contract,
            urls=self.urls,
            credentials=Credentials(ACCOUNT, (TOKEN, PREVIOUS_TOKEN)),
            call_log=call_log,
            imports=self.imports,
            outages=OUTAGES,
            phones=self.phones,
        )

    # --- time ------------------------------------------------------------------------------------------------------

    def run(self, seconds: int) -> None:
        """Let the backstops do their work."""
        end = self.now + timedelta(seconds=seconds)
        self.work()
        while self.now < end:
            self.now = min(end, self._next_sweep, *self._next_messages())
            if self.now == self._next_sweep:
                with self._tried_again_later():
                    wake({"job": "sweep"}, self.dispatcher, self.now, None)
                self._next_sweep += SWEEP
            self.work()

    def sleep(self, **span: float) -> None:
        """Time passes while nothing works."""
        self.now += timedelta(**span)
        self._next_sweep = self.now + SWEEP

    def _next_messages(self) -> Iterator[datetime]:
        for queue in (self.outbox, self.deadlines, self.late_events, self.imports):
            yield from (seen_at for seen_at, _ in queue.messages if seen_at > self.now)

    def work(self) -> None:
        """The stream, and what the queues hold now, until there is nothing left to do at this instant."""
        while self._work_once():
            pass
        _flush_metrics()

    def _work_once(self) -> bool:
        with self._tried_again_later():
            self._relay()
        self.outbox.deliver(lambda event: send_all(event, self.notify, self.now, None))
        self.deadlines.deliver(lambda event: wake(event, self.dispatcher, self.now, None))
        self.late_events.deliver(lambda event: wake(event, self.dispatcher, self.now, None))
        self.imports.deliver(lambda event: import_all(event, self.importer, self.now, None))
        return bool(self._stream) and not self.faults.refusing

    def _relay(self) -> None:
        """A batch that could not be told stays first in the stream."""
        if new := self._stream:
            self._stream = []
            try:
                relay([stream_record(*key) for key in new], self.outbox, self.deadlines, self.now)
            except ClientError:
                self._stream = new + self._stream
                raise

    def _tried_again_later(self) -> AbstractContextManager[None]:
        """While AWS refuses something, a run that fails is no failure of the test: the next one comes."""
        return suppress(ClientError) if self.faults.refusing else nullcontext()

    def _writes(self, params: dict[str, Any], **_: Any) -> None:
        puts = [write["Put"] for write in params.get("TransactItems", ()) if "Put" in write] or [params]
        items = [from_attributes(put["Item"]) for put in puts if "Item" in put]
        self._being_written = [(item["pk"], item["sk"]) for item in items if item["sk"][:2] in ("N#", "T#")]

    def _wrote(self, http_response: Any, **_: Any) -> None:
        if http_response.status_code == HTTPStatus.OK:
            self._stream += self._being_written

    @contextmanager
    def watching(self, fault: Fault | None = None) -> Iterator[list[str]]:
        with self.faults.watch(fault) as calls:
            yield calls

    # --- what people do --------------------------------------------------------------------------------------------

    def start(self, malfunction_id: str = MALFUNCTION_ID) -> Malfunction:
        request = burst_pipe(malfunction_id)
        return start_dispatch(self.malfunctions, self.reference, request, self.now, self.dispatching)

    def happen(self, event: DispatchEvent) -> Acted:
        return act_on_dispatch(self.malfunctions, MALFUNCTION_ID, event, self.now, self.dispatching)

    def purge(self) -> Purge:
        return Purge(
            contract=self.contract,
            contract_at=lambda _: self.contract,
            index=DynamoPurgeIndex(self.table),
            facts=DynamoFacts(self.table),
            calls=self.calls,
            malfunctions=self.malfunctions,
            reference=self.reference,
            documents=FakeDocuments(),
            provider=self.faults.through(self.provider_log),
            recordings=self.recordings,
            reports=self.reports,
            imports=S3ObjectStore(self.s3, "imports"),
            jobs=DynamoJobs(self.table),
        )

    # --- what is left ----------------------------------------------------------------------------------------------

    def items(self) -> list[dict[str, Any]]:
        """Everything in the table; only a test may look at it so."""
        found = self.table.client.scan(TableName=self.table.name, ConsistentRead=True)
        assert "LastEvaluatedKey" not in found
        return [from_attributes(item) for item in found["Items"]]

    def log(self) -> MalfunctionLog:
        log = self.malfunctions.log(MALFUNCTION_ID)
        assert log is not None
        return log

    def dispatch(self) -> Dispatch:
        dispatch = self.log().malfunction.dispatch
        assert dispatch is not None
        return dispatch

    def lines(self, kind: EntryKind) -> list[dict[str, str]]:
        return [dict(entry.data) for entry in self.log().entries if entry.kind is kind]

    def notice(self, key: str) -> Notice:
        (notice,) = [one for one in self.log().notices if one.key == key]
        return notice

    def call(self, call_id: str) -> Call:
        record = self.calls.get(call_id)
        assert record is not None
        return record.call

    def texts_to(self, phone: str) -> list[str]:
        return [sent.text for sent in self.phone.messages if sent.to == phone]

    def rings(self, phone: str) -> int:
        return sum(placed.to == phone for placed in self.phone.calls)

    def objects(self, bucket: str) -> list[str]:
        """The keys of all versions, markers included."""
        found = self.s3.list_object_versions(Bucket=bucket)
        return [one["Key"] for kind in ("Versions", "DeleteMarkers") for one in found.get(kind, ())]


def _flush_metrics() -> None:
    """As the end of each invocation does; nobody reads them here."""
    for function in (notify.handler, astreinte_dispatch.handler, recording_import.handler):
        function.metrics.clear_metrics()


_session = cache(botocore.session.get_session)


def _client(service: str) -> Any:
    """Of one session: reading the models of a service anew for each house would take longer than its whole night."""
    return _session().create_client(
        service, region_name="eu-west-3", aws_access_key_id="testing", aws_secret_access_key="testing"
    )


@contextmanager
def new_house(contract: Contract) -> Iterator[House]:
    """A house with an empty table and empty buckets, where no function asks of the table what it has no right to: the
    call stack tells whose request it is, and a fault which, so that none is made in a thread of its own."""
    with mock_aws(), patch.object(parallel, "AT_ONCE", 1):
        house = House(contract)
        yield house
    assert house.rights.forbidden == []
