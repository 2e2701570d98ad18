"""The figures of days that are over: one item a day, one partition a month (R71)."""

from collections.abc import Sequence

from permanence.adapters.dynamodb.items import Table, body_of, record_of, to_attributes
from permanence.adapters.dynamodb.queries import query
from permanence.domain.settled_days import SettledDay


class DynamoSettledDays:
    """The `SettledDays` port on the table; these items name nobody and carry no stamp."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of_month(self, month: str) -> Sequence[SettledDay]:
        """1 request: thirty-one days weigh less than a tenth of its megabyte."""
        found = query(self._table, "pk = :pk", {":pk": self._table.month_pk("DAY", month)})
        return [record_of(SettledDay, item) for item in found]

    def settle(self, day: SettledDay) -> None:
        key = {"pk": self._table.month_pk("DAY", f"{day.day:%Y-%m}"), "sk": f"{day.day:%d}"}
        self._table.client.put_item(TableName=self._table.name, Item=to_attributes(key | body_of(day)))
