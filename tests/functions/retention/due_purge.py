"""A day whose calls are all due to be erased, any number of them: what a purge asks of table and buckets.

The job runs with its own adapters and a real client; only the table and the buckets behind them are in memory. Each
request waits as long as a network makes it wait.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from itertools import count
from threading import Lock
from typing import Any

from permanence.adapters import aws
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.facts import DynamoFacts
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.jobs import DynamoJobs
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.adapters.dynamodb.purge_index import DynamoPurgeIndex
from permanence.adapters.s3 import S3ObjectStore
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.starting import start_dispatch
from permanence.application.privacy.purging import Purge
from permanence.application.reception.recordings import RecordingToImport, object_key
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.instants import PARIS
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.privacy.retention import purge_stamp
from tests.application.dispatch.night import DUTIES, ENTREPRISES, PATRIMOINE, SATURDAY_NIGHT, burst_pipe
from tests.fakes.documents import FakeDocuments
from tests.fakes.indexed_table import IndexedTable
from tests.fakes.providers import FakeProviderLog
from tests.fakes.registers import FakeReferenceData

CALLS_FOR_ONE_MISSION = 10
PAGE = 1000
_CALL, _MISSION = "CAone0call0that0all0others0are0made0of", "mission-all-others-are-made-of"


@dataclass
class MemoryBucket:
    """An S3 client of one bucket without old versions; `requests` counts what it was asked."""

    latency_s: float = 0.0
    keys: set[str] = field(default_factory=set)
    requests: int = 0
    _lock: Lock = field(default_factory=Lock)

    def put_object(self, *, Key: str, **_: Any) -> None:  # noqa: N803 boto3's names
        self._wait()
        self.keys.add(Key)

    def get_paginator(self, _: str) -> "MemoryBucket":
        return self

    def paginate(self, *, Prefix: str, **_: Any) -> Iterator[dict[str, Any]]:  # noqa: N803
        with self._lock:
            found = sorted(key for key in self.keys if key.startswith(Prefix))
        for start in range(0, max(1, len(found)), PAGE):
            self._wait()
            yield {"Versions": [{"Key": key, "VersionId": "1"} for key in found[start : start + PAGE]]}

    def delete_objects(self, *, Delete: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        self._wait()
        with self._lock:
            self.keys -= {version["Key"] for version in Delete["Objects"]}
        return {}

    def _wait(self) -> None:
        with self._lock:
            self.requests += 1
        time.sleep(self.latency_s)


class DuePurge:
    """`calls` calls of one Saturday with their fiches and recordings, one in ten with a mission, and the hour at which
    all of it must be erased; `latency_s` is what one request waits."""

    def __init__(self, contract: Contract, environment: dict[str, str], calls: int, latency_s: float = 0.0) -> None:
        self._latency_s = latency_s
        self.table = IndexedTable()
        self.recordings, self.reports, self.imports = (MemoryBucket(latency_s) for _ in range(3))
        erase_on = purge_stamp(SATURDAY_NIGHT, contract.retention).erase_on
        self.now = datetime.combine(erase_on, time_of_day(3), PARIS).astimezone(UTC)
        self._load(Table(self.table, "permanence", contract.landlord_id, contract.retention), contract, calls)
        aws._client.cache_clear()
        client = aws.make_client("dynamodb", environment)
        client.meta.events.register("before-call.dynamodb.*", self._wait)
        self.table.attach(client)
        table = Table(client, "permanence", contract.landlord_id, contract.retention)
        self.job = Purge(
            contract=contract,
            contract_at=lambda _: contract,
            index=DynamoPurgeIndex(table),
            facts=DynamoFacts(table),
            calls=DynamoCalls(table),
            malfunctions=DynamoMalfunctions(table),
            reference=FakeReferenceData(PATRIMOINE, ENTREPRISES, DUTIES),
            documents=FakeDocuments(),
            provider=FakeProviderLog(),
            recordings=S3ObjectStore(self.recordings, "recordings"),
            reports=S3ObjectStore(self.reports, "reports"),
            imports=S3ObjectStore(self.imports, "imports"),
            jobs=DynamoJobs(table),
        )

    @property
    def requests(self) -> int:
        """What table and buckets were asked so far."""
        return len(self.table.requests) + self.recordings.requests + self.reports.requests

    def _wait(self, **_: Any) -> None:
        time.sleep(self._latency_s)

    def _load(self, table: Table, contract: Contract, calls: int) -> None:
        """One call and one mission as the adapters write them, then copies under other ids."""
        a_call = self._written(lambda: _write_a_call(table))
        numbers = count(1)
        dispatching = Dispatching(contract, "https://permanence.example/m/", lambda: f"TOKEN{next(numbers):05}")
        malfunctions, reference = DynamoMalfunctions(table), FakeReferenceData(PATRIMOINE, ENTREPRISES, DUTIES)
        a_mission = self._written(
            lambda: start_dispatch(malfunctions, reference, burst_pipe(_MISSION), SATURDAY_NIGHT, dispatching)
        )
        for n in range(1, calls):
            mission = f"{n // CALLS_FOR_ONE_MISSION:030}"
            self._copy(a_call, {_CALL: f"CA{n:036}", _MISSION: mission})
            if n % CALLS_FOR_ONE_MISSION == 0:
                self._copy(a_mission, {_MISSION: mission})
        for n in range(calls):
            call_id = f"CA{n:036}" if n else _CALL
            self.recordings.keys.add(object_key(RecordingToImport(call_id, f"RE{call_id}", SATURDAY_NIGHT)))
        self.table.requests.clear()

    def _written(self, write: Any) -> list[str]:
        before = set(self.table._items)
        write()
        return [self.table._items[key][0].decode() for key in self.table._items if key not in before]

    def _copy(self, bodies: list[str], ids: dict[str, str]) -> None:
        for body in bodies:
            for known, other in ids.items():
                body = body.replace(known, other)  # noqa: PLW2901
            self.table._write(json.loads(body))


def _write_a_call(table: Table) -> None:
    calls = DynamoCalls(table)
    told = [
        ("presented", CallEventKind.PRESENTED, 0, {"caller": "+33639980102", "called": "+33353017000"}),
        ("queued", CallEventKind.QUEUED, 8, {}),
        ("taken#1", CallEventKind.TAKEN, 15, {"agent": "u1", "agent_name": "Nadège", "attempt": "1"}),
        ("answered#1", CallEventKind.ANSWERED, 20, {"attempt": "1"}),
        ("connected#1", CallEventKind.CONNECTED, 21, {"attempt": "1"}),
        ("ended", CallEventKind.ENDED, 200, {}),
    ]
    recording_id = f"RE{_CALL}"
    key = object_key(RecordingToImport(_CALL, recording_id, SATURDAY_NIGHT))
    stored = {"recording": recording_id, "object_key": key}
    told.append((f"recording_stored#{recording_id}", CallEventKind.RECORDING_STORED, 240, stored))
    for name, kind, after_s, data in told:
        at = SATURDAY_NIGHT + timedelta(seconds=after_s)
        calls.record(CallEvent(_CALL, name, kind, at, data), SATURDAY_NIGHT)
    fields = {"last_name": "Jeannin", "first_name": "Lucas", "description": "La canalisation de la cuisine a éclaté."}
    form = CallForm(_CALL, "u1", "Nadège", SATURDAY_NIGHT, fields, outcome="plomberie", malfunction_id=_MISSION)
    calls.save_form(form, SATURDAY_NIGHT)
