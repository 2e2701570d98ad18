"""Notices in the table: claimed with a lease, and a status that never goes back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from botocore.exceptions import ClientError

from permanence.adapters.dynamodb.conditions import is_unmet
from permanence.adapters.dynamodb.items import (
    Item,
    Table,
    body_of,
    due_pk,
    from_attributes,
    record_of,
    to_attributes,
)
from permanence.domain.dispatch.notices import Notice, NoticeStatus, after_receipt
from permanence.domain.instants import format_instant, parse_instant

APART = ("status", "attempts", "lease_until", "provider_id", "error", "ask_at", "settled_at")
"""What changes after a notice is written; the rest of it never does."""


class DynamoNotices:
    """The `Notices` port on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def claim(self, owner: str, key: str, now: datetime, lease_s: int) -> Notice | None:
        item = self._update(
            owner,
            key,
            "SET #status = :claimed, lease_until = :until, #attempts = #attempts + :one",
            condition="#status = :pending OR (#status = :claimed AND lease_until <= :now)",
            values={
                ":claimed": NoticeStatus.CLAIMED.value,
                ":pending": NoticeStatus.PENDING.value,
                ":until": format_instant(now + timedelta(seconds=lease_s)),
                ":now": format_instant(now),
                ":one": 1,
            },
            names={"#attempts": "attempts"},
        )
        return notice_of(item) if item else None

    def sent(self, notice: Notice, provider_id: str, now: datetime, ask_at: datetime | None = None) -> None:
        self._settle(notice.owner, notice.key, NoticeStatus.SENT, now, provider_id=provider_id, ask_at=ask_at)

    def failed(self, notice: Notice, error: str, now: datetime) -> None:
        self._settle(notice.owner, notice.key, NoticeStatus.FAILED, now, error=error)

    def receipt(
        self,
        owner: str,
        key: str,
        provider_id: str,
        status: str,
        code: str,
        now: datetime,
        ask_at: datetime | None = None,
    ) -> bool:
        told = after_receipt(status)
        return self._settle(owner, key, told, now, provider_id=provider_id, error=code, ask_at=ask_at)

    def unheard(self, owner: str, key: str, now: datetime) -> Notice | None:
        answer = self._table.client.get_item(
            TableName=self._table.name,
            Key=to_attributes(notice_key(self._table, owner, key)),
            ConsistentRead=True,
        )
        if "Item" not in answer:
            return None
        notice = notice_of(from_attributes(answer["Item"]))
        is_awaited = notice.status is NoticeStatus.SENT and notice.ask_at is not None and notice.ask_at <= now
        return notice if is_awaited else None

    def ask_again(self, notice: Notice, ask_at: datetime | None) -> None:
        asked, values = self._ask_at(notice.owner, ask_at)
        self._update(
            notice.owner,
            notice.key,
            f"SET {', '.join(asked)}" if asked else "REMOVE due_pk, due_sk, ask_at",
            condition="#status = :sent",
            values={":sent": NoticeStatus.SENT.value, **values},
            names={},
        )

    def put_job_notices(self, notices: Sequence[Notice]) -> None:
        """1 request a notice."""
        for notice in notices:
            try:
                self._table.client.put_item(
                    TableName=self._table.name,
                    Item=to_attributes(pending_item(self._table, notice)),
                    ConditionExpression="attribute_not_exists(pk)",
                )
            except ClientError as error:
                if not is_unmet(error):
                    raise

    def _settle(
        self,
        owner: str,
        key: str,
        status: NoticeStatus,
        now: datetime,
        *,
        provider_id: str = "",
        error: str = "",
        ask_at: datetime | None = None,
    ) -> bool:
        """A settled notice leaves its lease, and the due index unless its end is awaited; a status of the same rank or
        higher stays."""
        told: Item = {":status": status.value, ":rank": status.rank, ":now": format_instant(now), ":error": error}
        sets = ["#status = :status", "#rank = :rank", "settled_at = :now", "#error = :error"]
        if provider_id:
            sets.append("provider_id = :provider_id")
            told[":provider_id"] = provider_id
        asked, values = self._ask_at(owner, ask_at)
        removes = "lease_until" if asked else "lease_until, due_pk, due_sk, ask_at"
        settled = self._update(
            owner,
            key,
            f"SET {', '.join((*sets, *asked))} REMOVE {removes}",
            condition="attribute_exists(pk) AND #rank < :rank",
            values=told | values,
            names={"#rank": "status_rank", "#error": "error"},
        )
        return settled is not None

    def _ask_at(self, owner: str, ask_at: datetime | None) -> tuple[tuple[str, ...], Item]:
        """The assignments, with their values, that bring a notice back through the due index."""
        if ask_at is None:
            return (), {}
        values = {
            ":due_pk": due_pk(self._table.owner_pk(owner)),
            ":due_sk": int(ask_at.timestamp()),
            ":ask_at": format_instant(ask_at),
        }
        return ("due_pk = :due_pk", "due_sk = :due_sk", "ask_at = :ask_at"), values

    def _update(
        self, owner: str, key: str, update: str, *, condition: str, values: Item, names: dict[str, str]
    ) -> Item | None:
        """The item after the update, or None when its condition did not hold (settled, leased, purged)."""
        try:
            answer = self._table.client.update_item(
                TableName=self._table.name,
                Key=to_attributes(notice_key(self._table, owner, key)),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames={"#status": "status", **names},
                ExpressionAttributeValues=to_attributes(values),
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            if is_unmet(error):
                return None
            raise
        return from_attributes(answer["Attributes"])


def pending_item(table: Table, notice: Notice) -> Item:
    """A notice as the transaction that decides it writes it: the stream tells the relay, the due index the sweep."""
    key = notice_key(table, notice.owner, notice.key)
    pk, sk = key["pk"], key["sk"]
    oldest = notice.extra.get("oldest")
    return {
        **key,
        **body_of(notice, *APART),
        "status_rank": notice.status.rank,
        "due_pk": due_pk(pk),
        "due_sk": int(notice.created_at.timestamp()),
        **table.erasure(pk, sk, parse_instant(oldest) if oldest else notice.created_at),
    }


def notice_key(table: Table, owner: str, key: str) -> Item:
    """Where a notice is kept."""
    return {"pk": table.owner_pk(owner), "sk": f"N#{key}"}


def notice_of(item: Item) -> Notice:
    """The notice as it stands."""
    return record_of(Notice, item)
