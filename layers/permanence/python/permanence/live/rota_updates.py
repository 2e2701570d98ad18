"""Updates of the rota that are to be in force within the hour."""

from functools import cached_property

from permanence.adapters.dynamodb.rota_updates import DynamoRotaUpdates
from permanence.live.table import LiveTable


class LiveRotaUpdates(LiveTable):
    @cached_property
    def rota_updates(self) -> DynamoRotaUpdates:
        return DynamoRotaUpdates(self._table)
