"""Living documents: a version is one item, the timetable of all kinds is another; large bodies lie in a bucket."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from permanence.adapters.dynamodb.conditions import is_unmet
from permanence.adapters.dynamodb.import_items import moved_import
from permanence.adapters.dynamodb.items import (
    Item,
    Table,
    body_of,
    from_attributes,
    from_text,
    record_of,
    to_attributes,
    to_text,
)
from permanence.adapters.dynamodb.queries import query_page
from permanence.adapters.dynamodb.timetable import read_timetable, slots_attribute, slots_by_kind, timetable_key
from permanence.adapters.records import from_plain, to_plain
from permanence.application.reception.ports import ObjectStore
from permanence.application.reference.ports import DecidedMeanwhile, Document, UnknownVersion
from permanence.domain.reference.documents import Decision, Kind, Slot, Timetable, Version

INLINE = "document"
LONGEST_INLINE = 32_000
"""In characters: the newest versions of a kind, as many as a page shows, come in one answer of a megabyte."""

_RACE_LOST = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


class DynamoDocuments:
    """The `Documents` port on the table and a bucket."""

    def __init__(self, table: Table, bodies: ObjectStore) -> None:
        self._table = table
        self._bodies = bodies

    def digest(self, body: object) -> str:
        """SHA-256 of the text that is kept of it."""
        return digest_of(_text_of(body))

    def timetable(self, kind: Kind[Any]) -> Timetable:
        return self.timetables_of((kind.name,))[kind.name]

    def timetables_of(self, kinds: Collection[str]) -> Mapping[str, Timetable]:
        item = read_timetable(self._table, consistent=True)
        kept = slots_by_kind(item)
        return {
            kind: Timetable(
                kind,
                item.get(_changes_attribute(kind), 0),
                tuple(from_plain(Slot, slot) for slot in kept.get(kind, ())),
            )
            for kind in kinds
        }

    def versions(self, kind: Kind[Any], limit: int, before: int | None = None) -> Sequence[Version]:
        condition, values = "pk = :pk", {":pk": self._pk(kind.name)}
        if before is not None:
            condition, values = f"{condition} AND sk < :before", {**values, ":before": self._sk(before)}
        options = {"ScanIndexForward": False, "ConsistentRead": True, "Limit": limit}
        items, _ = query_page(self._table, condition, values, None, **options, ProjectionExpression="body, changes")
        return [record_of(Version, item) for item in items]

    def get(self, kind: Kind[Any], number: int) -> Document:
        answer = self._table.client.get_item(
            TableName=self._table.name, Key=to_attributes(self._key(kind.name, number)), ConsistentRead=True
        )
        if "Item" not in answer:
            raise UnknownVersion(f"{kind.name} {number}")
        item = from_attributes(answer["Item"])
        version = record_of(Version, item)
        text = item[INLINE] if INLINE in item else self._bodies.get(body_key(version)).decode()
        return Document(version, from_plain(kind.schema, from_text(text)))

    def add(self, kind: Kind[Any], document: Document) -> None:
        new = self._new(document.version, document.body)
        try:
            self._table.client.put_item(TableName=self._table.name, **new)
        except ClientError as error:
            if not is_unmet(error):
                raise
            raise DecidedMeanwhile(f"{kind.name} {document.version.number}") from error

    def decide(self, kind: Kind[Any], decision: Decision, new_body: object = None) -> None:
        version = decision.version
        moved = self._moved(version) if new_body is None else {"Put": self._new(version, new_body)}
        writes = [moved]
        if decision.displaced is not None:
            writes.append(self._moved(decision.displaced))
        if decision.timetable is not None:
            writes.append(self._rearranged(decision.timetable, decision.unmoved))
        if decision.imported is not None:
            writes.append({"Update": moved_import(self._table, decision.imported)})
        named = [{how: {"TableName": self._table.name, **write}} for one in writes for how, write in one.items()]
        try:
            self._table.client.transact_write_items(TransactItems=named, ClientRequestToken=str(uuid4()))
        except ClientError as error:
            if _is_race_lost(error):
                raise DecidedMeanwhile(f"{kind.name} {version.number}") from error
            raise

    def _new(self, version: Version, body: object) -> dict[str, Any]:
        item = self._item(version, body)
        return {"Item": to_attributes(item), "ConditionExpression": "attribute_not_exists(pk)"}

    def _item(self, version: Version, body: object) -> Item:
        """A large body is kept before anything names it."""
        item = {**self._key(version.kind, version.number), **body_of(version, "changes")}
        text = _text_of(body)
        if len(text) <= LONGEST_INLINE:
            return {**item, INLINE: text}
        self._bodies.put(body_key(version), text.encode(), "application/json")
        return item

    def _moved(self, version: Version) -> dict[str, Any]:
        """What is said of a version, in the place of what was read; its body stays as it is."""
        told = body_of(version, "changes")
        return {
            "Update": {
                "Key": to_attributes(self._key(version.kind, version.number)),
                "UpdateExpression": "SET body = :body, changes = :changes",
                "ConditionExpression": "changes = :before",
                "ExpressionAttributeValues": to_attributes(
                    {":body": told["body"], ":changes": version.changes, ":before": version.changes - 1}
                ),
            }
        }

    def _rearranged(self, timetable: Timetable, unmoved: Sequence[Timetable]) -> dict[str, Any]:
        """While it and those that did not move are as they were read: all lie in one item."""
        read = {timetable.kind: timetable.changes - 1} | {one.kind: one.changes for one in unmoved}
        names = {f"#read{n}": _changes_attribute(kind) for n, kind in enumerate(read)}
        known = {f":read{n}": changes for n, changes in enumerate(read.values()) if changes}
        conditions = (
            f"#read{n} = :read{n}" if f":read{n}" in known else f"attribute_not_exists(#read{n})"
            for n in range(len(read))
        )
        values: Item = {":slots": to_text(to_plain(timetable.slots)), ":changes": timetable.changes}
        return {
            "Update": {
                "Key": to_attributes(timetable_key(self._table)),
                "UpdateExpression": "SET #slots = :slots, #read0 = :changes",
                "ConditionExpression": " AND ".join(conditions),
                "ExpressionAttributeNames": {"#slots": slots_attribute(timetable.kind), **names},
                "ExpressionAttributeValues": to_attributes(values | known),
            }
        }

    def _key(self, kind: str, number: int) -> Item:
        return {"pk": self._pk(kind), "sk": self._sk(number)}

    def _sk(self, number: int) -> str:
        return f"{number:06}"

    def _pk(self, kind: str) -> str:
        return f"{self._table.landlord}#DOC#{kind}"


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def body_key(version: Version) -> str:
    """Where a large body lies: apart from any other version's, so that each is erased without a look at the others."""
    return f"{bodies_of(version.kind)}{version.number:06}-{version.digest}.json"


def bodies_of(kind: str) -> str:
    return f"documents/{kind}/"


def _changes_attribute(kind: str) -> str:
    return f"changes#{kind}"


def _text_of(body: object) -> str:
    return to_text(to_plain(body))


def _is_race_lost(error: ClientError) -> bool:
    reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
    return bool(reasons & _RACE_LOST)
