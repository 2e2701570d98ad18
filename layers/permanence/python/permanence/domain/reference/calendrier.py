"""The calendrier: closures that Habitat 70 plans on the three accounts of Art. 4-3 (R2)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from permanence.domain.frozen import dataclass
from permanence.domain.instants import midnight, paris_day, to_paris
from permanence.domain.reference.calendar import Closure, opening_time
from permanence.domain.reference.documents import Change, Circumstances, Kind, Point
from permanence.domain.writable_text import writable

LONGEST_REASON = 80
FARTHEST = timedelta(days=2 * 366)
"""A closure further ahead is a slip of the year."""

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


@dataclass(frozen=True)
class Calendrier:
    """In the order of their starts."""

    closures: tuple[PlannedClosure, ...] = ()

    @property
    def obeyed(self) -> tuple[Closure, ...]:
        """As the opening hours hold them."""
        return tuple(Closure(one.start, one.end, one.reason) for one in self.closures)

    def with_closure(self, closure: PlannedClosure) -> "Calendrier":
        return replace(self, closures=_ordered((*self.closures, closure)))

    def without_closure(self, start: datetime) -> "Calendrier":
        """Without the one that starts then; raises KeyError when there is none."""
        kept = tuple(one for one in self.closures if one.start != start)
        if len(kept) == len(self.closures):
            raise KeyError(start)
        return replace(self, closures=kept)


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
    """What is proposed, with every closure that has begun: calls were decided by it. One that goes on and is proposed
    no more, or shorter, ends now at the earliest."""
    return _carried(in_force, proposed, now, now)


def restored(in_force: Calendrier, older: Calendrier, now: datetime) -> Calendrier:
    """The older one, without closures that would begin in the past; those in force there have begun already."""
    begun = {one.start for one in in_force.closures}
    return Calendrier(tuple(one for one in older.closures if one.start >= now or one.start in begun))


def brought_over(in_force_then: Calendrier, proposed: Calendrier, in_force: Calendrier) -> Calendrier:
    """The same changes, in what others have put in force meanwhile."""
    closures = {one.start: one for one in in_force.closures}
    for change in changes(in_force_then, proposed):
        if change.after is None:
            closures.pop(change.before.start, None)
        else:
            closures[change.after.start] = change.after
    return Calendrier(_ordered(closures.values()))


def checks(in_force: Calendrier, proposed: Calendrier, circumstances: Circumstances) -> tuple[Point, ...]:
    """All that is wrong with what is proposed, closure by closure in the order of time, then account by account."""
    known = {one.start: one for one in in_force.closures}
    points: list[Point] = []
    for closure in proposed.closures:
        if known.get(closure.start) != closure:
            points += _points_of(closure, closure.start in known, circumstances)
    begun = _carried(in_force, proposed, circumstances.now, circumstances.proposed_at)
    points += [_point(PointCode.BEGUN, one) for one in begun.closures if one not in proposed.closures]
    points += [
        _point(PointCode.OVERLAP, later, other=_subject(earlier))
        for earlier, later in pairwise(_ordered(proposed.closures))
        if later.start < earlier.end
    ]
    return (*points, *_overdrawn(in_force, proposed, circumstances))


def changes(in_force: Calendrier, proposed: Calendrier) -> tuple[Change, ...]:
    """What is added, changed and removed, in the order of time."""
    before = {one.start: one for one in in_force.closures}
    after = {one.start: one for one in proposed.closures}
    return tuple(
        Change(before.get(start), after.get(start))
        for start in sorted(before.keys() | after.keys())
        if before.get(start) != after.get(start)
    )


CALENDRIER = Kind(
    name="calendrier",
    schema=Calendrier,
    seed=Calendrier(),
    proposed_by=("habitat70", "superviseur"),
    approved_by=("habitat70", "superviseur"),
    carried=carried,
    restored=restored,
    brought_over=brought_over,
    checks=checks,
    changes=changes,
    counts=lambda calendrier: {"closures": len(calendrier.closures)},
    obeyed=lambda calendrier: calendrier.obeyed,
)


def _ordered(closures: Iterable[PlannedClosure]) -> tuple[PlannedClosure, ...]:
    return tuple(sorted(closures, key=lambda one: (one.start, one.end)))


def _carried(in_force: Calendrier, proposed: Calendrier, now: datetime, earliest_end: datetime) -> Calendrier:
    begun = {one.start: one for one in in_force.closures if one.start < now}
    wanted = {one.start: one for one in proposed.closures}
    kept = [_carry(one, wanted.get(start), earliest_end) for start, one in begun.items()]
    return Calendrier(_ordered([*kept, *(one for start, one in wanted.items() if start not in begun)]))


def _carry(begun: PlannedClosure, wanted: PlannedClosure | None, earliest_end: datetime) -> PlannedClosure:
    if begun.end <= earliest_end:
        return begun
    return replace(begun, end=max(wanted.end, earliest_end) if wanted else earliest_end)


def _closes(closure: PlannedClosure, circumstances: Circumstances) -> timedelta:
    return opening_time(closure.start, closure.end, circumstances.hours)


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
    spans = circumstances.hours.weekly.get(paris_day(closure.start).isoweekday(), ())
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
