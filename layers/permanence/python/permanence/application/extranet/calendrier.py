"""The calendrier as Habitat 70 reads it: what comes, what is over, what the three accounts hold (R2, R4, R6, R83)."""

from collections.abc import Iterable
from datetime import datetime

from permanence.domain.frozen import dataclass
from permanence.domain.instants import to_paris
from permanence.domain.reference import dated
from permanence.domain.reference.announced import Peak, Works
from permanence.domain.reference.calendrier import Calendrier, Counters, PlannedClosure, counters
from permanence.domain.reference.dated import D, Dated
from permanence.domain.reference.documents import Circumstances, Signed
from permanence.domain.reference.exceptional import Opening, Takeover


@dataclass(frozen=True)
class CalendrierView:
    """What is `coming` has not ended, what is `past` has, the newest first; `accounts` are those of this civil year and
    of the next; `every` puts all sorts together."""

    coming: tuple[PlannedClosure, ...]
    past: tuple[PlannedClosure, ...]
    accounts: tuple[tuple[int, Counters], ...]
    coming_peaks: tuple[Peak, ...]
    past_peaks: tuple[Peak, ...]
    coming_works: tuple[Works, ...]
    past_works: tuple[Works, ...]
    coming_openings: tuple[Opening, ...]
    takeovers: tuple[Takeover, ...]
    every_coming: tuple[Dated, ...]
    every_past: tuple[Dated, ...]


def view_calendrier(calendrier: Calendrier, signed: Signed, now: datetime) -> CalendrierView:
    year, circumstances = to_paris(now).year, Circumstances(now, now, signed)
    every: tuple[Dated, ...] = dated.ordered(one for sort in calendrier.sorts for one in sort)
    return CalendrierView(
        coming=_coming(calendrier.closures, now),
        past=_past(calendrier.closures, now),
        coming_peaks=_coming(calendrier.peaks, now),
        past_peaks=_past(calendrier.peaks, now),
        coming_works=_coming(calendrier.works, now),
        past_works=_past(calendrier.works, now),
        coming_openings=_coming(calendrier.openings, now),
        takeovers=_coming(calendrier.takeovers, now),
        every_coming=_coming(every, now),
        every_past=_past(every, now),
        accounts=tuple((one, counters(calendrier, one, circumstances)) for one in (year, year + 1)),
    )


def _coming(entries: Iterable[D], now: datetime) -> tuple[D, ...]:
    return tuple(one for one in entries if one.end > now)


def _past(entries: Iterable[D], now: datetime) -> tuple[D, ...]:
    return tuple(reversed([one for one in entries if one.end <= now]))
