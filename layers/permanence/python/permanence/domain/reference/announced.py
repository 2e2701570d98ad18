"""What Habitat 70 announces: peaks of calls, entered in advance (R6)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from permanence.domain.frozen import dataclass


class Announcement(StrEnum):
    PEAK = "peak"


@dataclass(frozen=True)
class Peak:
    """More calls than usual are expected over [start, end), UTC, because of `what`. Two may overlap."""

    start: datetime
    end: datetime
    what: str

    @property
    def entry(self) -> Announcement:
        return Announcement.PEAK

    @property
    def key(self) -> tuple[datetime, str]:
        return self.start, self.what

    @property
    def enter_by(self) -> datetime:
        """It is entered in advance."""
        return self.start


def expected(peaks: Iterable[Peak], now: datetime, ahead: timedelta) -> tuple[Peak, ...]:
    """Those that go on, and those that begin within `ahead`."""
    return tuple(peak for peak in peaks if peak.end > now and peak.start < now + ahead)
