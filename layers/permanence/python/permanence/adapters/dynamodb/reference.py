"""The landlord's reference data: a pointer and the rota in the table, the patrimoine's body in a bucket (R30)."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from time import monotonic
from typing import Any

from permanence.adapters.dynamodb.items import Item, Table, from_attributes, from_text, to_attributes, to_text
from permanence.adapters.records import from_plain, to_plain
from permanence.application.reception.ports import ObjectStore
from permanence.application.reference.ports import NothingLoaded
from permanence.domain.instants import paris_month
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.rota import Duty

POINTER_SK = "PATRIMOINE"
KEPT_S = 30
BATCH = 25


class DynamoReferenceData:
    """The `ReferenceData` port. Which version is in force is asked at most every 30 s; `clock` counts seconds."""

    def __init__(self, table: Table, bodies: ObjectStore, clock: Callable[[], float] = monotonic) -> None:
        self._table = table
        self._bodies = bodies
        self._clock = clock
        self._version = ""
        self._version_read_at = 0.0
        self._patrimoine: Patrimoine | None = None

    def patrimoine(self) -> Patrimoine:
        """1 request at most, and 1 to the bucket for a version not seen yet. Raises NothingLoaded."""
        version = self._version_in_force()
        if self._patrimoine is None or self._patrimoine.version != version:
            self._patrimoine = from_plain(Patrimoine, json.loads(self._bodies.get(_body_key(version))))
        return self._patrimoine

    def duties(self, month: str) -> Sequence[Duty]:
        """1 request, 2 when the version in force must be asked. Raises NothingLoaded."""
        answer = self._table.client.get_item(
            TableName=self._table.name,
            Key=to_attributes({"pk": self._rota_pk(self._version_in_force()), "sk": month}),
        )
        if "Item" not in answer:
            return ()
        return [from_plain(Duty, duty) for duty in from_text(from_attributes(answer["Item"])["duties"])]

    def load(self, patrimoine: Patrimoine, duties: Sequence[Duty]) -> None:
        """Everything is written before the pointer moves: a reader sees the old version whole or the new one whole."""
        body = json.dumps(to_plain(patrimoine), ensure_ascii=False).encode()
        self._bodies.put(_body_key(patrimoine.version), body, "application/json")
        items = iter(self._rota_items(patrimoine.version, duties))
        while batch := list(islice(items, BATCH)):
            self._put(batch)
        pointer = {"pk": self._table.reference_pk, "sk": POINTER_SK, "version": patrimoine.version}
        self._table.client.put_item(TableName=self._table.name, Item=to_attributes(pointer))
        self._version = ""

    def _version_in_force(self) -> str:
        if self._version and self._clock() - self._version_read_at < KEPT_S:
            return self._version
        key = to_attributes({"pk": self._table.reference_pk, "sk": POINTER_SK})
        answer = self._table.client.get_item(TableName=self._table.name, Key=key)
        if "Item" not in answer:
            raise NothingLoaded
        self._version = str(from_attributes(answer["Item"])["version"])
        self._version_read_at = self._clock()
        return self._version

    def _rota_items(self, version: str, duties: Sequence[Duty]) -> Iterator[Item]:
        by_month: dict[str, list[Duty]] = {}
        for duty in duties:
            for month in _months_of(duty):
                by_month.setdefault(month, []).append(duty)
        pk = self._rota_pk(version)
        for month, members in by_month.items():
            ends = max(duty.end for duty in members)
            yield {"pk": pk, "sk": month, "duties": to_text(to_plain(members)), **self._table.erasure(pk, month, ends)}

    def _put(self, items: list[Item]) -> None:
        rest: dict[str, Any] = {self._table.name: [{"PutRequest": {"Item": to_attributes(item)}} for item in items]}
        while rest:
            rest = self._table.client.batch_write_item(RequestItems=rest).get("UnprocessedItems", {})

    def _rota_pk(self, version: str) -> str:
        return f"{self._table.landlord}#ROTA#{version}"


def _body_key(version: str) -> str:
    return f"patrimoine/{version}.json"


def _months_of(duty: Duty) -> set[str]:
    """The Paris-local months a duty touches; no duty is so long that it skips one of these instants."""
    last = duty.end - timedelta(microseconds=1)
    days = range((last - duty.start) // timedelta(days=1) + 1)
    instants: list[datetime] = [duty.start + timedelta(days=day) for day in days]
    return {paris_month(instant) for instant in (*instants, last)}
