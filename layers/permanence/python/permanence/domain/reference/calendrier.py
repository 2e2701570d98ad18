"""The calendrier: closures planned on the three accounts of Art. 4-3 (R2), peaks (R6) and works (R83) announced,
openings out of the ordinary (R30), the full takeover (R4)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from permanence.domain.frozen import dataclass
from permanence.domain.instants import midnight, paris_day, to_paris
from permanence.domain.reference import dated
from permanence.domain.reference.announced import Peak, Works
from permanence.domain.reference.announcing import announced_points
from permanence.domain.reference.calendar import Closure, opening_time
from permanence.domain.reference.dated import FARTHEST
from permanence.domain.reference.documents import Change, Circumstances, Kind, Point
from permanence.domain.reference.exceptional import Opening, Takeover
from permanence.domain.reference.exceptional_points import opening_points, takeover_points
from permanence.domain.reference.in_force import CalendrierPart
from permanence.domain.writable_text import writable

LONGEST_REASON = 80
SORTS = ("closures", "peaks", "works", "openings", "takeovers")
MOST_MEETINGS = timedelta(hours=30)


class Account(StrEnum):
    """What a closure is counted on (Art. 4-3): one company day, one half-day, 30 h of meetings a civil year."""

    COMPANY_DAY = "company_day"
    HALF_DAY = "half_day"
    MEETING = "meeting"


class PointCode(StrEnum):
    BACKWARDS = "backwards"  # it does not end after its start
    PAST = "past"  # it is new, and starts before now
    BEGUN = "begun"  # it has begun, and is not there as it was
    TOO_FAR = "too_far"
    WITHOUT_REASON = "without_reason"
    REASON_TOO_LONG = "reason_too_long"
    SEVERAL_DAYS = "several_days"
    WHOLE_DAY = "whole_day"  # a half-day that touches both openings of its day
    OVERLAP = "overlap"  # detail: other
    OVERDRAWN = "overdrawn"  # detail: account, year, counted, allowed
    CLOSES_NOTHING = "closes_nothing"  # only said: that time is astreinte without it


@dataclass(frozen=True)
class PlannedClosure:
    """Over [start, end), UTC, within one day of Paris. No two overlap: the start names it."""

    account: Account
    start: datetime
    end: datetime
    reason: str

    @property
    def year(self) -> int:
        """The civil year it counts in."""
        return to_paris(self.start).year

    @property
    def entry(self) -> str:
        return "closure"

    @property
    def key(self) -> tuple[datetime, str]:
        return self.start, ""

    @property
    def enter_by(self) -> datetime:
        """Calls of a time that is past were decided without it."""
        return self.start


@dataclass(frozen=True)
class Calendrier:
    """Each sort in the order of the starts."""

    closures: tuple[PlannedClosure, ...] = ()
    peaks: tuple[Peak, ...] = ()
    works: tuple[Works, ...] = ()
    openings: tuple[Opening, ...] = ()
    takeovers: tuple[Takeover, ...] = ()

    def obeyed_from(self, now: datetime) -> CalendrierPart:
        """As the opening hours and the desk hold it: hours that are past decided of calls, announcements that are over
        tell nobody anything. Of those there are hundreds a year, and a caller waits while all is read."""
        closures = tuple(Closure(one.start, one.end, one.reason) for one in self.closures)
        peaks = tuple(one for one in self.peaks if one.end > now)
        works = tuple(one for one in self.works if one.end > now)
        return CalendrierPart(closures, peaks, works, self.openings, self.takeovers)

    def with_closure(self, closure: PlannedClosure) -> "Calendrier":
        return replace(self, closures=dated.ordered((*self.closures, closure)))

    def without_closure(self, start: datetime) -> "Calendrier":
        """Without the one that starts then; raises KeyError when there is none."""
        return replace(self, closures=dated.without(self.closures, (start, "")))

    def with_peak(self, peak: Peak) -> "Calendrier":
        """One that starts then and says the same is replaced."""
        others = (one for one in self.peaks if one.key != peak.key)
        return replace(self, peaks=dated.ordered((*others, peak)))

    def without_peak(self, start: datetime, what: str) -> "Calendrier":
        """Raises KeyError when there is none."""
        return replace(self, peaks=dated.without(self.peaks, (start, what)))

    def with_works(self, works: Works) -> "Calendrier":
        """Those that start then at the same place and say the same are replaced."""
        others = (one for one in self.works if one.key != works.key)
        return replace(self, works=dated.ordered((*others, works)))

    def without_works(self, works: tuple[datetime, str]) -> "Calendrier":
        """Without those of this key; raises KeyError when there are none."""
        return replace(self, works=dated.without(self.works, works))

    def with_opening(self, opening: Opening) -> "Calendrier":
        """One that starts then at the same place is replaced."""
        others = (one for one in self.openings if one.key != opening.key)
        return replace(self, openings=dated.ordered((*others, opening)))

    def without_opening(self, start: datetime, agency: str) -> "Calendrier":
        """Raises KeyError when there is none."""
        return replace(self, openings=dated.without(self.openings, (start, agency)))

    def with_takeover(self, takeover: Takeover) -> "Calendrier":
        """One that starts then is replaced."""
        others = (one for one in self.takeovers if one.key != takeover.key)
        return replace(self, takeovers=dated.ordered((*others, takeover)))

    def without_takeover(self, start: datetime) -> "Calendrier":
        """Raises KeyError when there is none."""
        return replace(self, takeovers=dated.without(self.takeovers, (start, "")))

    @property
    def sorts(self) -> tuple[tuple[Any, ...], ...]:
        return (self.closures, self.peaks, self.works, self.openings, self.takeovers)


@dataclass(frozen=True)
class Counters:
    """What the accounts of one civil year hold; only meetings count in hours, those of opening that they close."""

    company_days: int
    half_days: int
    meetings: timedelta


def counters(calendrier: Calendrier, year: int, circumstances: Circumstances) -> Counters:
    ours = [one for one in calendrier.closures if one.year == year]
    meetings = (_closes(one, circumstances) for one in ours if one.account is Account.MEETING)
    return Counters(
        company_days=sum(one.account is Account.COMPANY_DAY for one in ours),
        half_days=sum(one.account is Account.HALF_DAY for one in ours),
        meetings=sum(meetings, timedelta(0)),
    )


def carried(in_force: Calendrier, proposed: Calendrier, now: datetime) -> Calendrier:
    """What is proposed, with all that has begun: calls were decided by it. What goes on and is proposed no more, or
    shorter, ends now at the earliest."""
    return _of_each_sort(lambda ours, theirs: dated.carried(ours, theirs, now, now), in_force, proposed)


def restored(in_force: Calendrier, older: Calendrier, now: datetime) -> Calendrier:
    """The older one, without what would begin in the past; what is in force there has begun already."""
    return _of_each_sort(lambda ours, theirs: dated.restored(ours, theirs, now), in_force, older)


def brought_over(in_force_then: Calendrier, proposed: Calendrier, in_force: Calendrier) -> Calendrier:
    """The same changes, in what others have put in force meanwhile."""
    return _of_each_sort(dated.brought_over, in_force_then, proposed, in_force)


def checks(in_force: Calendrier, proposed: Calendrier, circumstances: Circumstances) -> tuple[Point, ...]:
    """All that is wrong with what is proposed: closures in the order of time, accounts, then each other sort."""
    known = {one.start: one for one in in_force.closures}
    points: list[Point] = []
    for closure in proposed.closures:
        if known.get(closure.start) != closure:
            points += _points_of(closure, closure.start in known, circumstances)
    now, earliest_end = circumstances.now, circumstances.proposed_at
    begun = dated.carried(in_force.closures, proposed.closures, now, earliest_end)
    points += [_point(PointCode.BEGUN, one) for one in begun if one not in proposed.closures]
    points += [
        _point(PointCode.OVERLAP, later, other=_subject(earlier))
        for earlier, later in pairwise(dated.ordered(proposed.closures))
        if later.start < earlier.end
    ]
    points += _overdrawn(in_force, proposed, circumstances)
    points += announced_points(in_force.peaks, proposed.peaks, circumstances)
    points += announced_points(in_force.works, proposed.works, circumstances)
    points += opening_points(in_force.openings, proposed.openings, proposed.closures, circumstances)
    return (*points, *takeover_points(in_force.takeovers, proposed.takeovers, circumstances))


def changes(in_force: Calendrier, proposed: Calendrier) -> tuple[Change, ...]:
    """What is added, changed and removed: of each sort, in the order of time."""
    sorts = zip(in_force.sorts, proposed.sorts, strict=True)
    return tuple(change for ours, theirs in sorts for change in dated.changes(ours, theirs))


CALENDRIER = Kind(
    name="calendrier",
    schema=Calendrier,
    proposed_by=("habitat70", "superviseur"),
    approved_by=("habitat70", "superviseur"),
    carried=carried,
    restored=restored,
    brought_over=brought_over,
    checks=checks,
    changes=changes,
    counts=lambda calendrier: dict(zip(SORTS, map(len, calendrier.sorts), strict=True)),
    obeyed=Calendrier.obeyed_from,
)


def _of_each_sort(how: Callable[..., tuple[Any, ...]], *calendriers: Calendrier) -> Calendrier:
    return Calendrier(*(how(*sorts) for sorts in zip(*(one.sorts for one in calendriers), strict=True)))


def _closes(closure: PlannedClosure, circumstances: Circumstances) -> timedelta:
    return opening_time(closure.start, closure.end, circumstances.signed.hours)


def _points_of(closure: PlannedClosure, is_known: bool, circumstances: Circumstances) -> Iterator[Point]:
    now = circumstances.now
    if not closure.reason.strip() or writable(closure.reason) != closure.reason:
        yield _point(PointCode.WITHOUT_REASON, closure)
    elif len(closure.reason) > LONGEST_REASON:
        yield _point(PointCode.REASON_TOO_LONG, closure)
    if closure.end <= closure.start:
        yield _point(PointCode.BACKWARDS, closure)
        return
    if closure.start < now and not is_known:
        yield _point(PointCode.PAST, closure)
    if closure.start > now + FARTHEST:
        yield _point(PointCode.TOO_FAR, closure)
        return
    if closure.end > midnight(paris_day(closure.start) + timedelta(days=1)):
        yield _point(PointCode.SEVERAL_DAYS, closure)
        return
    if closure.account is Account.HALF_DAY and _touches_both(closure, circumstances):
        yield _point(PointCode.WHOLE_DAY, closure)
    if not _closes(closure, circumstances):
        yield Point(PointCode.CLOSES_NOTHING, _subject(closure), {}, blocks=False)


def _touches_both(closure: PlannedClosure, circumstances: Circumstances) -> bool:
    start, end = to_paris(closure.start).time(), to_paris(closure.end).time()
    spans = circumstances.signed.hours.weekly.get(paris_day(closure.start).isoweekday(), ())
    ends_at_midnight = paris_day(closure.end) > paris_day(closure.start)
    return sum(opens < end or ends_at_midnight for opens, closes in spans if start < closes) > 1


def _overdrawn(in_force: Calendrier, proposed: Calendrier, circumstances: Circumstances) -> Iterator[Point]:
    """Of the years that the proposal adds to: what was approved once is approved."""
    for year in sorted({one.year for one in proposed.closures if one not in in_force.closures}):
        held = counters(proposed, year, circumstances)
        if held.company_days > 1:
            yield _account_point(Account.COMPANY_DAY, year, held.company_days, 1)
        if held.half_days > 1:
            yield _account_point(Account.HALF_DAY, year, held.half_days, 1)
        if held.meetings > MOST_MEETINGS:
            counted, allowed = (int(span.total_seconds()) // 60 for span in (held.meetings, MOST_MEETINGS))
            yield _account_point(Account.MEETING, year, counted, allowed)


def _account_point(account: Account, year: int, counted: int, allowed: int) -> Point:
    """Company and half days are counted in days, meetings in minutes."""
    told = {"account": account.value, "year": str(year), "counted": str(counted), "allowed": str(allowed)}
    return Point(PointCode.OVERDRAWN, "", told, blocks=True)


def _point(code: PointCode, closure: PlannedClosure, **detail: str) -> Point:
    return Point(code, _subject(closure), detail, blocks=True)


def _subject(closure: PlannedClosure) -> str:
    """The closure by its start."""
    return closure.start.isoformat()
