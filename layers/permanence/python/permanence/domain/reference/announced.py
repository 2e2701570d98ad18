"""What Habitat 70 announces: peaks of calls, entered in advance (R6), works and how long they take (R83)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from permanence.domain.frozen import dataclass
from permanence.domain.instants import paris_day
from permanence.domain.reference.places import Somewhere, Where, is_in


class Announcement(StrEnum):
    PEAK = "peak"
    WORKS = "works"


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
    def words(self) -> tuple[str, ...]:
        return (self.what,)

    @property
    def enter_by(self) -> datetime:
        """It is entered in advance."""
        return self.start


@dataclass(frozen=True)
class Works:
    """Works over [start, end), UTC, at a `place`: the name of a commune or residence, or the id of a building."""

    start: datetime
    end: datetime
    where: Where
    place: str
    what: str

    @property
    def entry(self) -> Announcement:
        return Announcement.WORKS

    @property
    def key(self) -> tuple[datetime, str]:
        return self.start, f"{self.where} {self.place} {self.what}"

    @property
    def words(self) -> tuple[str, ...]:
        return self.place, self.what

    @property
    def enter_by(self) -> datetime:
        """Until they are over."""
        return self.end

    @property
    def last_day(self) -> date:
        """The Paris-local day on which they end."""
        return paris_day(self.end - timedelta(microseconds=1))

    def concerns(self, dwelling: Somewhere) -> bool:
        return is_in(dwelling, self.where, self.place)


def works_at(works: Iterable[Works], dwelling: Somewhere, now: datetime) -> tuple[Works, ...]:
    """Those that go on where this dwelling is."""
    return tuple(one for one in works if one.start <= now < one.end and one.concerns(dwelling))


def expected(peaks: Iterable[Peak], now: datetime, ahead: timedelta) -> tuple[Peak, ...]:
    """Those that go on, and those that begin within `ahead`."""
    return tuple(peak for peak in peaks if peak.end > now and peak.start < now + ahead)
