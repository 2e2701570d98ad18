"""The register of the people who may sign in, in one partition: a page of it is one query (R74).

Its lines carry no purge stamp: who works on the contract, and who has signed the charter, can be checked as long as the
contract lasts (Art. 12), and goes with the table when it ends.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from permanence.adapters.dynamodb.items import Item, Table, from_attributes, from_text, to_attributes, to_text
from permanence.adapters.dynamodb.queries import query
from permanence.adapters.records import from_plain, to_plain
from permanence.application.access.members import Member, Person
from permanence.domain.instants import format_instant


class DynamoMembers:
    """The `Members` port on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, user_id: str) -> Member | None:
        key = to_attributes(member_key(self._table, user_id))
        found = self._table.client.get_item(TableName=self._table.name, Key=key, ConsistentRead=True).get("Item")
        return member_of(from_attributes(found)) if found else None

    def all(self) -> Sequence[Member]:
        lines = query(self._table, "pk = :pk", {":pk": self._table.members_pk})
        return [member_of(line) for line in lines]

    def put(self, member: Member, instead_of: str | None = None) -> None:
        person = {"person": to_text(to_plain(member.person))}
        item = {**to_plain(member), **person, **member_key(self._table, member.person.user_id)}
        writes: list[dict[str, Any]] = [{"Put": {"TableName": self._table.name, "Item": to_attributes(item)}}]
        if instead_of is not None and instead_of != member.person.user_id:
            old = to_attributes(member_key(self._table, instead_of))
            writes.append({"Delete": {"TableName": self._table.name, "Key": old}})
        self._table.client.transact_write_items(TransactItems=writes)

    def came_in(self, person: Person, now: datetime) -> Member:
        return self._update(
            person.user_id,
            "SET person = :person, last_sign_in_at = :now, created_at = if_not_exists(created_at, :now)",
            {":person": to_text(to_plain(person)), ":now": format_instant(now)},
        )

    def sign_charter(self, user_id: str, version: str, now: datetime) -> Member:
        return self._update(
            user_id,
            "SET charter_version = :version, charter_signed_at = :now",
            {":version": version, ":now": format_instant(now)},
            ConditionExpression="attribute_exists(pk)",
        )

    def mend(self, person: Person) -> None:
        self._update(
            person.user_id,
            "SET person = :person",
            {":person": to_text(to_plain(person))},
            ConditionExpression="attribute_exists(pk)",
        )

    def end_sessions(self, user_id: str) -> Member:
        return self._update(user_id, "ADD generation :one", {":one": 1}, ConditionExpression="attribute_exists(pk)")

    def disable(self, user_id: str, now: datetime) -> None:
        self._update(
            user_id,
            "SET disabled_at = :now ADD generation :one",
            {":now": format_instant(now), ":one": 1},
            ConditionExpression="attribute_exists(pk)",
        )

    def enable(self, user_id: str) -> None:
        self._update(
            user_id,
            "REMOVE disabled_at ADD generation :one",
            {":one": 1},
            ConditionExpression="attribute_exists(pk)",
        )

    def _update(self, user_id: str, expression: str, values: Item, **condition: str) -> Member:
        answer = self._table.client.update_item(
            TableName=self._table.name,
            Key=to_attributes(member_key(self._table, user_id)),
            UpdateExpression=expression,
            ExpressionAttributeValues=to_attributes(values),
            ReturnValues="ALL_NEW",
            **condition,
        )
        return member_of(from_attributes(answer["Attributes"]))


def member_key(table: Table, user_id: str) -> Item:
    return {"pk": table.members_pk, "sk": user_id}


def member_of(item: Item) -> Member:
    """The line of the register; every field of it is updated alone, and the person as one text."""
    return from_plain(Member, {**item, "person": from_text(item["person"])})
