"""Web sessions, challenges on the way in and spent codes, each under a hash that only the browser can name."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from permanence.adapters.dynamodb.conditions import is_unmet
from permanence.adapters.dynamodb.items import Item, Table, body_of, from_attributes, record_of, to_attributes
from permanence.adapters.dynamodb.members import member_key, member_of
from permanence.adapters.dynamodb.queries import get_batch
from permanence.application.access.members import Member
from permanence.application.access.signing_in import LONGEST, Challenge, Session
from permanence.domain.instants import format_instant, paris_day

SESSION_SK = "S"
CODE_SK = "CODE"


class DynamoSessions:
    """The `Sessions` port on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put_session(self, session: Session) -> None:
        self._put(
            session.key, SESSION_SK, session.started_at + LONGEST, {"kind": "session", **body_of(session, "seen_at")}
        )

    def session(self, key: str, user_id: str) -> tuple[Session, Member] | None:
        keys = [{"pk": f"S#{key}", "sk": SESSION_SK}, member_key(self._table, user_id)]
        items = {item["pk"]: item for item in get_batch(self._table, keys, consistent=True)}
        session, member = items.get(f"S#{key}", {}), items.get(self._table.members_pk)
        if session.get("kind") != "session" or member is None:
            return None
        return record_of(Session, session), member_of(member)

    def touch(self, key: str, seen_at: datetime) -> None:
        self._update(key, "SET seen_at = :seen", {":seen": format_instant(seen_at)})

    def put_challenge(self, challenge: Challenge) -> None:
        self._put(challenge.key, SESSION_SK, challenge.ends_at, {"kind": "challenge", **body_of(challenge, "tries")})

    def challenge(self, key: str) -> Challenge | None:
        found = self._table.client.get_item(TableName=self._table.name, Key=_key(key), ConsistentRead=True).get("Item")
        item = from_attributes(found) if found else {}
        return record_of(Challenge, item) if item.get("kind") == "challenge" else None

    def count_try(self, key: str, most: int) -> bool:
        return self._update(key, "ADD tries :one", {":one": 1, ":most": most}, also="tries < :most")

    def delete(self, key: str) -> None:
        self._table.client.delete_item(TableName=self._table.name, Key=_key(key))

    def spend_code(self, user_id: str, code: str, now: datetime, until: datetime) -> bool:
        spent = hashlib.sha256(f"{user_id} {code}".encode()).hexdigest()
        try:
            self._put(
                spent,
                CODE_SK,
                until,
                {"forgotten_at": format_instant(until)},
                ConditionExpression="attribute_not_exists(pk) OR forgotten_at <= :now",
                ExpressionAttributeValues=to_attributes({":now": format_instant(now)}),
            )
        except ClientError as refused:
            return _held(refused)
        return True

    def _put(self, key: str, sk: str, until: datetime, values: Item, **condition: Any) -> None:
        pk = f"S#{key}"
        item = {**values, "pk": pk, "sk": sk, **short_lived(self._table, pk, sk, until)}
        self._table.client.put_item(TableName=self._table.name, Item=to_attributes(item), **condition)

    def _update(self, key: str, expression: str, values: Item, also: str = "attribute_exists(sk)") -> bool:
        try:
            self._table.client.update_item(
                TableName=self._table.name,
                Key=_key(key),
                UpdateExpression=expression,
                ExpressionAttributeValues=to_attributes(values),
                ConditionExpression=f"attribute_exists(pk) AND {also}",
            )
        except ClientError as refused:
            return _held(refused)
        return True


def short_lived(table: Table, pk: str, sk: str, until: datetime) -> Item:
    """The stamp of what a sign-in leaves: it is over long before what it was used for is erased, so its purge is the
    day after its end."""
    return {
        "purge_pk": f"{table.landlord}#P#{paris_day(until + timedelta(days=1)).isoformat()}",
        "purge_sk": f"{pk}|{sk}",
        "ttl": int(until.timestamp()),
    }


def _key(key: str) -> Any:
    return to_attributes({"pk": f"S#{key}", "sk": SESSION_SK})


def _held(refused: ClientError) -> bool:
    """False for a condition that did not hold; raises anything else."""
    if not is_unmet(refused):
        raise refused
    return False
