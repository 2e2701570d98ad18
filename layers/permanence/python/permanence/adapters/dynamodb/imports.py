"""Files that were sent: one item each, in one partition in the order of their receipt."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from botocore.exceptions import ClientError

from permanence.adapters.dynamodb.conditions import is_unmet
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
from permanence.application.reference.ports import DecidedMeanwhile, UnknownImport
from permanence.domain.reference.imports import Import
from permanence.domain.reference.table_matching import ColumnMapping

_APART = ("changes", "lines")


class DynamoImports:
    """The `Imports` port on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, one: Import) -> bool:
        key = _key(self._table, one.import_id)
        stamp = self._table.erasure(key["pk"], key["sk"], one.received_at)
        item = to_attributes({**key, **body_of(one, *_APART), **stamp})
        try:
            self._table.client.put_item(
                TableName=self._table.name, Item=item, ConditionExpression="attribute_not_exists(pk)"
            )
        except ClientError as error:
            if not is_unmet(error):
                raise
            return False
        return True

    def get(self, import_id: str) -> Import:
        found = self._get(_key(self._table, import_id), consistent=True)
        if found is None:
            raise UnknownImport(import_id)
        return record_of(Import, found)

    def latest(self, limit: int) -> Sequence[Import]:
        values = {":pk": _key(self._table, "")["pk"]}
        options = {"ScanIndexForward": False, "Limit": limit, "ConsistentRead": True}
        items, _ = query_page(self._table, "pk = :pk", values, None, **options)
        return [record_of(Import, item) for item in items]

    def save(self, one: Import) -> None:
        try:
            self._table.client.update_item(TableName=self._table.name, **moved_import(self._table, one))
        except ClientError as error:
            if not is_unmet(error):
                raise
            raise DecidedMeanwhile(one.import_id) from error

    def progress(self, one: Import, lines: int) -> None:
        try:
            self._table.client.update_item(
                TableName=self._table.name,
                Key=to_attributes(_key(self._table, one.import_id)),
                UpdateExpression="SET #lines = :lines",
                ConditionExpression="changes = :changes",
                ExpressionAttributeNames={"#lines": "lines"},
                ExpressionAttributeValues=to_attributes({":lines": lines, ":changes": one.changes}),
            )
        except ClientError as error:
            if not is_unmet(error):
                raise
            raise DecidedMeanwhile(one.import_id) from error

    def columns(self, kind: str, sender: str) -> ColumnMapping:
        found = self._get(_columns_key(self._table, kind, sender), consistent=False)
        said: ColumnMapping = from_text(found["columns"]) if found else {}
        return said

    def remember(self, kind: str, sender: str, columns: ColumnMapping, now: datetime) -> None:
        key = _columns_key(self._table, kind, sender)
        plain = {sheet: dict(fields) for sheet, fields in columns.items()}
        stamp = self._table.erasure(key["pk"], key["sk"], now)
        item = {**key, "columns": to_text(plain), **stamp}
        self._table.client.put_item(TableName=self._table.name, Item=to_attributes(item))

    def _get(self, key: Item, *, consistent: bool) -> Item | None:
        answer = self._table.client.get_item(
            TableName=self._table.name, Key=to_attributes(key), ConsistentRead=consistent
        )
        return from_attributes(answer["Item"]) if "Item" in answer else None


def moved_import(table: Table, one: Import) -> dict[str, Any]:
    """The update that puts an import in the place of what was read of it, on its own or in a transaction."""
    told = body_of(one, *_APART)
    values = {":body": told["body"], ":lines": one.lines, ":changes": one.changes, ":before": one.changes - 1}
    return {
        "Key": to_attributes(_key(table, one.import_id)),
        "UpdateExpression": "SET body = :body, #lines = :lines, changes = :changes",
        "ConditionExpression": "changes = :before",
        "ExpressionAttributeNames": {"#lines": "lines"},
        "ExpressionAttributeValues": to_attributes(values),
    }


def imports_pk(table: Table) -> str:
    return f"{table.landlord}#IMP"


def _key(table: Table, import_id: str) -> Item:
    return {"pk": imports_pk(table), "sk": import_id}


def _columns_key(table: Table, kind: str, sender: str) -> Item:
    """Who sent is no part of a key in plain words."""
    return {"pk": f"{table.landlord}#COLUMNS", "sk": f"{kind}#{sha256(sender.encode()).hexdigest()}"}
