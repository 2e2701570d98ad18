"""Nothing nominative is older than six calendar months, anywhere (R70)."""

from datetime import UTC, date, datetime, time, timedelta

from permanence.domain.contract import RetentionTerms
from permanence.domain.frozen import dataclass
from permanence.domain.instants import PARIS, paris_day

BACKSTOP_DELAY = timedelta(days=2)
"""The table's own expiry comes after the purge, which must find what it deletes, and before the limit of R70."""

LAST_ASKED_OF_PROVIDER = timedelta(days=151)
"""The provider may take 30 days to finish what it is asked to delete, and six months are at least 181 days."""

RINGS_BEFORE_LAST_ASKED = timedelta(days=14)
"""As long as the provider may refuse, by its own word, to delete what is over (its error 20009)."""

OVER_BY_THEN = timedelta(days=2)
"""No call is on the line for so long, and no word of a message comes so late: what was never said to be over is."""


@dataclass(frozen=True)
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


def was_over_yesterday(made_at: datetime | None, ended_at: datetime | None, now: datetime, *, is_over: bool) -> bool:
    """Whether something of the provider's ended on a Paris-local day before today's, so that whoever awaited its end
    has heard of it, or could have asked (instants in UTC, None when it does not say)."""
    if is_over:
        return ended_at is None or paris_day(ended_at) < paris_day(now)
    return made_at is not None and made_at <= now - OVER_BY_THEN


def must_leave_provider(made_at: datetime | None, now: datetime) -> bool:
    """Whether the last day has come to ask the provider to delete it (R70)."""
    return made_at is not None and made_at <= now - LAST_ASKED_OF_PROVIDER


def is_near_its_limit(made_at: datetime | None, now: datetime) -> bool:
    """Whether somebody must see to it that the provider deletes it in time (R70)."""
    return made_at is not None and made_at <= now - LAST_ASKED_OF_PROVIDER + RINGS_BEFORE_LAST_ASKED
