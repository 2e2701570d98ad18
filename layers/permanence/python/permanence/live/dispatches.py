"""Malfunctions with their dispatches, and the notices that these send."""

from functools import cached_property

from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.adapters.dynamodb.notices import DynamoNotices
from permanence.application.dispatch.dispatching import Dispatching
from permanence.live.table import LiveTable


class LiveDispatches(LiveTable):
    @cached_property
    def malfunctions(self) -> DynamoMalfunctions:
        return DynamoMalfunctions(self._table)

    @cached_property
    def notices(self) -> DynamoNotices:
        return DynamoNotices(self._table)

    @cached_property
    def dispatching(self) -> Dispatching:
        return Dispatching(self.contract, f"{self.public_url}/m/")
