"""The mails that brought files, and those that were kept apart, in the table: none of what they say."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from permanence.adapters.dynamodb.conditions import is_unmet
from permanence.adapters.dynamodb.items import Item, Table, body_of, from_attributes, record_of, to_attributes
from permanence.adapters.dynamodb.queries import query_page
from permanence.domain.instants import format_instant
from permanence.domain.reference.received_mail import MailApart, MailedFiles


class DynamoReceivedMails:
    """The `ReceivedMails` port on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keep_apart(self, mail: MailApart) -> None:
        self._put_once(f"APART#{format_instant(mail.received_at)}#{mail.mail_id}", mail, mail.received_at)

    def apart(self, limit: int) -> Sequence[MailApart]:
        condition, values = "pk = :pk AND begins_with(sk, :apart)", {":pk": self._pk, ":apart": "APART#"}
        items, _ = query_page(self._table, condition, values, None, ScanIndexForward=False, Limit=limit)
        return [record_of(MailApart, item) for item in items]

    def add(self, mail: MailedFiles) -> None:
        self._put_once(f"FILES#{mail.mail_id}", mail, mail.received_at)

    def get(self, mail_id: str) -> MailedFiles | None:
        answer = self._table.client.get_item(
            TableName=self._table.name,
            Key=to_attributes({"pk": self._pk, "sk": f"FILES#{mail_id}"}),
            ConsistentRead=True,
        )
        return record_of(MailedFiles, from_attributes(answer["Item"])) if "Item" in answer else None

    @property
    def _pk(self) -> str:
        return f"{self._table.landlord}#MAIL"

    def _put_once(self, sk: str, record: Any, received_at: datetime) -> None:
        item: Item = {
            "pk": self._pk,
            "sk": sk,
            **body_of(record),
            **self._table.erasure(self._pk, sk, received_at),
        }
        try:
            self._table.client.put_item(
                TableName=self._table.name,
                Item=to_attributes(item),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if not is_unmet(error):
                raise
