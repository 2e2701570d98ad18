"""The figures of days that are over: one item a day, one partition a month (R71)."""

from permanence.adapters.dynamodb.items import Table, body_of, record_of, to_attributes
from permanence.adapters.dynamodb.queries import query
from permanence.application.timeline.ports import SettledMonth
from permanence.domain.service_level.frozen_months import FrozenFigures
from permanence.domain.service_level.settled_days import SettledDay

FROZEN = "frozen"


class DynamoSettledDays:
    """The `SettledDays` port on the table; these items name nobody and carry no stamp."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of_month(self, month: str) -> SettledMonth:
        """1 request: thirty-one days weigh less than a tenth of its megabyte."""
        found = list(query(self._table, "pk = :pk", {":pk": self._table.month_pk("DAY", month)}))
        frozen = [record_of(FrozenFigures, item) for item in found if item["sk"] == FROZEN]
        days = (record_of(SettledDay, item) for item in found if item["sk"] != FROZEN)
        return SettledMonth(tuple(days), frozen[0] if frozen else None)

    def freeze(self, figures: FrozenFigures) -> None:
        key = {"pk": self._table.month_pk("DAY", figures.month), "sk": FROZEN}
        self._table.client.put_item(TableName=self._table.name, Item=to_attributes(key | body_of(figures)))

    def settle(self, day: SettledDay) -> None:
        key = {"pk": self._table.month_pk("DAY", f"{day.day:%Y-%m}"), "sk": f"{day.day:%d}"}
        self._table.client.put_item(TableName=self._table.name, Item=to_attributes(key | body_of(day)))
