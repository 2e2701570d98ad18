"""The item of a file that was sent, and how it moves on: also in one transaction with the version it became."""

from typing import Any

from permanence.adapters.dynamodb.items import Item, Table, body_of, to_attributes
from permanence.domain.reference.imports import Import

APART = ("changes", "lines")


def moved_import(table: Table, one: Import) -> dict[str, Any]:
    """The update that puts an import in the place of what was read of it, on its own or in a transaction."""
    told = body_of(one, *APART)
    values = {":body": told["body"], ":lines": one.lines, ":changes": one.changes, ":before": one.changes - 1}
    return {
        "Key": to_attributes(import_key(table, one.import_id)),
        "UpdateExpression": "SET body = :body, #lines = :lines, changes = :changes",
        "ConditionExpression": "changes = :before",
        "ExpressionAttributeNames": {"#lines": "lines"},
        "ExpressionAttributeValues": to_attributes(values),
    }


def imports_pk(table: Table) -> str:
    return f"{table.landlord}#IMP"


def import_key(table: Table, import_id: str) -> Item:
    return {"pk": imports_pk(table), "sk": import_id}
