"""The facts that a month was frozen with."""

from functools import cached_property

from permanence.adapters.frozen_months import FrozenMonthsInBucket
from permanence.live.files import LiveFiles


class LiveFrozenMonths(LiveFiles):
    @cached_property
    def frozen_months(self) -> FrozenMonthsInBucket:
        return FrozenMonthsInBucket(self.reports)
