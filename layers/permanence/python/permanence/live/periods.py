"""What is told of periods that are over: runs of jobs, settled days, frozen months."""

from functools import cached_property

from permanence.adapters.dynamodb.jobs import DynamoJobs
from permanence.adapters.dynamodb.settled_days import DynamoSettledDays
from permanence.adapters.frozen_months import FrozenMonthsInBucket
from permanence.live.files import LiveFiles
from permanence.live.table import LiveTable


class LivePeriods(LiveTable, LiveFiles):
    @cached_property
    def jobs(self) -> DynamoJobs:
        return DynamoJobs(self._table)

    @cached_property
    def settled_days(self) -> DynamoSettledDays:
        return DynamoSettledDays(self._table)

    @cached_property
    def frozen_months(self) -> FrozenMonthsInBucket:
        return FrozenMonthsInBucket(self.reports)
