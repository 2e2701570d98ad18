"""Web sessions, sign-in challenges and spent codes in the table."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from permanence.application.signing_in import CHALLENGE, LONGEST, Challenge, Person, Session
from permanence.domain.instants import format_instant, paris_day, parse_instant

# Erased by the daily purge; the table's own expiry is the backstop.
_GRACE = timedelta(days=1)


class DynamoSessions:
    """Sessions of `signing_in.Sessions`; `table` is a boto3 Table resource."""

    def __init__(self, table: Any, landlord: str) -> None:
        self._table = table
        self._landlord = landlord

    def put_session(self, session: Session) -> None:
        person = session.person
        self._put(
            f"S#{session.key}",
            "S",
            session.started_at + LONGEST,
            kind="session",
            user_id=person.user_id,
            email=person.email,
            name=person.name,
            phone=person.phone,
            groups=sorted(person.groups),
            csrf=session.csrf,
            started_at=format_instant(session.started_at),
            seen_at=format_instant(session.seen_at),
        )

    def session(self, key: str) -> Session | None:
        item = self._get(key, "session")
        if item is None:
            return None
        person = Person(item["user_id"], item["email"], item["name"], item["phone"], frozenset(item["groups"]))
        return Session(key, person, item["csrf"], parse_instant(item["started_at"]), parse_instant(item["seen_at"]))

    def touch(self, key: str, seen_at: datetime) -> None:
        self._update(key, "SET seen_at = :seen", {":seen": format_instant(seen_at)})

    def put_challenge(self, challenge: Challenge) -> None:
        self._put(
            f"S#{challenge.key}",
            "S",
            challenge.started_at + CHALLENGE,
            kind="challenge",
            username=challenge.username,
            provider_session=challenge.provider_session,
            destination=challenge.destination,
            started_at=format_instant(challenge.started_at),
            tries=challenge.tries,
        )

    def challenge(self, key: str) -> Challenge | None:
        item = self._get(key, "challenge")
        if item is None:
            return None
        return Challenge(
            key,
            item["username"],
            item["provider_session"],
            item["destination"],
            parse_instant(item["started_at"]),
            int(item["tries"]),
        )

    def count_try(self, key: str, most: int) -> bool:
        return self._update(
            key, "ADD tries :one", {":one": 1, ":most": most}, condition="attribute_exists(pk) AND tries < :most"
        )

    def delete(self, key: str) -> None:
        self._table.delete_item(Key={"pk": f"S#{key}", "sk": "S"})

    def spend_code(self, user_id: str, code: str, now: datetime, until: datetime) -> bool:
        spent = hashlib.sha256(f"{user_id} {code}".encode()).hexdigest()
        return self._written(
            lambda: self._put(
                f"S#{spent}",
                "CODE",
                until,
                condition="attribute_not_exists(pk) OR forgotten_at <= :now",
                values={":now": format_instant(now)},
                forgotten_at=format_instant(until),
            )
        )

    def _put(
        self,
        pk: str,
        sk: str,
        until: datetime,
        condition: str | None = None,
        values: dict[str, Any] | None = None,
        **attributes: Any,
    ) -> None:
        stamp = {
            "purge_pk": f"{self._landlord}#P#{paris_day(until + _GRACE).isoformat()}",
            "purge_sk": f"{pk}|{sk}",
            "ttl": int(until.timestamp()),
        }
        options = {"ConditionExpression": condition, "ExpressionAttributeValues": values} if condition else {}
        self._table.put_item(Item={"pk": pk, "sk": sk, **stamp, **attributes}, **options)

    def _get(self, key: str, kind: str) -> dict[str, Any] | None:
        item = self._table.get_item(Key={"pk": f"S#{key}", "sk": "S"}, ConsistentRead=True).get("Item")
        return item if item and item["kind"] == kind else None

    def _update(
        self, key: str, expression: str, values: dict[str, Any], condition: str = "attribute_exists(pk)"
    ) -> bool:
        return self._written(
            lambda: self._table.update_item(
                Key={"pk": f"S#{key}", "sk": "S"},
                UpdateExpression=expression,
                ExpressionAttributeValues=values,
                ConditionExpression=condition,
            )
        )

    @staticmethod
    def _written(write: Callable[[], object]) -> bool:
        """Whether the condition of a write held."""
        try:
            write()
        except ClientError as refused:
            if refused.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True
