"""Items of several kinds by their keys."""

from functools import cached_property

from permanence.adapters.dynamodb.lookup import DynamoLookup
from permanence.live.table import LiveTable


class LiveLookup(LiveTable):
    @cached_property
    def lookup(self) -> DynamoLookup:
        return DynamoLookup(self._table)
