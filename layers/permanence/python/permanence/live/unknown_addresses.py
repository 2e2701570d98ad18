"""The addresses that callers gave and the patrimoine does not hold."""

from functools import cached_property

from permanence.adapters.dynamodb.unknown_addresses import DynamoUnknownAddresses
from permanence.live.table import LiveTable


class LiveUnknownAddresses(LiveTable):
    @cached_property
    def unknown_addresses(self) -> DynamoUnknownAddresses:
        return DynamoUnknownAddresses(self._table)
