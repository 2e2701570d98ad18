"""Calls with their fiches."""

from functools import cached_property

from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.live.table import LiveTable


class LiveCalls(LiveTable):
    @cached_property
    def calls(self) -> DynamoCalls:
        return DynamoCalls(self._table)
