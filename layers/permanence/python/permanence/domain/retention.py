"""Nothing nominative is older than six calendar months, anywhere (R70)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from permanence.domain.contract import RetentionTerms
from permanence.domain.instants import PARIS, paris_day

SHORTEST_SIX_MONTHS_DAYS = 181
"""From 31 August, 1 September and their like to the end of February, in a common year."""

MARGIN_DAYS = 3
"""What a purge that starts late, a lifecycle rule rounded to midnight and a slow physical deletion may take."""


@dataclass(frozen=True, slots=True)
class PurgeStamp:
    """The Paris-local day an item must be erased on."""

    erase_on: date

    @property
    def backstop(self) -> datetime:
        """When the table's own expiry may delete what the purge has missed (UTC); later than the purge, within R70."""
        return datetime.combine(self.erase_on + timedelta(days=MARGIN_DAYS - 1), time(0), PARIS).astimezone(UTC)

    def is_due(self, now: datetime) -> bool:
        """Whether the day has come at an instant (UTC)."""
        return paris_day(now) >= self.erase_on


def purge_stamp(created: datetime, terms: RetentionTerms) -> PurgeStamp:
    """When what was born at an instant (UTC) must be erased, so that backups forget it within six months too (R70)."""
    return PurgeStamp(paris_day(created) + timedelta(days=terms.items))
