"""The facts of each frozen month, as one object that never changes."""

import json

from permanence.adapters.records import from_plain, to_plain
from permanence.application.reception.ports import ObjectStore
from permanence.domain.service_level.frozen_months import FrozenMonth


class FrozenMonthsInBucket:
    """The `FrozenMonths` port on the bucket of the reports."""

    def __init__(self, reports: ObjectStore) -> None:
        self._reports = reports

    def keep(self, frozen: FrozenMonth) -> FrozenMonth:
        key = f"reports/{frozen.month}/facts-{frozen.month}.json"
        body = json.dumps(to_plain(frozen), ensure_ascii=False, separators=(",", ":")).encode()
        if self._reports.put_once(key, body, "application/json"):
            return frozen
        return from_plain(FrozenMonth, json.loads(self._reports.get(key)))
