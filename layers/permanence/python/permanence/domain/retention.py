"""Nothing nominative is older than six calendar months, anywhere (R70)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from permanence.domain.contract import RetentionTerms
from permanence.domain.instants import PARIS, paris_day

BACKSTOP_DELAY = timedelta(days=2)
"""The table's own expiry comes after the purge, which must find what it deletes, and before the limit of R70."""


@dataclass(frozen=True, slots=True)
class PurgeStamp:
    """The Paris-local day an item must be erased on."""

    erase_on: date

    @property
    def backstop(self) -> datetime:
        """When the table's own expiry deletes what the purge has missed (UTC)."""
        return datetime.combine(self.erase_on + BACKSTOP_DELAY, time(0), PARIS).astimezone(UTC)

    def is_due(self, now: datetime) -> bool:
        """Whether the day has come at an instant (UTC)."""
        return paris_day(now) >= self.erase_on


def purge_stamp(created: datetime, terms: RetentionTerms) -> PurgeStamp:
    """When what was born at an instant (UTC) must be erased, so that backups forget it within six months too (R70)."""
    return PurgeStamp(paris_day(created) + timedelta(days=terms.items))
