"""What is told of periods that are over: runs of jobs, settled days."""

from functools import cached_property

from permanence.adapters.dynamodb.jobs import DynamoJobs
from permanence.adapters.dynamodb.settled_days import DynamoSettledDays
from permanence.live.table import LiveTable


class LivePeriods(LiveTable):
    @cached_property
    def jobs(self) -> DynamoJobs:
        return DynamoJobs(self._table)

    @cached_property
    def settled_days(self) -> DynamoSettledDays:
        return DynamoSettledDays(self._table)
