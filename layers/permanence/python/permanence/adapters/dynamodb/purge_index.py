"""What must be erased on a day, by the stamp that every nominative item carries (R70)."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from permanence.adapters.dynamodb.calls import CALL_SK, DynamoCalls
from permanence.adapters.dynamodb.items import Table, from_attributes, to_attributes
from permanence.adapters.dynamodb.notices import notice_of
from permanence.adapters.dynamodb.queries import query
from permanence.application.ports import StampedItem

BATCH = 25


class DynamoPurgeIndex:
    """The `PurgeIndex` port on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._calls = DynamoCalls(table)

    def due(self, day: date) -> Iterator[StampedItem]:
        stamped = f"{self._table.landlord}#P#{day.isoformat()}"
        for item in query(self._table, "purge_pk = :pk", {":pk": stamped}, IndexName="purge"):
            yield self._with_what_goes_first(item["pk"], item["sk"])

    def delete(self, items: Sequence[StampedItem]) -> None:
        rest = iter(items)
        while batch := list(islice(rest, BATCH)):
            requests: dict[str, Any] = {
                self._table.name: [
                    {"DeleteRequest": {"Key": to_attributes({"pk": item.key[0], "sk": item.key[1]})}} for item in batch
                ]
            }
            while requests:
                requests = self._table.client.batch_write_item(RequestItems=requests).get("UnprocessedItems", {})

    def _with_what_goes_first(self, pk: str, sk: str) -> StampedItem:
        if sk == CALL_SK:
            return StampedItem((pk, sk), record=self._calls.get(pk.removeprefix(self._table.call_pk(""))))
        if sk.startswith("N#") and pk.startswith(self._table.job_pk("")):
            return StampedItem((pk, sk), objects=self._objects_of_mail(pk, sk))
        return StampedItem((pk, sk))

    def _objects_of_mail(self, pk: str, sk: str) -> tuple[str, ...]:
        answer = self._table.client.get_item(TableName=self._table.name, Key=to_attributes({"pk": pk, "sk": sk}))
        if "Item" not in answer:
            return ()
        notice = notice_of(from_attributes(answer["Item"]))
        body = (notice.body_key,) if notice.body_key else ()
        return (*body, *notice.extra.get("objects", "").split())
