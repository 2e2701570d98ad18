"""What must be erased on a day, by the stamp that every nominative item carries (R70)."""

from collections.abc import Mapping, Sequence
from datetime import date

from permanence.adapters.dynamodb.batches import delete_in_parallel, get_in_parallel
from permanence.adapters.dynamodb.calls import CALL_SK, FORM_SK, call_record_of
from permanence.adapters.dynamodb.import_items import imports_pk
from permanence.adapters.dynamodb.items import Item, Table, record_of
from permanence.adapters.dynamodb.notices import notice_of
from permanence.adapters.dynamodb.queries import query
from permanence.adapters.import_files import keys_of
from permanence.adapters.parallel import in_parallel
from permanence.application.privacy.ports import StampedItem
from permanence.domain.reference.imports import Import

Key = tuple[str, str]


class DynamoPurgeIndex:
    """The `PurgeIndex` port on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def due(self, days: Sequence[date]) -> Mapping[date, Sequence[Key]]:
        found = zip(days, in_parallel(self._stamped_for, days), strict=True)
        return {day: sorted(keys, key=self._calls_first) for day, keys in found if keys}

    def load(self, keys: Sequence[Key]) -> Sequence[StampedItem]:
        wanted = [{"pk": pk, "sk": sk} for key in keys for pk, sk in self._read_with(*key)]
        items = {(item["pk"], item["sk"]): item for item in get_in_parallel(self._table, wanted)}
        return [self._stamped(key, items) for key in keys]

    def delete(self, items: Sequence[StampedItem]) -> None:
        delete_in_parallel(self._table, ({"pk": item.key[0], "sk": item.key[1]} for item in items))

    def _stamped_for(self, day: date) -> list[Key]:
        stamped = f"{self._table.landlord}#P#{day.isoformat()}"
        return [
            (item["pk"], item["sk"])
            for item in query(self._table, "purge_pk = :pk", {":pk": stamped}, IndexName="purge")
        ]

    def _calls_first(self, key: Key) -> tuple[bool, Key]:
        """Their facts need the malfunctions of the same day; a form stands next to its call."""
        return not key[0].startswith(self._table.call_pk("")), key

    def _read_with(self, pk: str, sk: str) -> tuple[Key, ...]:
        if sk == CALL_SK:
            return (pk, CALL_SK), (pk, FORM_SK)
        return ((pk, sk),) if self._is_mail(pk, sk) or pk == imports_pk(self._table) else ()

    def _is_mail(self, pk: str, sk: str) -> bool:
        return sk.startswith("N#") and pk.startswith(self._table.job_pk(""))

    def _stamped(self, key: Key, items: Mapping[Key, Item]) -> StampedItem:
        pk, sk = key
        item = items.get(key)
        if item is None or sk == FORM_SK:
            return StampedItem(key)
        if sk == CALL_SK:
            return StampedItem(key, record=call_record_of(item, items.get((pk, FORM_SK))))
        if pk == imports_pk(self._table):
            return StampedItem(key, files=keys_of(record_of(Import, item)))
        notice = notice_of(item)
        body = (notice.body_key,) if notice.body_key else ()
        return StampedItem(key, objects=(*body, *notice.extra.get("objects", "").split()))
