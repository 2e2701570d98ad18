"""What is overdue and what its queue has left behind."""

from functools import cached_property

from permanence.adapters.dynamodb.due_items import DynamoDueItems
from permanence.live.table import LiveTable


class LiveDueItems(LiveTable):
    @cached_property
    def due_items(self) -> DynamoDueItems:
        return DynamoDueItems(self._table)
