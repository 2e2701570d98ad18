"""Addresses that no patrimoine held when somebody called: one item each in a partition of their own."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from permanence.adapters.dynamodb.items import Item, Table, to_attributes
from permanence.adapters.dynamodb.queries import query
from permanence.domain.instants import format_instant, parse_instant
from permanence.domain.reference.unknown_addresses import UnknownAddress, address_key

_CALL = "call#"


class DynamoUnknownAddresses:
    """The `UnknownAddresses` port on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def tell(self, address: str, call_id: str, at: datetime) -> None:
        key = self._key(address)
        told = {"last_told_at": format_instant(at), **self._table.erasure(key["pk"], key["sk"], at)}
        once = {"address": address, "first_told_at": format_instant(at), f"{_CALL}{call_id}": True}
        names = {f"#{n}": name for n, name in enumerate((*told, *once))}
        values = {f":{n}": value for n, value in enumerate((*told.values(), *once.values()))}
        sets = [f"#{n} = :{n}" if n < len(told) else f"#{n} = if_not_exists(#{n}, :{n})" for n in range(len(names))]
        self._table.client.update_item(
            TableName=self._table.name,
            Key=to_attributes(key),
            UpdateExpression=f"SET {', '.join(sets)}",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=to_attributes(values),
        )

    def all(self) -> Sequence[UnknownAddress]:
        return [_address_of(item) for item in query(self._table, "pk = :pk", {":pk": self._pk})]

    @property
    def _pk(self) -> str:
        return f"{self._table.open_pk}#LANDLORD"

    def _key(self, address: str) -> Item:
        """Under a digest: an address may hold what somebody must not read in a log."""
        digest = hashlib.sha256(address_key(address).encode()).hexdigest()[:32]
        return {"pk": self._pk, "sk": f"ADDRESS#{digest}"}


def _address_of(item: Item) -> UnknownAddress:
    return UnknownAddress(
        item["address"],
        parse_instant(item["first_told_at"]),
        parse_instant(item["last_told_at"]),
        tuple(name.removeprefix(_CALL) for name in item if name.startswith(_CALL)),
    )
