"""Files that were sent: one item each, in one partition in the order of their receipt."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from botocore.exceptions import ClientError

from permanence.adapters.dynamodb.conditions import is_unmet
from permanence.adapters.dynamodb.import_items import APART, import_key, moved_import
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
from permanence.application.reference.file_ports import UnknownImport
from permanence.application.reference.ports import DecidedMeanwhile
from permanence.domain.reference.imports import Import
from permanence.domain.reference.table_matching import ColumnMapping


class DynamoImports:
    """The `Imports` port on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, one: Import) -> bool:
        key = import_key(self._table, one.import_id)
        stamp = self._table.erasure(key["pk"], key["sk"], one.received_at)
        item = to_attributes({**key, **body_of(one, *APART), **stamp})
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
        found = self._get(import_key(self._table, import_id), consistent=True)
        if found is None:
            raise UnknownImport(import_id)
        return record_of(Import, found)

    def latest(self, limit: int) -> Sequence[Import]:
        values = {":pk": import_key(self._table, "")["pk"]}
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
                Key=to_attributes(import_key(self._table, one.import_id)),
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


def _columns_key(table: Table, kind: str, sender: str) -> Item:
    """Who sent is no part of a key in plain words."""
    return {"pk": f"{table.landlord}#COLUMNS", "sk": f"{kind}#{sha256(sender.encode()).hexdigest()}"}
