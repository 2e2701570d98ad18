"""Who did what, when, to which record: lines that nobody changes (R14, R74)."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from permanence.adapters.dynamodb.conditions import is_unmet
from permanence.adapters.dynamodb.items import Table, from_attributes, from_text, to_attributes, to_text
from permanence.domain.instants import format_instant, paris_month


class DynamoAuditLog:
    """The `AuditLog` port on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def record(self, at: datetime, who: str, action: str, what: str, detail: Mapping[str, str]) -> str:
        audit_id = secrets.token_hex(8)
        self._put(at, audit_id, who=who, action=action, what=what, **detail)
        return audit_id

    def record_once(self, at: datetime, key: str, who: str, action: str, what: str) -> None:
        try:
            self._put(at, key, who=who, action=action, what=what)
        except ClientError as refused:
            if not is_unmet(refused):
                raise

    def get(self, at: datetime, audit_id: str) -> Mapping[str, str] | None:
        """The line with its detail spread beside it: 1 request."""
        pk, sk = self._key(at, audit_id)
        answer = self._table.client.get_item(TableName=self._table.name, Key=to_attributes({"pk": pk, "sk": sk}))
        if "Item" not in answer:
            return None
        told: dict[str, str] = from_text(from_attributes(answer["Item"])["body"])
        return told

    def _put(self, at: datetime, audit_id: str, **told: Any) -> None:
        pk, sk = self._key(at, audit_id)
        line = {"at": format_instant(at), **told}
        item = {"pk": pk, "sk": sk, "body": to_text(line), **self._table.erasure(pk, sk, at)}
        self._table.client.put_item(
            TableName=self._table.name,
            Item=to_attributes(item),
            ConditionExpression="attribute_not_exists(pk)",
        )

    def _key(self, at: datetime, audit_id: str) -> tuple[str, str]:
        return f"{self._table.landlord}#AUD#{paris_month(at)}", f"{format_instant(at)}#{audit_id}"
