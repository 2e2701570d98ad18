"""The contract as it is obeyed now."""

from datetime import datetime
from functools import cached_property
from time import monotonic

from permanence.adapters.dynamodb.timetable import DynamoReceptionTimetable
from permanence.application.reference.in_force import InForce
from permanence.domain.contract import Contract
from permanence.live.table import LiveTable


class LiveInForce(LiveTable):
    @cached_property
    def in_force(self) -> InForce:
        return InForce(DynamoReceptionTimetable(self._table), self.contract, monotonic)

    def contract_at(self, now: datetime) -> Contract:
        """With what lives of it: 1 request every 30 s. Raises what the table raises."""
        return self.in_force.at(now)
