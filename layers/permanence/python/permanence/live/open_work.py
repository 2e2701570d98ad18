"""Calls and malfunctions that nobody has closed."""

from functools import cached_property

from permanence.adapters.dynamodb.open_items import DynamoOpenItems
from permanence.live.table import LiveTable


class LiveOpenWork(LiveTable):
    @cached_property
    def open_items(self) -> DynamoOpenItems:
        return DynamoOpenItems(self._table)
