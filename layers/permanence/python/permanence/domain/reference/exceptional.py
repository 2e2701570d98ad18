"""What is out of the ordinary: openings that the hours do not have (R30), and the full takeover (R4)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from permanence.domain.frozen import dataclass

WHOLE_CRC = ""


class Exceptional(StrEnum):
    OPENING = "opening"
    TAKEOVER = "takeover"


@dataclass(frozen=True)
class Opening:
    """Over [start, end), UTC, within one day of Paris. Of the whole CRC, `WHOLE_CRC`: its calls of that time are
    débordement, on holidays and at week-ends too. Of one agency: its own doors are open, which agents are told."""

    start: datetime
    end: datetime
    reason: str
    agency: str = WHOLE_CRC

    @property
    def entry(self) -> Exceptional:
        return Exceptional.OPENING

    @property
    def key(self) -> tuple[datetime, str]:
        return self.start, self.agency

    @property
    def words(self) -> tuple[str, ...]:
        return (self.reason,)

    @property
    def enter_by(self) -> datetime:
        """Calls of a time that is past were decided without it."""
        return self.start


@dataclass(frozen=True)
class Takeover:
    """Over [start, end), UTC, for days or weeks: no call of the CRC's openings is answered by the CRC (Art. 8 d)."""

    start: datetime
    end: datetime
    reason: str

    @property
    def entry(self) -> Exceptional:
        return Exceptional.TAKEOVER

    @property
    def key(self) -> tuple[datetime, str]:
        return self.start, ""

    @property
    def words(self) -> tuple[str, ...]:
        return (self.reason,)

    @property
    def enter_by(self) -> datetime:
        """It may begin at once: while its approval waits, calls go on being decided without it."""
        return self.start


def agency_openings(openings: Iterable[Opening], now: datetime, ahead: timedelta) -> tuple[Opening, ...]:
    """Those of single agencies that go on, and those that begin within `ahead`."""
    return tuple(one for one in openings if one.agency != WHOLE_CRC and one.end > now and one.start < now + ahead)


def takeover_at(takeovers: Iterable[Takeover], now: datetime) -> Takeover | None:
    return next((one for one in takeovers if one.start <= now < one.end), None)
