"""Sign-in tries in the table, each under a hash of account and origin."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from permanence.adapters.dynamodb.conditions import is_unmet
from permanence.adapters.dynamodb.items import Item, Table, to_attributes
from permanence.adapters.dynamodb.queries import get_batch
from permanence.adapters.dynamodb.sessions import short_lived
from permanence.adapters.records import from_plain, to_plain
from permanence.application.access.sign_in_gate import Tries

TRIES_SK = "TRIES"


class DynamoTries:
    """The `TryCounter` port on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, keys: Sequence[str]) -> Mapping[str, Tries]:
        items = get_batch(self._table, [_key(key) for key in keys], consistent=True)
        return {item["key"]: from_plain(Tries, item) for item in items}

    def replace(self, seen: Tries, fresh: Tries, forget_at: datetime) -> bool:
        unchanged: Item = {"ConditionExpression": "attribute_not_exists(pk)"}
        if seen.last_at is not None:
            before = to_plain(seen)
            unchanged = {
                "ConditionExpression": "#count = :count AND last_at = :at",
                "ExpressionAttributeNames": {"#count": "count"},
                "ExpressionAttributeValues": to_attributes({":count": before["count"], ":at": before["last_at"]}),
            }
        try:
            self._put(fresh, forget_at, **unchanged)
        except ClientError as refused:
            if not is_unmet(refused):
                raise
            return False
        return True

    def add(self, key: str, forget_at: datetime) -> None:
        attributes = {"key": key, **short_lived(self._table, f"S#{key}", TRIES_SK, forget_at)}
        names = {f"#{name}": name for name in attributes}
        self._table.client.update_item(
            TableName=self._table.name,
            Key=to_attributes(_key(key)),
            UpdateExpression=f"SET {', '.join(f'#{name} = :{name}' for name in attributes)} ADD #count :one",
            ExpressionAttributeNames={**names, "#count": "count"},
            ExpressionAttributeValues=to_attributes({f":{n}": v for n, v in attributes.items()} | {":one": 1}),
        )

    def put(self, fresh: Tries, forget_at: datetime) -> None:
        self._put(fresh, forget_at)

    def _put(self, tries: Tries, forget_at: datetime, **condition: Any) -> None:
        key = _key(tries.key)
        item = {**to_plain(tries), **key, **short_lived(self._table, key["pk"], key["sk"], forget_at)}
        self._table.client.put_item(TableName=self._table.name, Item=to_attributes(item), **condition)


def _key(key: str) -> Item:
    return {"pk": f"S#{key}", "sk": TRIES_SK}
